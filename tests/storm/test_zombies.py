"""Workers frozen between each pair of steps, past lease and quarantine, wake up and do no harm."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from advocacy.config import Settings
from tests.storm.arena import PROVIDER_TIMEOUT, Arena, stopped, wake

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(300), pytest.mark.xdist_group("storm")]

POINTS = (
    "send.claimed.before_commit",
    "send.claimed.after_commit",
    "send.rendered",
    "send.begun.before_commit",
    "send.begun.after_commit",
    "send.checked",
    "send.bytes_written",
    "send.answer_read",
    "send.updated.before_commit",
    "send.committed",
)
INSIDE_A_TRANSACTION = {point for point in POINTS if point.endswith("before_commit")}
IDLE = 1.0
"""Seconds after which the stand-in closes an idle connection, as the service does long before the quarantine is over."""


@pytest.fixture
def arena(settings: Settings, tmp_path: Path) -> Iterator[Arena]:
    """PostgreSQL ends a sleeping transaction after half a minute by default; so long nobody wants to wait here."""
    url = settings.database_url
    if url.startswith("postgresql"):
        url += f"{'&' if '?' in url else '?'}options=-c%20idle_in_transaction_session_timeout%3D1500"
    made = Arena(settings.model_copy(update={"database_url": url}), tmp_path, idle=IDLE)
    yield made
    made.close()


def test_workers_frozen_at_each_step_past_lease_and_quarantine_wake_to_do_no_harm(arena: Arena, database: str) -> None:
    zombies = []
    for number, point in enumerate(POINTS):
        if database.startswith("sqlite") and point in INSIDE_A_TRANSACTION:
            continue  # It would hold the only writer's place: nobody else could do anything at all.
        arena.launch(5, f"z{number}")
        zombies.append(arena.worker(f"{point}:1:stop", batch=5))
        arena.until(lambda: stopped(zombies[-1]), f"the worker to stop at {point}", 30, running=False)
    people = 5 * len(zombies)
    time.sleep(max(PROVIDER_TIMEOUT, IDLE) + 0.5)
    arena.pass_time(timedelta(minutes=5))
    arena.worker(batch=5)

    arena.until(lambda: len(arena.double.received("z")) >= 5 * 5, "the others to be served", 60)
    for pid in zombies:
        wake(pid)
    arena.until(arena.over, "all to be settled", 60)
    time.sleep(1.5)

    received = arena.double.received("z")
    assert set(received.values()) == {1}
    assert len(received) == people
    arena.check()
