"""Lists of supporters out: ordered, made in the background, offered whole for a day, then gone."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from advocacy.domain.csv_text import written
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.exporting import COLUMNS, ExportState
from advocacy.domain.keys import SealError
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment, people
from advocacy.models.supporter import Subscription, Supporter, opened
from advocacy.models.supporter_export import SupporterExport
from advocacy.operations import audit, parcels
from advocacy.operations.import_work import GoOn

LIFE = timedelta(hours=24)
AN_HOUR = 3
_AT_ONCE = 2_000
_MARK = "\ufeff"
"""Without this mark a spreadsheet takes the file for another character set."""


def order(session: Session, wanted: Selection, *, now: datetime, actor: str) -> SupporterExport:
    """Let a list be made. Raises ConflictError after three in an hour."""
    since = select(func.count()).where(
        SupporterExport.actor == actor, SupporterExport.created_at > now - timedelta(hours=1)
    )
    if (session.scalar(since) or 0) >= AN_HOUR:
        raise ConflictError("You have made three lists within the hour. Wait until the first of them is an hour old.")
    made = SupporterExport(
        selection=wanted.as_json(), expected=people.counted_exactly(session, wanted), actor=actor, created_at=now
    )
    made.parcel_id = parcels.begin(session, now=now, life=LIFE).id
    session.add(made)
    session.flush()
    _audit(session, made, "supporters.export_ordered", now, rows=made.expected, selection=wanted.expression())
    head = (_MARK + written([COLUMNS])).encode()
    parcels.append(session, made.parcel_id, head, 0)
    made.size = len(head)
    session.commit()
    return made


def make(session: Session, export_id: int, *, clock: Clock, go_on: GoOn) -> None:
    """Write the list, a batch and the cursor in one transaction each; only the last makes it one to be offered."""
    while True:
        row = session.get_one(SupporterExport, export_id, with_for_update=True, populate_existing=True)
        if row.state is not ExportState.MAKING or row.parcel_id is None:
            session.rollback()
            return
        wanted = Selection.from_json(row.selection)
        ids = people.ids_above(session, wanted, row.last_id, _AT_ONCE)
        now = moment.now(session, clock)
        if not ids:
            row.state, row.ready_at, row.expires_at = ExportState.READY, now, now + LIFE
            parcels.keep_until(session, row.parcel_id, row.expires_at)
            _audit(session, row, "supporters.exported", now, rows=row.rows)
            session.commit()
            return
        piece = written(lines(session, ids)).encode()
        parcels.append(session, row.parcel_id, piece, ids[-1])
        row.last_id, row.rows, row.size = ids[-1], row.rows + len(ids), row.size + len(piece)
        faults.point("export.mid")
        session.commit()
        if not go_on():
            return


def lines(session: Session, ids: Sequence[int]) -> Iterator[list[object]]:
    """Yield the cells of these people in order; nobody who was erased meanwhile."""
    listed = exists().where(
        Subscription.supporter_id == Supporter.id, Subscription.campaign_id.is_(None), Subscription.left_at.is_(None)
    )
    query = select(Supporter, listed).where(Supporter.id.in_(ids), Supporter.state != SupporterState.ERASED)
    for person, alerts in session.execute(query.order_by(Supporter.id)):
        yield [
            *(_readable(session, person, column) for column in ("email", "name", "town")),
            person.country,
            person.language,
            person.timezone,
            person.state.value,
            ", ".join(person.tags),
            "yes" if alerts else "no",
            person.created_at.date(),
            person.confirmed_at.date() if person.confirmed_at else None,
        ]


def _readable(session: Session, person: Supporter, column: str) -> str:
    try:
        return opened(session, person, column)
    except SealError:
        return ""


def direct(session: Session, wanted: Selection, *, now: datetime, actor: str) -> Iterator[tuple[str, int]]:
    """Yield a list as text with how many people it holds so far, for a file on this machine; it is audited like any."""
    object_ = "supporters"
    audit.record(
        session,
        actor=actor,
        what="supporters.exported",
        object_=object_,
        now=now,
        details={"rows": people.counted_exactly(session, wanted), "selection": wanted.expression()},
    )
    session.commit()
    yield _MARK + written([COLUMNS]), 0
    last = done = 0
    while ids := people.ids_above(session, wanted, last, _AT_ONCE):
        text = written(lines(session, ids))
        last, done = ids[-1], done + len(ids)
        session.rollback()
        yield text, done
        faults.point("export.mid")


def by_uid(session: Session, uid: str) -> SupporterExport:
    found = session.scalar(select(SupporterExport).where(SupporterExport.uid == uid))
    if found is None:
        raise NotFoundError("There is no such list.")
    return found


def latest(session: Session, number: int) -> Sequence[SupporterExport]:
    return session.scalars(select(SupporterExport).order_by(SupporterExport.id.desc()).limit(number)).all()


def content(session: Session, export: SupporterExport, now: datetime) -> Iterator[bytes]:
    """Return the whole file, piece by piece. Raises NotFoundError before it is ready and after its day."""
    if export.state is not ExportState.READY or export.expires_at is None or export.expires_at <= now:
        raise NotFoundError("This list is not there: it is still being made, or its day is over.")
    if export.parcel_id is None:
        raise NotFoundError("This list is gone.")
    return parcels.pieces(session, export.parcel_id)


def delete(session: Session, export: SupporterExport, *, now: datetime, actor: str) -> None:
    """Delete a list before its day is over."""
    row = session.get_one(SupporterExport, export.id, with_for_update=True, populate_existing=True)
    _forget(session, row)
    audit.record(session, actor=actor, what="supporters.export_deleted", object_=f"export:{row.id}", now=now)
    session.commit()


def forget_all(session: Session) -> None:
    """Forget every list there is, in the caller's transaction: somebody who may be in them was erased."""
    for row in session.scalars(_in_turn(SupporterExport.state != ExportState.GONE)).all():
        _forget(session, row)


def forget_old(session: Session, now: datetime) -> None:
    over = _in_turn(SupporterExport.state != ExportState.GONE, SupporterExport.created_at <= now - LIFE)
    for row in session.scalars(over).all():
        if row.expires_at is None or row.expires_at <= now:
            _forget(session, row)
    session.commit()


def _in_turn(*which: ColumnElement[bool]) -> Select[SupporterExport]:
    """Pick lists under their locks before anything of them: whoever writes one locks the row first, then its pieces."""
    return (
        select(SupporterExport)
        .where(*which)
        .order_by(SupporterExport.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _forget(session: Session, row: SupporterExport) -> None:
    parcels.forget(session, row.parcel_id)
    row.state, row.parcel_id = ExportState.GONE, None


def _audit(session: Session, row: SupporterExport, what: str, now: datetime, **details: object) -> None:
    audit.record(session, actor=row.actor, what=what, object_=f"export:{row.id}", now=now, details=details)
