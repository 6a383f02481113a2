"""A campaign's mails from the launch to the provider, through trouble of every kind."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, NotSent, Refused, Request
from advocacy.models import installation
from advocacy.models.blast import Blast, Delivery, Dispatch, Report
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Action, Subscription, Supporter
from advocacy.operations import blast_moves, engine, planning, reports, sending, suppressing
from advocacy.operations.blast_moves import Decision
from advocacy.operations.building import build, person_ref
from advocacy.operations.suppressing import Reason
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import Engine

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Ten o'clock in Toronto, where everyone lives."""


def launched(running: Engine, people: int, **values: object) -> Campaign:
    """A campaign launched this morning to so many people on the alert list."""
    running.clock.set(MORNING)
    campaign = add_campaign(running.session, **values)
    campaign.addressees[0].emails = ["office@example.org"]
    for number in range(people):
        subscribe(running.session, add_supporter(running.session, f"p{number:04}@example.org"))
    running.launch(campaign)
    return campaign


def addresses(people: int) -> list[str]:
    return [f"p{number:04}@example.org" for number in range(people)]


def report(running: Engine, public_id: str, type_: str = "delivered", ref: str | None = None) -> None:
    now = running.clock.now()
    key = sha256(f"{public_id} {type_} {ref}".encode()).digest()
    running.session.add(Report(dedupe_key=key, public_id=public_id, person_ref=ref, type=type_, at=now, kept_at=now))
    running.session.commit()


def test_a_launch_reaches_the_alert_list_and_the_campaigns_own_people_once(running: Engine) -> None:
    session = running.session
    running.clock.set(MORNING)
    campaign = add_campaign(session)
    alerted, own, both, stranger = (add_supporter(session, f"{name}@example.org") for name in "abcd")
    subscribe(session, alerted)
    subscribe(session, own, campaign)
    subscribe(session, both)
    subscribe(session, both, campaign)
    running.launch(campaign)

    running.run()
    running.run()

    assert running.provider.addresses == ["a@example.org", "b@example.org", "c@example.org"]
    assert stranger.id not in set(session.scalars(select(Delivery.supporter_id)))
    running.check()


def test_each_person_gets_words_and_links_of_their_own(running: Engine) -> None:
    launched(running, 2)

    running.run()

    [request] = running.provider.asked
    one, other = request.people
    assert one.values["act_url"] != other.values["act_url"]
    assert one.unsubscribe_url != other.unsubscribe_url
    assert "{{ act_url }}" in request.text
    assert one.ref != other.ref
    assert "@" not in one.ref + str(one.unsubscribe_url)


def test_the_first_requests_are_small_and_the_rest_carry_a_thousand(running: Engine) -> None:
    launched(running, 2100)

    running.run()

    assert [len(request.people) for request in running.provider.asked] == [50, 100, 250, 500, 1000, 200]
    assert running.provider.addresses == addresses(2100)
    running.check()


def test_a_canary_nobody_knows_about_holds_the_others_back_and_blocks_the_blast(running: Engine) -> None:
    launched(running, 300)
    running.provider.answer = lambda _: Ambiguous("timed out")

    running.run()
    assert len(running.provider.asked) == 1
    running.at(MORNING + timedelta(minutes=20))

    assert running.blasts()["launch"].state is BlastState.BLOCKED
    running.provider.answer = lambda _: Accepted()
    report(running, running.provider.asked[0].public_id)
    running.run()
    assert running.blasts()["launch"].state is BlastState.SENDING
    assert [taken for taken in running.provider.addresses if taken not in addresses(50)] == addresses(300)[50:]
    running.check()


def test_one_who_stays_silent_is_reminded_until_the_deadline_and_one_who_acted_is_not(running: Engine) -> None:
    campaign = launched(running, 2, deadline=date(2026, 3, 9))
    running.run()
    actor = running.session.scalars(select(Supporter).order_by(Supporter.id)).first()
    assert actor is not None
    running.session.add(
        Action(
            supporter_id=actor.id,
            campaign_id=campaign.id,
            addressee_id=campaign.addressees[0].id,
            channel="email",
            at=MORNING,
            day=MORNING.date(),
        )
    )
    running.session.commit()

    running.play(datetime(2026, 3, 12, tzinfo=UTC))

    got = [taken.address for taken in running.provider.taken]
    assert got.count("p0000@example.org") == 1
    assert got.count("p0001@example.org") == 4
    assert max(taken.at for taken in running.provider.taken) == datetime(2026, 3, 9, 12, 30, tzinfo=UTC)
    assert campaign.state is CampaignState.CLOSED
    assert {blast.state for blast in running.blasts().values()} == {BlastState.COMPLETED}
    running.check()


def test_a_late_joiner_gets_the_action_at_once_even_at_night_and_later_reminders_only(running: Engine) -> None:
    campaign = launched(running, 1, deadline=date(2026, 3, 16))
    running.play(datetime(2026, 3, 10, 4, 0, tzinfo=UTC))
    joiner = add_supporter(running.session, "late@example.org", confirmed_at=running.clock.now())
    subscribe(running.session, joiner, campaign, joined_at=running.clock.now())
    running.session.commit()

    running.run()

    assert running.provider.taken[-1].address == "late@example.org"
    assert running.provider.taken[-1].at == datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    running.play(datetime(2026, 3, 18, tzinfo=UTC))
    got = [taken.at for taken in running.provider.taken if taken.address == "late@example.org"]
    assert got[1:] == [
        datetime(2026, 3, 13, 14, 0, tzinfo=UTC),
        datetime(2026, 3, 15, 14, 0, tzinfo=UTC),
        datetime(2026, 3, 16, 12, 30, tzinfo=UTC),
    ]
    running.check()


def test_after_an_outage_the_newest_reminder_speaks_for_the_stale_ones(running: Engine) -> None:
    launched(running, 1, deadline=date(2026, 3, 30))
    running.run()

    running.at(datetime(2026, 3, 27, 18, 0, tzinfo=UTC))

    assert len(running.provider.taken) == 2
    assert running.states("before-3") == [DispatchState.ACCEPTED]
    running.check()


def test_what_is_late_at_night_waits_for_the_morning(running: Engine) -> None:
    launched(running, 1)

    running.at(datetime(2026, 3, 3, 4, 0, tzinfo=UTC))
    assert running.provider.taken == []
    running.at(datetime(2026, 3, 3, 13, 0, 1, tzinfo=UTC))

    assert len(running.provider.taken) == 1
    running.check()


def test_a_planned_mail_the_engine_was_too_late_for_waits_for_the_morning(running: Engine) -> None:
    launched(running, 1)
    running.tick()

    running.at(datetime(2026, 3, 3, 4, 0, tzinfo=UTC))
    assert running.provider.taken == []
    running.at(datetime(2026, 3, 3, 13, 0, 1, tzinfo=UTC))

    assert len(running.provider.taken) == 1


def test_nothing_leaves_after_the_deadline(running: Engine) -> None:
    launched(running, 3, deadline=date(2026, 3, 9))
    running.tick()

    running.at(datetime(2026, 3, 10, 5, 0, tzinfo=UTC))

    assert running.provider.asked == []
    assert running.states() == [DispatchState.CANCELLED]
    running.check()


def test_a_deadline_moved_later_plans_the_reminders_anew_and_repeats_none(running: Engine) -> None:
    session = running.session
    campaign = launched(running, 1, deadline=date(2026, 3, 10))
    running.play(datetime(2026, 3, 8, 12, 0, tzinfo=UTC))
    assert len(running.provider.taken) == 3

    campaign.deadline, campaign.generation = date(2026, 3, 24), 2
    planning.replan(
        session, campaign, now=running.clock.now(), writer=running.gateways.mails, settings=running.settings
    )
    session.commit()
    running.play(datetime(2026, 3, 26, tzinfo=UTC))

    days = [taken.at.date().day for taken in running.provider.taken]
    assert days == [2, 3, 7, 10, 23, 24]
    running.check()


def test_a_deadline_moved_nearer_drops_what_would_come_too_late(running: Engine) -> None:
    session = running.session
    campaign = launched(running, 1, deadline=date(2026, 3, 30))
    running.play(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))

    campaign.deadline, campaign.generation = date(2026, 3, 6), 2
    planning.replan(
        session, campaign, now=running.clock.now(), writer=running.gateways.mails, settings=running.settings
    )
    session.commit()
    running.play(datetime(2026, 4, 2, tzinfo=UTC))

    assert [taken.at.date().day for taken in running.provider.taken] == [2, 4, 5, 6]
    running.check()


def test_who_had_the_launch_gets_none_from_its_successor_and_who_had_none_does(running: Engine) -> None:
    session = running.session
    campaign = launched(running, 60)
    running.tick()
    claimed = sending.claim(session, gateways=running.gateways, settings=running.settings)
    assert claimed is not None
    sending.hand_over(session, claimed, gateways=running.gateways, settings=running.settings)
    assert len(running.provider.taken) == 50

    campaign.deadline, campaign.generation = date(2026, 4, 6), 2
    planning.replan(
        session, campaign, now=running.clock.now(), writer=running.gateways.mails, settings=running.settings
    )
    session.commit()
    running.run()

    assert running.provider.addresses == addresses(60)
    running.check()


def test_a_paused_blast_begins_nothing_and_goes_on_where_it_stood(running: Engine) -> None:
    launched(running, 200)
    running.tick()
    claimed = sending.claim(running.session, gateways=running.gateways, settings=running.settings)
    assert claimed is not None
    blast_moves.pause(running.session, claimed.blast_id, now=running.clock.now(), actor="cli")

    sending.hand_over(running.session, claimed, gateways=running.gateways, settings=running.settings)
    running.run()
    assert running.provider.asked == []
    blast_moves.resume(running.session, claimed.blast_id, now=running.clock.now(), actor="cli")
    running.run()

    assert running.provider.addresses == addresses(200)
    running.check()


def test_a_paused_campaign_begins_nothing(running: Engine) -> None:
    campaign = launched(running, 2)
    running.tick()
    campaign.state = CampaignState.PAUSED
    running.session.commit()

    running.run()
    assert running.provider.asked == []
    campaign.state = CampaignState.LIVE
    running.session.commit()
    running.run()

    assert running.provider.addresses == addresses(2)


def test_a_cancelled_blast_sends_no_more(running: Engine) -> None:
    launched(running, 2)
    running.tick()
    blast_moves.cancel(running.session, running.blasts()["launch"].id, now=MORNING, actor="cli")

    running.run()

    assert running.provider.asked == []
    assert running.states() == [DispatchState.CANCELLED]
    running.check()


@pytest.mark.parametrize("when", ["before the claim", "after the claim", "after the build"])
def test_who_unsubscribes_before_the_beginning_is_in_no_request(running: Engine, when: str) -> None:
    session = running.session
    launched(running, 3)
    running.tick()
    leaver = session.scalars(select(Supporter.id).order_by(Supporter.id)).first()
    assert leaver is not None
    claimed = None
    if when != "before the claim":
        claimed = sending.claim(session, gateways=running.gateways, settings=running.settings)
        assert claimed is not None
    if when == "after the build":
        built = build(session, claimed, clock=running.clock, settings=running.settings)
        session.rollback()
        assert len(built.people) == 3

    suppressing.suppress(session, [leaver], Reason.UNSUBSCRIBED, now=running.clock.now())
    if claimed is not None:
        sending.hand_over(session, claimed, gateways=running.gateways, settings=running.settings)
    running.run()

    assert running.provider.addresses == addresses(3)[1:]
    assert suppressing.wait_until_clear(session, [leaver], clock=running.clock, limit=timedelta(seconds=5))
    running.check()


def test_waiting_for_a_request_on_its_way_is_bounded(running: Engine) -> None:
    session = running.session
    launched(running, 1)
    running.tick()
    claimed = sending.claim(session, gateways=running.gateways, settings=running.settings)
    assert claimed is not None
    seen: list[bool] = []

    def unsubscribe(_: Request) -> Accepted:
        ids = session.scalars(select(Supporter.id)).all()
        suppressing.suppress(session, ids, Reason.UNSUBSCRIBED, now=running.clock.now())
        seen.append(suppressing.wait_until_clear(session, ids, clock=running.clock, limit=timedelta(seconds=2)))
        return Accepted()

    running.provider.answer = unsubscribe
    sending.hand_over(session, claimed, gateways=running.gateways, settings=running.settings)

    assert seen == [False]


@pytest.mark.parametrize("position", [0, 25, 49], ids=["first", "middle", "last"])
@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
def test_one_bad_address_spoils_nobody_elses_mail(running: Engine, position: int, *, named: bool) -> None:
    launched(running, 50)
    bad = addresses(50)[position]

    def answer(request: Request) -> Accepted | Refused:
        places = [place for place, person in enumerate(request.people) if person.address == bad]
        if places:
            return Refused("bad address", status=400, person=places[0] if named else None)
        return Accepted()

    running.provider.answer = answer
    running.run()

    assert running.provider.addresses == [address for address in addresses(50) if address != bad]
    skipped = running.session.execute(select(Delivery.skip_reason).where(Delivery.skip_reason.is_not(None))).all()
    assert [reason for (reason,) in skipped] == ["refused"]
    refusals = sum(any(person.address == bad for person in request.people) for request in running.provider.asked)
    assert refusals <= (1 if named else 7)
    running.check()


def test_an_unanswered_request_is_never_sent_again_without_proof(running: Engine) -> None:
    launched(running, 2)
    running.provider.answer = lambda _: Ambiguous("timed out")
    running.provider.takes_even_if = lambda _: True

    running.run()
    running.at(MORNING + timedelta(days=3))

    assert running.states() == [DispatchState.AMBIGUOUS]
    assert running.provider.addresses == addresses(2)
    running.check()


def test_one_report_proves_a_whole_request_accepted(running: Engine) -> None:
    launched(running, 2)
    running.provider.answer = lambda _: Ambiguous("timed out")
    running.run()

    report(running, running.provider.asked[0].public_id, "processed")
    running.run()

    assert running.states() == [DispatchState.ACCEPTED]
    assert len(running.provider.asked) == 1
    running.check()


def _proven_absent(running: Engine) -> str:
    """A first request that never arrived, a later one that was reported, and a quarantine that is over."""
    campaign = launched(running, 1)
    running.provider.answer = lambda _: Ambiguous("reset")
    running.run()
    lost = running.provider.asked[0].public_id
    running.provider.answer = lambda _: Accepted()
    session = running.session
    session.execute(update(Dispatch).where(Dispatch.public_id == lost).values(canary=False))
    running.clock.set(MORNING + timedelta(minutes=10))
    joiner = add_supporter(session, "later@example.org", confirmed_at=running.clock.now())
    subscribe(session, joiner, campaign, joined_at=running.clock.now())
    session.commit()
    running.run()
    report(running, running.provider.asked[-1].public_id, "delivered")
    return lost


def test_what_is_proven_not_accepted_goes_again_as_a_child(running: Engine) -> None:
    _proven_absent(running)

    running.at(MORNING + timedelta(minutes=12))
    assert running.provider.addresses == ["later@example.org"]
    running.at(MORNING + timedelta(minutes=30))

    assert running.provider.addresses == ["later@example.org", "p0000@example.org"]
    assert DispatchState.NOT_ACCEPTED in running.states()
    running.check()


def test_a_report_that_comes_too_late_is_shown_as_a_double(running: Engine) -> None:
    lost = _proven_absent(running)
    running.at(MORNING + timedelta(minutes=30))

    report(running, lost, "processed")
    running.run()

    assert running.states().count(DispatchState.ACCEPTED) == 3
    doubled = running.session.scalars(select(Dispatch).where(Dispatch.state_reason == "duplicate")).all()
    assert [dispatch.n for dispatch in doubled] == [1]
    running.check()


def test_a_report_in_time_cancels_the_child(running: Engine) -> None:
    lost = _proven_absent(running)
    running.clock.set(MORNING + timedelta(minutes=30))
    running.tick()

    report(running, lost, "processed")
    running.run()

    assert running.provider.addresses == ["later@example.org"]
    assert sorted(running.states()) == ["accepted", "accepted", "cancelled"]
    running.check()


def test_a_person_may_decide_what_nobody_knows(running: Engine) -> None:
    launched(running, 1)
    running.provider.answer = lambda _: Ambiguous("reset")
    running.run()
    running.provider.answer = lambda _: Accepted()
    blast = running.blasts()["launch"]

    blast_moves.decide(running.session, blast.id, 1, Decision.RESEND, now=running.clock.now(), actor="cli")
    running.run()

    assert running.provider.addresses == addresses(1)
    running.check()


def test_a_provider_that_knows_the_request_by_its_id_is_simply_asked_again(running: Engine) -> None:
    launched(running, 1)
    running.provider.idempotent = True
    answers = [Ambiguous("reset"), Accepted()]
    running.provider.answer = lambda _: answers.pop(0)

    running.run()
    running.at(MORNING + timedelta(minutes=1))

    assert [request.public_id for request in running.provider.asked] == [running.provider.asked[0].public_id] * 2
    assert running.states() == [DispatchState.ACCEPTED]


def test_a_busy_provider_gets_the_dispatch_again_when_it_said(running: Engine) -> None:
    launched(running, 1)
    answers = [Busy(timedelta(minutes=1)), Accepted()]
    running.provider.answer = lambda _: answers.pop(0)

    running.run()
    running.at(MORNING + timedelta(seconds=50))
    assert len(running.provider.asked) == 1
    running.at(MORNING + timedelta(seconds=62))

    assert running.provider.addresses == addresses(1)
    assert running.session.scalar(select(Dispatch.attempts)) == 0


def test_a_wrong_key_blocks_all_and_burns_nobody_until_it_is_mended(running: Engine) -> None:
    launched(running, 100)
    running.provider.answer = lambda _: Blocked("wrong key", status=401)

    for minute in range(10):
        running.at(MORNING + timedelta(minutes=minute))
    assert len(running.provider.asked) <= 6
    assert running.blasts()["launch"].state is BlastState.BLOCKED
    running.provider.answer = lambda _: Accepted()
    running.at(MORNING + timedelta(minutes=40))

    assert running.provider.addresses == addresses(100)
    running.check()


def test_a_storm_of_failures_opens_the_breaker(running: Engine) -> None:
    launched(running, 2100)
    running.provider.answer = lambda _: NotSent("connection refused")

    for second in range(0, 600, 20):
        running.at(MORNING + timedelta(seconds=second))
    assert len(running.provider.asked) <= 40
    running.provider.answer = lambda _: Accepted()
    running.at(MORNING + timedelta(minutes=30))

    assert running.provider.addresses == addresses(2100)
    running.check()


def test_who_died_before_the_beginning_sent_nothing_and_the_next_one_does(running: Engine) -> None:
    launched(running, 1)
    running.tick()
    sending.claim(running.session, gateways=running.gateways, settings=running.settings)

    running.at(MORNING + timedelta(minutes=2))

    assert running.provider.addresses == addresses(1)
    running.check()


def test_a_sleeper_wakes_up_to_find_its_dispatch_taken(running: Engine) -> None:
    launched(running, 1)
    running.tick()
    claimed = sending.claim(running.session, gateways=running.gateways, settings=running.settings)
    assert claimed is not None
    running.at(MORNING + timedelta(minutes=2))

    sending.hand_over(running.session, claimed, gateways=running.gateways, settings=running.settings)

    assert running.provider.addresses == addresses(1)
    running.check()


def test_two_planners_and_two_ticks_plan_everyone_once(running: Engine) -> None:
    launched(running, 10)
    blast = running.blasts()["launch"]
    for _ in range(3):
        planning.plan(running.session, blast.id, gateways=running.gateways, settings=running.settings)
        running.tick()
        running.tick()

    running.run()

    assert running.provider.addresses == addresses(10)
    running.check()


def test_a_restored_backup_sends_nothing_until_it_is_let_go(running: Engine) -> None:
    launched(running, 1)
    engine.hold(running.session)

    running.run()
    assert running.provider.asked == []
    assert engine.resume(running.session, now=running.clock.now(), actor="cli")
    running.run()

    assert running.provider.addresses == addresses(1)
    assert installation.fact(running.session, installation.HELD) is None


def test_a_complaint_suppresses_and_sticks_whatever_is_reported_later(running: Engine) -> None:
    session = running.session
    launched(running, 2)
    running.run()
    request = running.provider.asked[0]
    [complainer, other] = session.scalars(select(Supporter).order_by(Supporter.id)).all()
    ref = person_ref(session.info["keys"], request.public_id, complainer.id)
    assert ref == request.people[0].ref

    report(running, request.public_id, "complained", ref)
    report(running, request.public_id, "delivered", ref)
    report(running, request.public_id, "delivered", request.people[1].ref)
    reports.apply(session, clock=running.clock)
    reports.apply(session, clock=running.clock)

    outcomes = dict(session.execute(select(Delivery.supporter_id, Delivery.outcome)).all())
    assert outcomes == {complainer.id: "complained", other.id: "delivered"}
    session.refresh(complainer)
    assert complainer.state == "unsubscribed"
    assert session.scalars(select(Subscription.left_at).where(Subscription.supporter_id == complainer.id)).one()
    running.play(datetime(2026, 4, 2, tzinfo=UTC))
    assert [taken.address for taken in running.provider.taken].count("p0000@example.org") == 1
    running.check()


def test_no_request_is_handed_over_inside_a_transaction(running: Engine) -> None:
    launched(running, 1)
    inside: list[bool] = []

    def answer(_: Request) -> Accepted:
        inside.append(running.session.in_transaction())
        return Accepted()

    running.provider.answer = answer
    running.run()

    assert inside == [False]


def test_a_mail_by_hand_that_is_overdue_waits_for_a_persons_decision(running: Engine) -> None:
    session = running.session
    campaign = launched(running, 1)
    running.run()
    blast = Blast(
        campaign_id=campaign.id,
        rule="manual",
        occurrence="x",
        scheduled_at=MORNING + timedelta(days=2),
        send_by=MORNING + timedelta(days=9),
        created_at=MORNING,
    )
    session.add(blast)
    session.commit()

    running.at(MORNING + timedelta(days=2, hours=7))
    assert blast.state is BlastState.MISSED
    running.check()
