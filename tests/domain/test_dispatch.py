"""The laws of the state tables: every pair has an answer, no news changes nothing, what is final stays."""

import pytest

from advocacy.domain import blast as blasts
from advocacy.domain.blast import BlastState, Move
from advocacy.domain.delivery import RANKS, DeliveryState, delivery_state, graver
from advocacy.domain.dispatch import GONE, OPEN, DispatchState, Event, next_state, states_before

PAIRS = [(state, event) for state in DispatchState for event in Event]


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair_of_state_and_event_has_an_answer(state: DispatchState, event: Event) -> None:
    assert next_state(state, event) in DispatchState


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_hearing_an_event_twice_changes_nothing_the_second_time(state: DispatchState, event: Event) -> None:
    once = next_state(state, event)
    if once is not DispatchState.CLAIMED:
        assert next_state(once, event) is once


@pytest.mark.parametrize("event", Event)
def test_what_is_accepted_or_empty_stays_so(event: Event) -> None:
    assert next_state(DispatchState.ACCEPTED, event) is DispatchState.ACCEPTED
    assert next_state(DispatchState.EMPTY, event) is DispatchState.EMPTY


def test_only_a_claimed_one_begins() -> None:
    assert states_before(Event.BEGIN) == (DispatchState.CLAIMED,)


def test_nothing_that_may_have_left_is_cancelled_or_claimed_by_anything_but_evidence_or_a_person() -> None:
    blind = set(Event) - {Event.GIVE_BACK, Event.ASK_AGAIN, Event.PROVE_ABSENT, Event.RESEND, Event.LEAVE, Event.REFUSE}
    for state in (DispatchState.INFLIGHT, DispatchState.AMBIGUOUS):
        for event in blind:
            assert next_state(state, event) in GONE


def test_an_open_state_is_left_by_some_event() -> None:
    for state in OPEN:
        assert any(next_state(state, event) not in OPEN for event in Event)


@pytest.mark.parametrize("move", Move)
def test_an_ended_blast_stays_ended(move: Move) -> None:
    assert blasts.next_state(BlastState.COMPLETED, move) is BlastState.COMPLETED
    assert blasts.next_state(BlastState.CANCELLED, move) is BlastState.CANCELLED


@pytest.mark.parametrize(
    ("begun", "started", "state"),
    [
        pytest.param(False, False, BlastState.SCHEDULED, id="before planning"),
        pytest.param(True, False, BlastState.PLANNING, id="while planning"),
        pytest.param(True, True, BlastState.SENDING, id="while sending"),
    ],
)
def test_resuming_goes_back_to_where_the_pause_found_it(*, begun: bool, started: bool, state: BlastState) -> None:
    assert blasts.next_state(BlastState.PAUSED, Move.RESUME, begun=begun, started=started) is state


def test_reports_in_any_order_leave_the_gravest() -> None:
    for first in RANKS:
        for second in RANKS:
            assert graver(graver(None, first), second) == graver(graver(None, second), first)


def test_an_opened_mail_says_nothing_of_its_way() -> None:
    assert graver("delivered", "opened") == "delivered"


@pytest.mark.parametrize(
    ("skip", "dispatch", "outcome", "state"),
    [
        pytest.param("acted", DispatchState.ACCEPTED, "delivered", DeliveryState.SKIPPED, id="left out"),
        pytest.param(None, DispatchState.AMBIGUOUS, None, DeliveryState.UNKNOWN, id="nobody knows"),
        pytest.param(None, DispatchState.ACCEPTED, "bounced", DeliveryState.BOUNCED, id="came back"),
        pytest.param(None, DispatchState.ACCEPTED, None, DeliveryState.ACCEPTED, id="taken"),
        pytest.param(None, None, None, DeliveryState.SKIPPED, id="in no request"),
    ],
)
def test_what_a_person_sees_is_derived(
    skip: str | None, dispatch: DispatchState | None, outcome: str | None, state: DeliveryState
) -> None:
    assert delivery_state(skip, dispatch, outcome) is state
