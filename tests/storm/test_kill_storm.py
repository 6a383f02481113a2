"""Workers killed at every step and at any moment, at a provider that fails: the stand-in's ledger has each person once.

In full (`make prove`) many seeds and many more kills; here a small form. A deliberately naive engine, which sends again
what was not answered, must fail, or the storm would prove nothing.
"""

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from advocacy.config import Settings
from tests.storm.arena import PROVIDER_TIMEOUT, Arena

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("storm")]

FULL = bool(os.environ.get("ADVOCACY_PROVE"))
SEEDS = range(1, 1 + int(os.environ.get("ADVOCACY_PROVE_SEEDS", "20"))) if FULL else [1]
KILLS, PEOPLE, WAIT = (60, 6000, 600.0) if FULL else (8, 300, 120.0)
FAULTS = {
    "500_after": 0.02,
    "accept_then_close": 0.02,
    "accept_then_reset": 0.02,
    "close_before": 0.02,
    "503_before": 0.02,
    "429": 0.02,
    "stall_then_accept": 0.01,
    "slow_drip": 0.01,
    "garbage": 0.01,
}


@pytest.fixture
def arena(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Arena]:
    seed = getattr(request, "param", 0)
    made = Arena(settings, tmp_path, seed=seed, faults=FAULTS if seed else {})
    yield made
    made.close()


@pytest.mark.parametrize(("arena", "seed"), [(seed, seed) for seed in SEEDS], indirect=["arena"])
def test_a_storm_of_kills_loses_nobody_and_doubles_nobody(arena: Arena, seed: int) -> None:
    arena.launch(PEOPLE)
    deaths = arena.nursery(seed, KILLS, workers=3, batch=20)

    arena.until(arena.over, "everybody to be served", WAIT)
    time.sleep(PROVIDER_TIMEOUT + 1)

    counted = json.loads(deaths.read_text())
    print(f"seed {seed}: {sum(counted.values())} deaths {counted}; {arena.states()}")  # noqa: T201 - the proof's figures
    received = arena.received
    assert {person for person, times in received.items() if times > 1} == set()
    assert len(received) == PEOPLE
    assert sum(counted.values()) - counted.get("fell", 0) >= min(KILLS, 5)
    arena.check()


@pytest.mark.parametrize("arena", [7], indirect=True)
def test_an_engine_that_sends_again_what_was_not_answered_fails_this_test(arena: Arena) -> None:
    arena.launch(PEOPLE)
    arena.nursery(7, KILLS, workers=3, batch=20, kind="naive")

    arena.until(lambda: max(arena.received.values(), default=0) > 1, "somebody to get it twice", WAIT)


ZOMBIES = ["send.begun.after_commit"]
if FULL:
    ZOMBIES += ["send.claimed.after_commit", "send.rendered", "send.bytes_written", "send.answer_read"]


@pytest.mark.parametrize("point", ZOMBIES)
def test_a_worker_frozen_here_past_lease_and_quarantine_wakes_to_do_no_harm(arena: Arena, point: str) -> None:
    arena.launch(60)
    zombie = arena.worker(f"{point}:1:stop", batch=20)
    arena.until(lambda: arena.stopped(zombie), f"the worker to stop at {point}", 30, running=False)
    time.sleep(PROVIDER_TIMEOUT + 0.5)
    arena.pass_time(timedelta(minutes=5))
    living = arena.worker("", batch=20)

    arena.until(arena.over, "the others to be served", 60)
    zombie.send_signal(signal.SIGCONT)
    time.sleep(1.5)

    received = arena.received
    assert set(received.values()) == {1}
    assert len(received) == 60
    arena.check()
    arena.end(living)
    arena.end(zombie)
