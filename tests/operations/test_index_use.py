"""The engine's regular questions find their rows by index, however many dispatches there are: few rows here, 5,000,000 in full."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from advocacy.models.blast import Blast, Dispatch
from advocacy.operations import sending, settling
from tests.proving import FULL, say
from tests.running import Engine, launched

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1800)]

ROWS = 5_000_000 if FULL else 20_000


def test_claim_and_reaper_use_their_index(running: Engine, database: str) -> None:
    launched(running, 120)
    running.tick()
    session = running.session
    _fill(session, ROWS)
    claim = _asked(running, lambda: sending.claim(session, gateways=running.gateways, settings=running.settings))
    running.clock.set(running.clock.now() + timedelta(minutes=2))
    reap = _asked(running, lambda: settling.reap(session, gateways=running.gateways, settings=running.settings))

    assert claim
    assert reap
    read_whole = [
        plan for plan in (*claim, *reap) if re.search(r"Seq Scan on dispatch\b|SCAN dispatch\b(?! USING INDEX)", plan)
    ]
    say(
        f"{len(claim) + len(reap)} statements of claim and reaper at {ROWS:,} dispatches on {database.partition(':')[0]}"
    )
    assert read_whole == [], "\n\n".join(read_whole)


def _fill(session: Session, rows: int) -> None:
    """Add accepted dispatches of a blast that is over, as years of mails leave them."""
    old = session.query(Blast).first()
    model = session.query(Dispatch).first()
    assert old is not None
    assert model is not None
    columns = [column.name for column in Dispatch.__table__.columns]
    changed = {
        "blast_id": ":old",
        "no": "row_no",
        "public_id": "'old' || row_no",
        "state": "'accepted'",
        "canary": "false",
    }
    taken = ", ".join(changed.get(name, name) for name in columns)
    numbers = (
        "generate_series(1, :rows) AS row_no"
        if session.get_bind().dialect.name == "postgresql"
        else "(WITH RECURSIVE c(row_no) AS (SELECT 1 UNION ALL SELECT row_no + 1 FROM c WHERE row_no < :rows) SELECT row_no FROM c)"
    )
    session.execute(
        text(
            f"INSERT INTO dispatch ({', '.join(columns)}) SELECT {taken} FROM dispatch, {numbers} "  # noqa: S608 - our own columns
            "WHERE blast_id = :blast AND no = :no"
        ),
        {"rows": rows, "old": 999_999, "blast": model.blast_id, "no": model.no},
    )
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()


def _asked(running: Engine, ask: Callable[[], Any]) -> list[str]:
    """Return the plans of the statements about dispatches that this makes."""
    with _heard(running.session) as statements:
        ask()
    running.session.rollback()
    plans = []
    connection = running.session.connection()
    prefix = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    for statement, parameters in statements:
        rows = connection.exec_driver_sql(prefix + statement, parameters).all()
        plans.append("\n".join(str(row[-1]) for row in rows))
    running.session.rollback()
    return plans


@contextmanager
def _heard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if re.search(r"\b(FROM|UPDATE|JOIN) dispatch\b", statement):
            heard.append((statement, parameters))

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)
