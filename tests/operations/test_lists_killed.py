"""Lists whose worker dies: at any batch, in any phase, whoever comes next ends as if nothing had happened."""

import io
import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.importing import Column, ImportState
from advocacy.gateways import faults
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.supporter import Consent, Subscription, Supporter
from advocacy.models.supporter_import import ImportTrace, SupporterImport
from advocacy.operations import imports, lists
from tests.conftest import NOON

ROWS = 2_100
LIST = "email,name\n" + "".join(f"p{number % 2_050:04}@example.org,P {number}\n" for number in range(ROWS)) + "wrong,\n"
CODE = """
from advocacy.app import create_app
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import lists
app = create_app()
with app.app_context():
    lists.work(db.session(), clock=current().clock, settings=app.extensions["advocacy.settings"])
"""


@pytest.fixture
def made(session: Session) -> SupporterImport:
    found = imports.take(session, io.BytesIO(LIST.encode()), "list.csv", now=NOON, actor="test")
    imports.set_columns(session, found, {Column.EMAIL: 0, Column.NAME: 1}, charset="utf-8", delimiter=",")
    return found


def begin(session: Session, made: SupporterImport, settings: Settings) -> None:
    terms = imports.Terms("They signed our list in May.")
    imports.begin(session, made, terms, now=NOON, actor="test", settings=settings)


def counted(session: Session) -> list[int]:
    tables = (Supporter, Subscription, Consent, ImportTrace)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize("nth", [1, 2, 3], ids=["first batch", "a batch between", "last batch"])
def test_a_list_whose_worker_dies_at_a_batch_ends_as_if_it_never_had(
    session: Session,
    settings: Settings,
    clock: SimulatedClock,
    made: SupporterImport,
    monkeypatch: pytest.MonkeyPatch,
    nth: int,
) -> None:
    monkeypatch.setenv("ADVOCACY_ENV", "test")

    def die_and_go_on() -> None:
        monkeypatch.setenv("FAULT", f"import.batch:{nth}:raise")
        faults.forget()
        with pytest.raises(faults.PlannedFaultError):
            lists.work(session, clock=clock, settings=settings)
        session.rollback()
        monkeypatch.delenv("FAULT")
        lists.work(session, clock=clock, settings=settings)
        session.expire_all()

    die_and_go_on()
    assert made.state is ImportState.CHECKED
    assert made.checked == {"new": 2_050, "known": 0, "again": 50, "stopped": 0, "refused": 1}
    assert len(list(imports.refused(session, made))) == 2

    begin(session, made, settings)
    die_and_go_on()
    assert made.state is ImportState.DONE
    assert made.counts == made.checked
    assert counted(session) == [2_050] * 4

    imports.undo(session, made, now=NOON, actor="test")
    die_and_go_on()
    assert made.state is ImportState.UNDONE
    assert counted(session) == [0] * 4


def test_a_process_that_is_killed_loses_nobody_and_doubles_nobody(
    session: Session, settings: Settings, clock: SimulatedClock, made: SupporterImport
) -> None:
    lists.work(session, clock=clock, settings=settings)
    session.expire_all()
    begin(session, made, settings)

    killed = subprocess.run(
        [sys.executable, "-c", CODE],
        env=os.environ
        | {
            "ADVOCACY_ENV": "test",
            "DATABASE_URL": settings.database_url,
            "SECRET_KEY": settings.secret_key.get_secret_value(),
            "INSTANCE_PATH": str(settings.instance_path),
            "PUBLIC_URL": "http://advocacy.test",
            "FAULT": "import.batch:2:kill",
        },
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    session.expire_all()
    assert made.state is ImportState.RUNNING
    assert made.rows_done == 1_000
    assert counted(session)[0] == 1_000
    session.rollback()

    lists.work(session, clock=clock, settings=settings)
    session.expire_all()
    assert made.state is ImportState.DONE
    assert counted(session) == [2_050] * 4


def test_two_workers_at_one_list_take_each_row_once(
    session: Session, settings: Settings, clock: SimulatedClock, made: SupporterImport
) -> None:
    lists.work(session, clock=clock, settings=settings)
    session.expire_all()
    begin(session, made, settings)

    def other_worker_ends_it() -> bool:
        lists.work(session, clock=clock, settings=settings)
        return True

    lists.advance(session, made.id, clock=clock, settings=settings, go_on=other_worker_ends_it)

    session.expire_all()
    assert made.state is ImportState.DONE
    assert made.counts == made.checked
    assert counted(session) == [2_050] * 4
