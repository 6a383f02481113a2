"""One story on SQLite and on PostgreSQL: the same people get the same mails at the same times."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from advocacy.app import create_app
from advocacy.config import load
from advocacy.domain.handover import Accepted, Busy, Outcome, Refused, Request
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import db
from advocacy.models.supporter import Supporter
from advocacy.operations import suppressing
from advocacy.operations.suppressing import Reason
from tests import conftest
from tests.running import MORNING, Engine, Ledger, PlainWriter, launched, report

pytestmark = pytest.mark.timeout(200)


def test_one_story_leaves_the_same_ledger_on_both_databases(
    tmp_path: Path, sqlite_template: Path, postgresql_server: str, postgresql_template: str
) -> None:
    file = shutil.copy(sqlite_template, tmp_path / "parity.sqlite")
    name = f"t{uuid4().hex}"
    conftest.on_server(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")

    ledgers = [
        told(folder, url)
        for folder, url in (
            (tmp_path / "one", f"sqlite:///{file}"),
            (tmp_path / "two", conftest.named(postgresql_server, name)),
        )
    ]
    conftest.on_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")

    assert ledgers[0] == ledgers[1]
    assert len(ledgers[0]) > 100


def told(folder: Path, url: str) -> list[tuple[str, str, str]]:
    """Play the story; return when who got which mail, in order."""
    with engine_on(folder, url) as running:
        trouble = iter((Busy(timedelta(seconds=20)), Refused("bad", person=3)))

        def answer(request: Request) -> Outcome:
            return next(trouble, Accepted()) if len(request.people) > 20 else Accepted()

        running.provider.answer = answer
        launched(running, 70)
        running.play(MORNING + timedelta(hours=1), stride=timedelta(minutes=5))
        ids = [one.id for one in running.session.query(Supporter).order_by(Supporter.id).limit(12)]
        suppressing.suppress(running.session, ids[:6], Reason.UNSUBSCRIBED, now=running.clock.now())
        suppressing.suppress(running.session, ids[6:], Reason.COMPLAINED, now=running.clock.now())
        for number, taken in enumerate(running.provider.taken[:1]):
            report(running, taken.request.public_id, ref=str(number))
        running.play(MORNING + timedelta(days=16))
        running.check()
        return [(taken.at.isoformat(timespec="minutes"), taken.address, taken.rule) for taken in running.provider.taken]


@contextmanager
def engine_on(folder: Path, url: str) -> Iterator[Engine]:
    settings = load(Path(os.devnull), **conftest.settings_for(folder, url))
    clock = SimulatedClock(MORNING)
    ledger = Ledger(clock)
    app = create_app(settings, Gateways(clock=clock, provider=ledger, mails=PlainWriter()))
    with app.app_context():
        yield Engine(db.session(), app.extensions["advocacy.gateways"], settings, clock, ledger)
        db.session.remove()
        db.engine.dispose()
