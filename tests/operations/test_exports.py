"""Lists of supporters taken out: whole or not at all, for a day, and gone when somebody in them is erased."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.exporting import ExportState
from advocacy.domain.importing import Column
from advocacy.domain.keys import SealError
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import beside
from advocacy.models.installation import AuditEntry
from advocacy.models.parcel import ParcelPart
from advocacy.models.supporter import Supporter, by_address
from advocacy.models.supporter_export import SupporterExport
from advocacy.operations import exports, forgetting, imports, lists, parcels, privacy
from tests.conftest import NOON
from tests.factories import add_supporter, subscribe

PEOPLE = 4_500


def ordered(session: Session, expression: str = "state=active") -> SupporterExport:
    return exports.order(session, Selection.parse(expression), now=NOON, actor="organiser:1")


def table(session: Session, export: SupporterExport) -> list[list[str]]:
    raw = b"".join(exports.content(session, export, NOON))
    assert len(raw) == export.size
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_a_list_holds_those_asked_for_and_runs_no_formula(
    session: Session, settings: Settings, clock: SimulatedClock
) -> None:
    ann = add_supporter(session, "ann@example.org", name="=cmd|'/c calc'!A1", tags=["press", "market"])
    subscribe(session, ann)
    add_supporter(session, "bo@example.org", country="FR", tags=["press"])
    add_supporter(session, "=1+1@example.org", name="", tags=["press"])
    add_supporter(session, "cy@example.org", state=SupporterState.UNSUBSCRIBED, tags=["press"])
    add_supporter(session, "di@example.org", tags=["other"])
    session.commit()

    made = ordered(session, "state=active country=CA tag=press,members")
    with pytest.raises(NotFoundError):
        exports.content(session, made, NOON)
    lists.work(session, clock=clock, settings=settings)
    session.refresh(made)

    head, *rows = table(session, made)
    assert head[:3] == ["email", "name", "town"]
    assert [row[:2] for row in rows] == [["ann@example.org", "'=cmd|'/c calc'!A1"], ["'=1+1@example.org", ""]]
    assert rows[0][3:9] == ["CA", "en", "America/Toronto", "active", "press, market", "yes"]
    assert (made.expected, made.rows) == (2, 2)
    told = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.what, entry.actor) for entry in told] == [
        ("supporters.export_ordered", "organiser:1"),
        ("supporters.exported", "organiser:1"),
    ]
    assert told[0].details["selection"] == "country=CA tag=press,members state=active"


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_list_whose_worker_dies_is_never_offered_in_part(
    session: Session, settings: Settings, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    for number in range(PEOPLE):
        add_supporter(session, f"p{number:04}@example.org")
    session.commit()
    made = ordered(session)

    monkeypatch.setenv("ADVOCACY_ENV", "test")
    monkeypatch.setenv("FAULT", f"export.mid:{nth}:raise")
    faults.forget()
    with pytest.raises(faults.PlannedFaultError):
        lists.work(session, clock=clock, settings=settings)
    session.rollback()
    session.refresh(made)
    assert made.state is ExportState.MAKING
    with pytest.raises(NotFoundError):
        exports.content(session, made, NOON)
    monkeypatch.delenv("FAULT")
    lists.work(session, clock=clock, settings=settings)
    session.refresh(made)

    addresses = [row[0] for row in table(session, made)[1:]]
    assert addresses == [f"p{number:04}@example.org" for number in range(PEOPLE)]


def test_a_list_is_gone_after_its_day_and_when_somebody_is_erased(
    session: Session, settings: Settings, clock: SimulatedClock
) -> None:
    add_supporter(session, "ann@example.org")
    bo = add_supporter(session, "bo@example.org")
    session.commit()
    first = ordered(session)
    lists.work(session, clock=clock, settings=settings)
    session.refresh(first)
    assert len(table(session, first)) == 3

    privacy.erase(session, bo, now=NOON, actor="test")
    assert first.state is ExportState.GONE
    assert session.scalar(select(func.count()).select_from(ParcelPart)) == 0

    second = ordered(session)
    lists.work(session, clock=clock, settings=settings)
    session.refresh(second)
    assert [row[0] for row in table(session, second)[1:]] == ["ann@example.org"]
    with pytest.raises(NotFoundError):
        exports.content(session, second, NOON + timedelta(days=1, hours=1))
    forgetting.when_it_is_time(session, NOON + timedelta(days=1, hours=1))
    session.refresh(second)
    assert second.state is ExportState.GONE
    assert session.scalar(select(func.count()).select_from(ParcelPart)) == 0
    assert by_address(session, "ann@example.org") is not None


def test_erasing_waits_for_the_batch_of_a_list_that_is_being_written(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    ann = add_supporter(session, "ann@example.org").id
    made = ordered(session)
    with beside(session) as writer, beside(session) as other, ThreadPoolExecutor(1) as pool:
        writer.get_one(SupporterExport, made.id, with_for_update=True)
        erasing = pool.submit(lambda: privacy.erase(other, other.get_one(Supporter, ann), now=NOON, actor="test"))
        while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert not erasing.done()
        parcels.append(writer, made.parcel_id or 0, b"of somebody", 7)
        writer.commit()
        erasing.result(timeout=10)
    assert session.scalar(select(func.count()).select_from(ParcelPart)) == 0


def test_a_list_that_cannot_be_read_keeps_no_other_waiting(
    session: Session, settings: Settings, clock: SimulatedClock
) -> None:
    broken = imports.take(session, io.BytesIO(b"email\nann@example.org\n"), "list.csv", now=NOON, actor="test")
    imports.set_columns(session, broken, {Column.EMAIL: 0}, charset="utf-8", delimiter=",")
    session.execute(update(ParcelPart).where(ParcelPart.parcel_id == broken.source_id).values(sealed=b"of another key"))
    made = ordered(session)

    with pytest.raises(SealError):
        lists.work(session, clock=clock, settings=settings)

    session.refresh(made)
    assert made.state is ExportState.READY


def test_three_lists_an_hour_are_the_most(session: Session) -> None:
    for _ in range(exports.AN_HOUR):
        ordered(session)

    with pytest.raises(ConflictError, match="three lists"):
        ordered(session)
