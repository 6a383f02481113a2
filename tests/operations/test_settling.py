"""Requests that nobody knows about: settled by evidence, or by a person, never by a guess."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from advocacy.domain import person_ref
from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Ambiguous
from advocacy.models.blast import Delivery, Dispatch
from advocacy.models.supporter import Subscription, Supporter
from advocacy.operations import blast_moves, reports
from advocacy.operations.blast_moves import Decision
from tests.factories import add_supporter, subscribe
from tests.running import MORNING, Engine, addresses, launched, report


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


def test_a_complaint_suppresses_and_sticks_whatever_is_reported_later(running: Engine) -> None:
    session = running.session
    launched(running, 2)
    running.run()
    request = running.provider.asked[0]
    [complainer, other] = session.scalars(select(Supporter).order_by(Supporter.id)).all()
    ref = person_ref.written(session.info["keys"], request.public_id, [complainer.id])[0]
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
