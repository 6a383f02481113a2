"""The work on a list: checking it, taking it in. Batch by batch, each in one transaction with the cursor, so that
whoever is killed loses nothing and whoever comes next goes on."""

import io
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.address import judge
from advocacy.domain.csv_text import BrokenFileError, Row, rows, text_of
from advocacy.domain.import_cells import Judge, Person, Refused
from advocacy.domain.importing import Column, ImportState
from advocacy.domain.sentence import Sentence
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.supporter_import import ImportKey, ImportTrace, SupporterImport
from advocacy.operations import audit, import_rows, parcels

BATCH = 1000
MOST_ROWS = 2_000_000
REFUSED_LIFE = timedelta(days=7)
_FORGET_AT_ONCE = 5_000

GoOn = Callable[[], bool]


def check(session: Session, import_id: int, *, clock: Clock, settings: Settings, go_on: GoOn) -> None:
    """Judge every row and count what each would become. Changes no supporter."""

    def step(row: SupporterImport, people: Sequence[Person], refused: Sequence[Refused], _: datetime) -> None:
        tally = import_rows.count(session, row.id, people)
        tally.refused = len(refused)
        row.checked = tally.added_to(row.checked)
        if row.rows_done + len(people) + len(refused) > MOST_ROWS:
            raise BrokenFileError(
                0, Sentence("It has more than %(most)s rows. Hand it in in several parts.", most=MOST_ROWS)
            )
        if refused:
            _keep_refused(session, row, refused)

    if _walk(session, import_id, ImportState.CHECKING, step, clock=clock, settings=settings, go_on=go_on):
        _end(session, import_id, ImportState.CHECKING, ImportState.CHECKED, clock=clock)


def run(session: Session, import_id: int, *, clock: Clock, settings: Settings, go_on: GoOn) -> None:
    """Take the good rows in."""

    def step(row: SupporterImport, people: Sequence[Person], refused: Sequence[Refused], now: datetime) -> None:
        tally = import_rows.take(session, row, people, now)
        tally.refused = len(refused)
        row.counts = tally.added_to(row.counts)

    if _walk(session, import_id, ImportState.RUNNING, step, clock=clock, settings=settings, go_on=go_on):
        _end(session, import_id, ImportState.RUNNING, ImportState.DONE, clock=clock)


Step = Callable[[SupporterImport, Sequence[Person], Sequence[Refused], datetime], None]


def _walk(
    session: Session,
    import_id: int,
    state: ImportState,
    step: Step,
    *,
    clock: Clock,
    settings: Settings,
    go_on: GoOn,
) -> bool:
    """Go through the file from the cursor on; return whether its end was reached.

    Two at once are harmless: each batch compares the cursor with its own under the row's lock, and the loser stops.
    """
    found = session.get_one(SupporterImport, import_id, populate_existing=True)
    if found.state is not state or found.source_id is None:
        session.rollback()
        return False
    done = found.rows_done
    reading = parcels.Reading(session, found.source_id)
    try:
        stream = rows(text_of(io.BufferedReader(reading, parcels.PIECE), found.charset), found.delimiter)
        header = next(stream, Row(1, ()))
        judge = judge_of(found, header, settings, moment.now(session, clock))
        next(islice(stream, done, done), None)
        while batch := list(islice(stream, BATCH)):
            judged = [judge.judge(row) for row in batch]
            people = [each for each in judged if isinstance(each, Person)]
            refused = [each for each in judged if isinstance(each, Refused)]
            session.rollback()
            row = session.get_one(SupporterImport, import_id, with_for_update=True, populate_existing=True)
            if row.state is not state or row.rows_done != done:
                session.rollback()
                return False
            step(row, people, refused, moment.now(session, clock))
            done += len(batch)
            row.rows_done, row.bytes_done = done, reading.taken
            faults.point("import.batch")
            session.commit()
            if not go_on():
                return False
    except BrokenFileError as error:
        _give_up(session, import_id, state, error, clock=clock)
        return False
    session.rollback()
    return True


def judge_of(import_: SupporterImport, header: Row, settings: Settings, now: datetime) -> Judge:
    """Return who judges the rows of a file with this header."""
    return Judge(
        columns={Column(name): at for name, at in import_.columns.items()},
        width=len(header.cells),
        languages=settings.languages,
        language=settings.languages[0],
        zone=settings.timezone,
        today=now.date(),
        tags=tuple(import_.tags),
    )


def begin_refused(session: Session, header: Sequence[str], now: datetime) -> int:
    """Begin the file of rows that are not taken, in the caller's transaction; return its parcel's id."""
    parcel_id = parcels.begin(session, now=now, life=REFUSED_LIFE).id
    parcels.append(session, parcel_id, _written([Refused(1, tuple(header), {})]), 0)
    return parcel_id


def _keep_refused(session: Session, row: SupporterImport, refused: Sequence[Refused]) -> None:
    if row.refused_id is not None:
        parcels.append(session, row.refused_id, _written(refused), row.rows_done + 1)


def forget_rows_of(session: Session, addresses: Collection[str]) -> None:
    """Take the rows out of what was refused in which one of these addresses stands: its owner is to be erased.

    In a transaction of its own for each import, as a batch of one locks the import first and people after it.
    """
    starts = [each.partition("@")[0].encode() + b"@" for each in addresses if each]
    kept = select(SupporterImport.id).where(SupporterImport.refused_id.is_not(None)).order_by(SupporterImport.id)
    for import_id in session.scalars(kept).all() if starts else ():
        row = session.get_one(SupporterImport, import_id, with_for_update=True, populate_existing=True)
        if row.refused_id is not None:
            _drop_lines(session, row.refused_id, addresses, starts)
        session.commit()


def _drop_lines(session: Session, parcel_id: int, addresses: Collection[str], starts: Collection[bytes]) -> None:
    """`starts` are those of the addresses: pieces without one need no second look. The first piece is the header."""
    for no, piece in parcels.numbered(session, parcel_id):
        if no and any(start in piece.lower() for start in starts):
            lines = piece.decode().splitlines()
            left = [line for line in lines if not _names(line, addresses)]
            if len(left) < len(lines):
                parcels.rewrite(session, parcel_id, "\n".join([*left, ""]).encode(), no)


def _names(line: str, addresses: Collection[str]) -> bool:
    cells = [str(cell).lower() for cell in json.loads(line)["cells"]]
    return any(address in cell or judge(cell).address == address for address in addresses for cell in cells)


def _written(refused: Sequence[Refused]) -> bytes:
    """One JSON text a line, for showing and for the download."""
    lines = [json.dumps({"line": each.line, "cells": each.cells, "faults": each.faults}) for each in refused]
    return "\n".join([*lines, ""]).encode()


def _end(session: Session, import_id: int, before: ImportState, after: ImportState, *, clock: Clock) -> None:
    row = session.get_one(SupporterImport, import_id, with_for_update=True, populate_existing=True)
    if row.state is not before:
        session.rollback()
        return
    if not row.rows_done:
        session.rollback()
        why = BrokenFileError(0, Sentence("There is a header at most, and no row below it."))
        _give_up(session, import_id, before, why, clock=clock)
        return
    now = moment.now(session, clock)
    row.state = after
    if after is ImportState.DONE:
        row.ended_at = now
        close(session, row, now)
        audit.record(
            session,
            actor=row.actor,
            what="supporters.imported",
            object_=f"import:{row.id}",
            now=now,
            details=row.counts,
        )
    session.commit()


def _give_up(session: Session, import_id: int, before: ImportState, error: BrokenFileError, *, clock: Clock) -> None:
    session.rollback()
    row = session.get_one(SupporterImport, import_id, with_for_update=True, populate_existing=True)
    if row.state is before:
        now = moment.now(session, clock)
        row.state, row.fault, row.ended_at = ImportState.BROKEN, error.sentence, now
        close(session, row, now)
    session.commit()


def close(session: Session, row: SupporterImport, now: datetime) -> None:
    """Let go of the file and of what was noted about its addresses, in the caller's transaction."""
    parcels.forget(session, row.source_id)
    row.source_id, row.open_hash = None, None
    if row.refused_id is not None and row.checked.get("refused"):
        parcels.keep_until(session, row.refused_id, now + REFUSED_LIFE)
    else:
        parcels.forget(session, row.refused_id)
        row.refused_id = None
    forget_keys(session, row.id)


def forget_keys(session: Session, import_id: int) -> None:
    session.execute(delete(ImportKey).where(ImportKey.import_id == import_id))


def forget_traces(session: Session, before: datetime) -> None:
    """Forget what imports that ended before then did to whom, some thousand rows at a time."""
    ended = select(SupporterImport.id).where(
        SupporterImport.state.in_((ImportState.DONE, ImportState.UNDONE)), SupporterImport.ended_at < before
    )
    for import_id in session.scalars(ended).all():
        while True:
            some = select(ImportTrace.supporter_id).where(ImportTrace.import_id == import_id).limit(_FORGET_AT_ONCE)
            gone = session.execute(
                delete(ImportTrace)
                .where(ImportTrace.import_id == import_id, ImportTrace.supporter_id.in_(some.scalar_subquery()))
                .execution_options(synchronize_session=False)
            )
            session.commit()
            if not gone.rowcount:  # type: ignore[attr-defined]
                break
