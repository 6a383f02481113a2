"""A blast sends while it is still planned: what is full goes, what may grow waits, and whatever stops one stops both."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Outcome, Refused
from advocacy.gateways import faults
from advocacy.models.base import beside
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter
from advocacy.operations import blast_moves, cutting, planning, suppressing
from advocacy.operations.suppressing import Reason
from tests.factories import add_supporter, subscribe
from tests.operations.test_starting import Careful
from tests.running import MORNING, Engine, addresses, launched

pytestmark = pytest.mark.usefixtures("_in_chunks")


@pytest.fixture
def _in_chunks(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "CHUNK", {"sqlite": 170, "postgresql": 170})
    running.provider.batch = 100


def half_planned(running: Engine, people: int = 500) -> Campaign:
    """The first chunk is planned and has left, the second is planned: a hundred of it in one request, seventy in the next."""
    campaign = launched(running, people)
    running.plan()
    running.hand_over()
    running.plan()
    return campaign


def test_full_requests_go_while_the_rest_is_planned_and_others_wait_to_be_filled(running: Engine) -> None:
    launched(running, 500)

    left = []
    while running.plan():
        running.hand_over()
        running.check()
        left.append(len(running.provider.taken))
    assert left == [170, 270, 470]
    assert running.blasts()["launch"].planned_at is not None
    running.hand_over()

    assert running.provider.addresses == addresses(500)
    assert [len(request.people) for request in running.provider.asked] == [50, 100, 20, 100, 100, 100, 30]
    running.check()


def test_others_are_woken_to_send_once_the_first_people_are_planned(running: Engine) -> None:
    launched(running, 500)
    planned_by_then = []

    def wake() -> None:
        planned_by_then.append(running.session.scalar(select(func.count()).select_from(Delivery)))
        running.hand_over()

    running.tick(wake)

    assert planned_by_then == [170]
    assert len(running.provider.taken) == 170
    running.run()
    assert running.provider.addresses == addresses(500)
    running.check()


def test_a_planner_that_dies_after_the_first_requests_left_goes_on_where_it_was(
    running: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched(running, 500)
    monkeypatch.setenv("ADVOCACY_ENV", "test")
    monkeypatch.setenv("FAULT", "plan.slice.mid:2:raise")
    faults.forget()

    with pytest.raises(faults.PlannedFaultError):
        running.tick(running.hand_over)
    running.session.rollback()
    monkeypatch.delenv("FAULT")
    running.check()
    assert len(running.provider.taken) == 170
    assert running.blasts()["launch"].plan_cursor > 0

    running.run()

    assert running.provider.addresses == addresses(500)
    running.check()


def test_a_pause_stops_planning_and_sending_and_both_go_on_afterwards(running: Engine) -> None:
    half_planned(running)
    blast_id = running.blasts()["launch"].id

    blast_moves.pause(running.session, blast_id, now=MORNING, actor="organiser:1")
    running.at(MORNING + timedelta(minutes=5))

    assert running.session.scalar(select(func.count()).select_from(Delivery)) == 340
    assert len(running.provider.taken) == 170
    blast_moves.resume(running.session, blast_id, now=running.clock.now(), actor="organiser:1")
    blast = running.blasts()["launch"]
    assert (blast.state, blast.planned_at) == (BlastState.SENDING, None)
    running.run()
    assert running.provider.addresses == addresses(500)
    running.check()


def test_a_blast_cancelled_in_the_middle_plans_and_sends_nobody_more(running: Engine) -> None:
    half_planned(running)

    blast_moves.cancel(running.session, running.blasts()["launch"].id, now=MORNING, actor="organiser:1")
    running.at(MORNING + timedelta(minutes=5))

    assert running.session.scalar(select(func.count()).select_from(Delivery)) == 340
    assert len(running.provider.taken) == 170
    assert set(running.states()) == {DispatchState.ACCEPTED, DispatchState.CANCELLED}
    running.check()


def test_a_no_of_the_provider_after_the_first_chunk_stops_the_planning_too(running: Engine) -> None:
    provider = Careful(running.clock, batch=100)
    running = replace(running, gateways=replace(running.gateways, provider=provider), provider=provider)
    provider.would = lambda _: Refused("the subject is required", 400)
    launched(running, 500)

    running.run()

    blast = running.blasts()["launch"]
    assert (blast.state, blast.state_reason) == (BlastState.BLOCKED, "preflight: the subject is required")
    assert running.session.scalar(select(func.count()).select_from(Delivery)) == 170
    assert provider.asked == []
    provider.would = lambda _: Accepted()
    running.at(MORNING + timedelta(minutes=2))
    assert provider.addresses == addresses(500)
    running.check()


def test_a_provider_that_stops_taking_mail_stops_the_planning_until_it_takes_it_again(running: Engine) -> None:
    launched(running, 500)
    running.plan()
    running.hand_over()
    blast_moves.move(
        running.session, _launch(running), blast_moves.Move.BLOCK, now=MORNING, actor="engine", why="provider: no"
    )
    running.session.commit()

    assert running.plan() is False
    running.at(MORNING + timedelta(minutes=2))

    assert running.provider.addresses == addresses(500)
    running.check()


def test_a_deadline_moved_in_the_middle_reaches_everybody_once(running: Engine) -> None:
    campaign = half_planned(running)

    campaign.deadline, campaign.generation = date(2026, 4, 20), campaign.generation + 1
    planning.replan(running.session, campaign, now=MORNING, writer=running.gateways.mails, settings=running.settings)
    running.session.commit()
    running.check()
    running.run()

    assert running.provider.addresses == addresses(500)
    running.check()


def test_one_erased_by_a_moved_deadline_is_nothing_to_plan(running: Engine) -> None:
    launched(running, 1)

    assert planning.plan(running.session, 4711, gateways=running.gateways, settings=running.settings) is False


def test_who_leaves_while_a_request_waits_to_be_filled_is_not_in_it(running: Engine) -> None:
    half_planned(running)
    leaves = running.session.scalars(select(Supporter.id).order_by(Supporter.id).offset(300)).first()
    assert leaves is not None

    suppressing.suppress(running.session, [leaves], Reason.UNSUBSCRIBED, now=MORNING)
    running.run()

    assert running.provider.addresses == [each for each in addresses(500) if each != "p0300@example.org"]
    running.check()


def test_who_joins_behind_the_planner_is_not_looked_for_before_it_is_done(running: Engine) -> None:
    running.clock.set(MORNING)
    early = add_supporter(running.session, "early@example.org")
    campaign = half_planned(running)
    subscribe(running.session, early, campaign, joined_at=MORNING)
    late = add_supporter(running.session, "late@example.org", confirmed_at=MORNING, created_at=MORNING)
    subscribe(running.session, late, campaign, joined_at=MORNING)
    running.session.commit()

    blast_id = running.blasts()["launch"].id
    found = planning.sweep(running.session, blast_id, gateways=running.gateways, settings=running.settings)
    running.run()

    assert found == 0
    assert running.provider.addresses == sorted([*addresses(500), "early@example.org", "late@example.org"])
    running.check()


def test_one_not_planned_to_its_end_at_its_last_instant_is_not_called_sent(running: Engine) -> None:
    half_planned(running)

    running.at(_launch(running).send_by + timedelta(minutes=1))

    blast = running.blasts()["launch"]
    assert (blast.state, blast.state_reason) == (BlastState.CANCELLED, "expired")
    assert len(running.provider.taken) == 170
    running.check()


def test_a_request_that_somebody_took_is_never_filled_further(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it came about: the chunk is given up as a whole, and done again beside it."""
    half_planned(running)
    tails = cutting.tails(running.session, _launch(running).id, 100)
    growing = running.session.scalars(select(Dispatch).order_by(Dispatch.no.desc())).first()
    assert growing is not None
    growing.state, growing.lease_token = DispatchState.CLAIMED, "somebody"
    running.session.commit()

    with monkeypatch.context() as patched:
        patched.setattr(cutting, "tails", lambda *_: tails)
        with pytest.raises(RuntimeError, match="was to grow"):
            running.plan()
    running.session.rollback()
    running.check()
    growing.state, growing.lease_token = DispatchState.PLANNED, None
    running.session.commit()
    running.run()

    assert running.provider.addresses == addresses(500)


def test_requests_begin_while_somebody_plans_but_not_while_somebody_moves_the_blast(
    running: Engine, database: str
) -> None:
    if database.startswith("sqlite"):
        pytest.skip("SQLite has one writer")
    launched(running, 500)
    running.plan()
    blast_id = _launch(running).id
    running.session.commit()
    with beside(running.session) as other:
        blast_moves.find_to_plan(other, blast_id)
        assert planning.waiting(running.session, running.clock.now()) == []
        running.hand_over()
        assert len(running.provider.taken) == 170
        other.rollback()
        assert planning.waiting(running.session, running.clock.now()) == [blast_id]

        running.plan()
        running.provider.answer = lambda _: _paused_meanwhile(other, blast_id)
        running.hand_over()
    assert len(running.provider.taken) == 270


def _paused_meanwhile(other: Session, blast_id: int) -> Outcome:
    """The request is on its way, so its beginning is committed and holds nobody up."""
    blast_moves.pause(other, blast_id, now=MORNING, actor="organiser:1")
    return Accepted()


def _launch(running: Engine) -> Blast:
    return running.blasts()["launch"]
