"""Workers killed at every step and at any moment, at a provider that fails, while people leave and a deadline passes:
the stand-in's ledger has each person once.

In full (`make prove`) 60 kills for each of 20 seeds on PostgreSQL and of 4 on SQLite; here a small form. A deliberately
naive engine, which sends again what was not answered, must fail, or the storm would prove nothing.
"""

import json
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from advocacy.config import Settings
from advocacy.domain.delivery import DEPENDABLE
from advocacy.models.blast import Dispatch, Report
from advocacy.sendgrid_double.faults import Fault
from tests.proving import FULL, say, seeds
from tests.storm.arena import PROVIDER_TIMEOUT, QUARANTINE, Arena
from tests.storm.leavers import Leavers

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(900), pytest.mark.xdist_group("storm")]

KILLS, PEOPLE, LEAVING, BATCH, WAIT = (60, 700, 20, 6, 400.0) if FULL else (8, 150, 6, 10, 150.0)
MORE = 60
"""People of each campaign launched while there are kills left."""

ON_SQLITE = 4
"""So many seeds: 240 kills."""

NEVER_OVER = {Fault.REVOKED}
"""It takes the key away for good: only an operator ends it."""

RATES = {fault.value: 0.15 / (len(Fault) - len(NEVER_OVER)) for fault in Fault if fault not in NEVER_OVER}
DEADLINE = {"deadline": date(2026, 3, 2), "timezone": "Europe/London"}
ITS_END = datetime.fromisoformat("2026-03-03T00:00:00+00:00")
RECOVERY = timedelta(seconds=60)


@pytest.fixture
def arena(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Arena]:
    seed = getattr(request, "param", 1)
    made = Arena(settings, tmp_path, seed=seed, rates=RATES, latency=0.2 if FULL else 0.1, spread=0.5)
    yield made
    made.close()


@pytest.mark.parametrize(("arena", "seed"), [(seed, seed) for seed in seeds(20)], indirect=["arena"])
def test_a_storm_of_kills_loses_nobody_and_doubles_nobody(arena: Arena, seed: int, database: str) -> None:
    if database.startswith("sqlite") and seed > ON_SQLITE:
        pytest.skip(f"SQLite has {ON_SQLITE} seeds")
    began = time.monotonic()
    arena.launch(PEOPLE, "p")
    told = arena.storm(seed, KILLS, workers=3, batch=BATCH)
    leavers = Leavers(arena, seed)

    arena.until(lambda: len(arena.received) > PEOPLE // 4, "a quarter of them", WAIT)
    leavers.press("p", PEOPLE, LEAVING)
    arena.launch(PEOPLE, "late", **DEADLINE)
    arena.until(lambda: len(arena.double.received("late")) > 0, "some of those with a deadline", WAIT)
    _pass_the_deadline(arena)
    more = 0
    while _killed(told) < KILLS:  # Whoever has nothing to do dies nowhere in particular.
        arena.launch(MORE, f"more{more:02}-")
        more += 1
        arena.until(lambda: _killed(told) >= KILLS or arena.over(), "all deaths", WAIT)
    calm = arena.clock.now()
    arena.until(arena.over, "everybody to be served", WAIT)
    time.sleep(PROVIDER_TIMEOUT + 1)

    slowest = max(_waits(arena, calm), default=timedelta())
    in_time = arena.double.received("late")
    say(
        f"seed {seed} {database.partition(':')[0]}: {_killed(told)} kills {told.read_text()}, "
        f"provider faults {arena.double.status()['faults']}, {arena.states()}; {PEOPLE} people, "
        f"{more * MORE} more, {len(leavers.answered)} left; at the deadline {len(in_time)} of {PEOPLE} had theirs; quarantine "
        f"{QUARANTINE} s; slowest recovery {slowest.total_seconds():.1f} s; {time.monotonic() - began:.0f} s in all"
    )
    others = arena.double.received("more")
    assert len(others) == more * MORE
    everyone = {f"p{number:05}@example.org" for number in range(PEOPLE)}
    assert [person for person, times in (arena.received + in_time + others).items() if times > 1] == []
    lost = everyone - set(arena.received) - set(leavers.answered)
    assert not lost, arena.tell(lost)
    assert leavers.late() == []
    assert len(leavers.answered) == LEAVING
    assert [one for one in arena.double.taken("late") if one.begun > ITS_END.timestamp()] == []
    assert len(in_time) < PEOPLE, "the deadline cut nobody off"
    assert "ambiguous" not in arena.states()
    assert slowest < RECOVERY
    arena.check()


def test_an_engine_that_sends_again_what_was_not_answered_fails_this_test(arena: Arena) -> None:
    arena.launch(PEOPLE)
    arena.storm(7, 60, workers=3, batch=BATCH, kind="naive")

    def is_doubled() -> bool:
        return max(arena.received.values(), default=0) > 1

    ends, more = time.monotonic() + WAIT, 0
    while not is_doubled():  # A few requests may come through before anybody dies at a bad moment.
        arena.until(lambda: is_doubled() or arena.over(), "somebody to get it twice", ends - time.monotonic())
        arena.launch(MORE, f"p-more{more:02}-")
        more += 1

    doubled = sum(1 for times in arena.received.values() if times > 1)
    say(f"positive control: the naive engine wrote to {doubled} of {len(arena.received)} more than once")


def _pass_the_deadline(arena: Arena) -> None:
    """Around the deadline the clock runs as fast as ours: a request is begun and read at one time."""
    arena.pass_to(ITS_END - timedelta(seconds=PROVIDER_TIMEOUT + 1))
    time.sleep(2 * PROVIDER_TIMEOUT + 1)


def _killed(told: Path) -> int:
    return sum(times for point, times in json.loads(told.read_text()).items() if point != "fell")


def _waits(arena: Arena, calm: datetime) -> list[timedelta]:
    """Return how long each request that was in doubt stayed so after the evidence was there, and the last kill over."""
    with arena.session() as session:
        reports = session.execute(select(Report.public_id, Report.type, Report.kept_at)).all()
        rows = session.scalars(select(Dispatch).where(Dispatch.settled_how.in_(("report", "proof")))).all()
        begun = {row.public_id: row.inflight_at for row in session.scalars(select(Dispatch))}
        waits = []
        for row in rows:
            assert row.answer_by is not None
            assert row.settled_at is not None
            if row.settled_how == "report":
                evidence = min(kept for public_id, _, kept in reports if public_id == row.public_id)
            else:
                later = [
                    kept
                    for public_id, type_, kept in reports
                    if type_ in DEPENDABLE and (begun.get(public_id) or row.answer_by) > row.answer_by
                ]
                evidence = max(min(later, default=row.settled_at), row.answer_by + timedelta(seconds=QUARANTINE))
            waits.append(max(row.settled_at - max(evidence, calm), timedelta()))
        return waits
