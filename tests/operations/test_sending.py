"""Requests to the provider: begun once, by one holder, for those who still want the mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Blocked, Busy, Later, NotSent, Refused, Request
from advocacy.models.blast import Delivery, Dispatch, ProviderAccount
from advocacy.models.supporter import Supporter
from advocacy.operations import blast_moves, sending, suppressing
from advocacy.operations.building import build
from advocacy.operations.suppressing import Reason
from tests.running import MORNING, Engine, addresses, launched


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


def test_no_request_is_handed_over_inside_a_transaction(running: Engine) -> None:
    launched(running, 1)
    inside: list[bool] = []

    def answer(_: Request) -> Accepted:
        inside.append(running.session.in_transaction())
        return Accepted()

    running.provider.answer = answer
    running.run()

    assert inside == [False]


def test_patience_for_one_recipient_holds_up_nobody_else_and_costs_no_attempt(running: Engine) -> None:
    running.provider.batch = 1
    running.provider.answer = lambda request: (
        Later("greylisted", timedelta(minutes=5)) if request.people[0].address == "p0003@example.org" else Accepted()
    )
    launched(running, 4)

    for minute in range(0, 21, 5):
        running.at(MORNING + timedelta(minutes=minute))

    waiting = running.session.scalars(select(Dispatch).where(Dispatch.state == DispatchState.PLANNED)).one()
    assert (waiting.attempts, waiting.error) == (0, "greylisted")
    assert running.provider.addresses == addresses(3)
    assert running.session.scalars(select(ProviderAccount.health)).all() in ([], ["good"])
    running.provider.answer = lambda _: Accepted()
    running.at(MORNING + timedelta(minutes=30))
    assert running.provider.addresses == addresses(4)
    running.check()


def test_what_the_database_prepared_for_sending_serves_the_requests_after_it(running: Engine) -> None:
    if running.session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite prepares nothing between connections")
    running.provider.batch = 20
    launched(running, 300)
    running.tick()

    running.hand_over()

    kept = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%email_sealed%'")
    assert running.session.scalar(kept) == 1
