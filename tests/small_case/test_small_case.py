"""Two people, two workers, a reaper, one kill, and somebody who leaves: whatever the order, nobody gets it twice, nobody
who left gets it later, nobody is lost."""

import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from advocacy.config import Settings
from advocacy.domain.blast import BlastState
from advocacy.models.base import behave, keys_of
from advocacy.models.blast import Blast
from advocacy.operations import engine, planning
from tests.factories import add_campaign, add_supporter, subscribe
from tests.proving import FULL, say
from tests.running import MORNING
from tests.small_case.hands import BROKEN, Clock, Provider, Step, Tools
from tests.small_case.parts import InParts
from tests.small_case.rows import InMemory
from tests.small_case.search import HarmError, explore, stroll
from tests.small_case.world import LEAVES, STAYS, Size, World

pytestmark = [pytest.mark.proof, pytest.mark.slow, pytest.mark.timeout(1800 if FULL else 240)]

HOURS = (timedelta(), timedelta(minutes=25))
TOGETHER, APART = Size(rounds=1, hours=HOURS), Size(rounds=1, batch=1, hours=HOURS)
WHOLE = [TOGETHER, APART] if FULL else [TOGETHER]
STATES = sys.maxsize if FULL else 400
LARGER = [Size(), Size(batch=1)]
STROLLS = 300 if FULL else 2
ON_SERVER = 100 if FULL else 2
PRECAUTIONS = [what for what in BROKEN if FULL or what.startswith(("begins", "answers"))]


@pytest.mark.parametrize("size", WHOLE, ids=repr)
def test_in_every_order_there_is_nobody_gets_it_twice_or_after_leaving_and_nobody_is_lost(
    session: Session, settings: Settings, database: str, size: Size
) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("PostgreSQL has its own, in parts")
    began = time.monotonic()

    found = explore(in_memory(session, settings, size), STATES)

    say(f"{size}: {found}; {time.monotonic() - began:.0f} seconds")
    assert found.states >= (5000 if FULL else STATES)


@pytest.mark.parametrize("size", LARGER, ids=repr)
def test_the_larger_case_does_no_harm_in_orders_drawn_at_random(
    session: Session, settings: Settings, database: str, size: Size
) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("PostgreSQL has its own, in parts")
    world, began = in_memory(session, settings, size), time.monotonic()

    steps = sum(stroll(world, seed) for seed in range(STROLLS))

    say(f"{size}: {STROLLS} orders, {steps} steps; {time.monotonic() - began:.0f} seconds")
    assert steps > 5 * STROLLS


@pytest.mark.parametrize("what", PRECAUTIONS)
def test_an_engine_with_one_precaution_less_is_found_out(
    session: Session, settings: Settings, database: str, what: str
) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("the precautions are the same")

    with pytest.raises(HarmError) as harm:
        explore(in_memory(session, settings, TOGETHER, BROKEN[what]))

    say(f"an engine that {what}: {harm.value}")


@pytest.mark.parametrize("batch", [2, 1])
def test_transactions_that_overlap_on_a_server_do_no_harm_either(
    session: Session, settings: Settings, database: str, batch: int
) -> None:
    if not database.startswith("postgresql"):
        pytest.skip("SQLite has one writer at a time")

    with closing(on_server(session, settings, Size(batch=batch))) as world:
        steps = sum(stroll(world, seed) for seed in range(ON_SERVER))

    say(f"{ON_SERVER} orders of overlapping transactions, {steps} steps")


def in_memory(
    session: Session, settings: Settings, size: Size, broken: Mapping[str, Step] = MappingProxyType({})
) -> World:
    tools = planned(session, settings, size)
    memory = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    behave(memory)
    there, here = session.get_bind().engine.raw_connection(), memory.raw_connection()
    connection: Any = here.driver_connection
    there.driver_connection.backup(connection)  # type: ignore[union-attr]
    there.close()
    here.close()
    return World(memory, keys_of(session), InMemory(connection), tools, size, broken)


def on_server(session: Session, settings: Settings, size: Size) -> InParts:
    tools = planned(session, settings, size)
    url = settings.database_url.replace("+psycopg", "")
    return InParts(session.get_bind().engine, keys_of(session), url, tools, size, {})


def planned(session: Session, settings: Settings, size: Size) -> Tools:
    """A blast to two people, planned and due."""
    clock = Clock(MORNING)
    campaign = add_campaign(session, launched_at=MORNING)
    people = [add_supporter(session, address) for address in (STAYS, LEAVES)]
    for person in people:
        subscribe(session, person)
    tools = Tools(clock, Provider(clock, size.batch), settings, people[1].id)
    planning.derive(session, campaign, now=MORNING, writer=tools.gateways.mails, settings=settings)
    session.commit()
    engine.tick(session, gateways=tools.gateways, settings=settings)
    assert session.scalar(select(Blast.state).where(Blast.rule == "launch")) is BlastState.SENDING
    session.rollback()
    return tools
