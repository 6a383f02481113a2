"""A campaign's mails from the launch to the deadline: who gets them, and when."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.models import installation
from advocacy.models.blast import Blast, Delivery
from advocacy.models.supporter import Action, Supporter
from advocacy.operations import engine, planning, sending
from tests.factories import add_campaign, add_supporter, subscribe
from tests.running import MORNING, Engine, addresses, launched


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
    states = {rule: blast.state for rule, blast in running.blasts().items()}
    assert states.pop("outcome") is BlastState.DRAFT
    assert set(states.values()) == {BlastState.COMPLETED}
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
