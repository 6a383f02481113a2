"""Several requests under way at a time: each person still gets one mail, and what waits for a canary is waited for."""

import threading
import time

import pytest

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Accepted, Outcome, Request
from advocacy.operations import sending
from advocacy.operations.lanes import AT_WORK
from tests.running import Engine, addresses, launched

CANARIES = 4
"""They go one after the other: none of them waits for others."""


@pytest.fixture(autouse=True)
def _waiting_is_real(running: Engine) -> None:
    """The clock stands still for the engine, while those who wait really wait."""
    running.clock.sleep = time.sleep  # type: ignore[method-assign]


def test_many_lanes_hand_over_each_person_once_after_the_canaries(running: Engine) -> None:
    running.provider.batch = 20
    launched(running, 200)
    running.tick()
    at_once: list[int] = []
    under_way, lock = [0], threading.Lock()

    def slow(_: Request) -> Outcome:
        with lock:
            under_way[0] += 1
            at_once.append(under_way[0])
        time.sleep(0.02)
        with lock:
            under_way[0] -= 1
        return Accepted()

    running.provider.answer = slow

    done = sending.hand_over_due(
        running.session, gateways=running.gateways, settings=running.settings, lanes=3, seconds=60
    )

    assert done == len(running.provider.asked) == 10
    assert at_once[:4] == [1, 1, 1, 1], "the canaries go one after the other"
    assert max(at_once) > 1
    assert running.provider.addresses == addresses(200)
    assert set(running.states()) == {DispatchState.ACCEPTED}
    running.check()


def test_while_a_slow_provider_has_their_requests_lanes_leave_their_turn_to_others(running: Engine) -> None:
    running.provider.batch = 10
    launched(running, 300)
    running.tick()
    lock, more_than_turns = threading.Lock(), threading.Event()
    at_work, under_way = [0], [0]
    most_at_work: list[int] = []

    def build_slowly() -> None:
        with lock:
            at_work[0] += 1
            most_at_work.append(at_work[0])
        time.sleep(0.01)
        with lock:
            at_work[0] -= 1

    def slow(_: Request) -> Outcome:
        with lock:
            under_way[0] += 1
            if under_way[0] > AT_WORK:
                more_than_turns.set()
        if len(running.provider.asked) > CANARIES:
            more_than_turns.wait(30)
        with lock:
            under_way[0] -= 1
        return Accepted()

    running.provider.prepare = build_slowly  # type: ignore[method-assign]
    running.provider.answer = slow

    sending.hand_over_due(running.session, gateways=running.gateways, settings=running.settings, lanes=9, seconds=60)

    assert more_than_turns.is_set()
    assert max(most_at_work) <= AT_WORK
    assert running.provider.addresses == addresses(300)
    running.check()


def test_what_fails_in_one_lane_is_raised_and_ends_the_others(running: Engine) -> None:
    running.provider.batch = 20
    launched(running, 200)
    running.tick()

    def broken(_: Request) -> Outcome:
        raise ZeroDivisionError

    running.provider.answer = broken

    with pytest.raises(ZeroDivisionError):
        sending.hand_over_due(
            running.session, gateways=running.gateways, settings=running.settings, lanes=3, seconds=60
        )

    assert running.states().count(DispatchState.INFLIGHT) == 1
