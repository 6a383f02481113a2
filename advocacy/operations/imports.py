"""The life of an import: a file is handed in, its columns are named, it is checked, taken in, and can be undone."""

import hashlib
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import IO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.csv_text import (
    CHARSETS,
    DELIMITERS,
    BrokenFileError,
    Row,
    Utf8,
    guess_charset,
    guess_delimiter,
    refuse_other_formats,
    rows,
    text_of,
)
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.import_cells import CellFault, Person, Refused, tags_of
from advocacy.domain.importing import LONGEST_BASIS, SHORTEST_BASIS, Column, ImportState, guess_columns
from advocacy.domain.sentence import Sentence
from advocacy.models.supporter_import import SupporterImport
from advocacy.operations import audit, import_work, parcels

MOST_BYTES = 250 * 1024 * 1024
WAITS = timedelta(days=7)
UNDO_FOR = timedelta(days=30)
_RUNS = timedelta(days=30)
_SHOWN = 20
_ENCODED_START = 64 * 1024


def take(session: Session, file: IO[bytes], name: str, *, now: datetime, actor: str) -> SupporterImport:
    """Keep a file that was handed in, and guess how it is written. Raises InvalidError for what is no list.

    The same file while an import of it is open is that import. A file whose taking was cut off is forgotten.
    """
    start = file.read(parcels.PIECE)
    try:
        refuse_other_formats(start)
    except BrokenFileError as error:
        raise InvalidError(error.sentence, faults={"file": error.sentence}) from None
    source = parcels.begin(session, now=now, life=WAITS)
    session.commit()
    utf8, digest, size, piece = Utf8(), hashlib.sha256(), 0, start
    while piece:
        size += len(piece)
        if size > MOST_BYTES:
            _refuse(
                session,
                source.id,
                Sentence("It is larger than %(most)s MB. Hand it in in parts.", most=MOST_BYTES // (1024 * 1024)),
            )
        digest.update(piece)
        parcels.append(session, source.id, piece)
        session.commit()
        piece, before = file.read(parcels.PIECE), piece
        utf8.feed(before, last=not piece)
    if not start.strip():
        _refuse(session, source.id, Sentence("The file is empty."))
    charset = guess_charset(start, is_utf8=utf8.holds)
    header_line = start[:_ENCODED_START].decode(charset, errors="replace").partition("\n")[0]
    made = SupporterImport(
        name=_shown_name(name),
        size=size,
        open_hash=digest.digest(),
        source_id=source.id,
        charset=charset,
        delimiter=guess_delimiter(header_line.partition("\r")[0]),
        actor=actor,
        created_at=now,
    )
    return _kept(session, made)


def _refuse(session: Session, parcel_id: int, why: str) -> None:
    parcels.forget(session, parcel_id)
    session.commit()
    raise InvalidError(why, faults={"file": why})


def _kept(session: Session, made: SupporterImport) -> SupporterImport:
    """Keep the import with the columns guessed, or return the open one of the same file."""
    source_id, hash_ = made.source_id, made.open_hash
    session.add(made)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        parcels.forget(session, source_id)
        session.commit()
        return session.scalars(select(SupporterImport).where(SupporterImport.open_hash == hash_)).one()
    try:
        made.columns = {column.value: at for column, at in guess_columns(first_rows(session, made, 1)[0].cells).items()}
    except (BrokenFileError, IndexError):
        made.columns = {}
    session.commit()
    return made


def _shown_name(name: str) -> str:
    kept = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if unicodedata.category(sign)[0] != "C")
    return kept.strip()[:200] or "list.csv"


def first_rows(
    session: Session, import_: SupporterImport, number: int, *, charset: str = "", delimiter: str = ""
) -> list[Row]:
    """Return the header and the rows below it, so many in all. Raises BrokenFileError."""
    if import_.source_id is None:
        return []
    raw = io.BufferedReader(parcels.Reading(session, import_.source_id), parcels.PIECE)
    return list(islice(rows(text_of(raw, charset or import_.charset), delimiter or import_.delimiter), number))


def set_columns(
    session: Session, import_: SupporterImport, columns: Mapping[Column, int], *, charset: str, delimiter: str
) -> None:
    """Take the columns as an organiser says they are, and let the check begin. Raises InvalidError, ConflictError."""
    row = _locked(session, import_.id)
    if row.state not in {ImportState.ARRIVED, ImportState.CHECKED}:
        session.rollback()
        raise ConflictError("“%(name)s” is past its check; its columns stand.", name=row.name)
    if charset not in CHARSETS or delimiter not in DELIMITERS:
        session.rollback()
        raise InvalidError(
            "Choose how the file is written from the lists.", faults={"charset": Sentence("Choose one.")}
        )
    if Column.EMAIL not in columns:
        session.rollback()
        raise InvalidError(
            "Say which column holds the addresses: without one nobody can be written to.",
            faults={"columns": Sentence("No column is the address.")},
        )
    row.columns = {column.value: at for column, at in columns.items()}
    row.charset, row.delimiter = charset, delimiter
    row.state, row.rows_done, row.bytes_done, row.checked = ImportState.CHECKING, 0, 0, {}
    parcels.forget(session, row.refused_id)
    row.refused_id = import_work.begin_refused(session, _header(session, row), row.created_at)
    import_work.forget_keys(session, row.id)
    session.commit()


def _header(session: Session, row: SupporterImport) -> tuple[str, ...]:
    try:
        return next(iter(first_rows(session, row, 1)), Row(1, ())).cells
    except BrokenFileError:
        return ()  # The check says what is wrong, and with which line.


@dataclass(frozen=True)
class Terms:
    """On what an import may begin: the words of consent, whether onto the alert list, and tags for everyone in it."""

    basis: str
    alerts: bool = True
    tags: str = ""


def begin(
    session: Session, import_: SupporterImport, terms: Terms, *, now: datetime, actor: str, settings: Settings
) -> None:
    """Let a checked import run. Raises InvalidError without a basis of consent, ConflictError when it is not checked."""
    basis = " ".join(terms.basis.split())
    if not SHORTEST_BASIS <= len(basis) <= LONGEST_BASIS or "\0" in basis:
        why = Sentence(
            "Write in a sentence or two where and when these people agreed, and to what. It is kept with each of them."
        )
        raise InvalidError(why, faults={"basis": why})
    tags = tags_of(terms.tags)
    if isinstance(tags, CellFault):
        why = Sentence("Tags are words of at most 40 characters, parted by commas; at most 20 of them.")
        raise InvalidError(why, faults={"tags": why})
    row = _locked(session, import_.id)
    if row.state is not ImportState.CHECKED:
        session.rollback()
        raise ConflictError(
            "“%(name)s” is %(state)s; an import begins once, after its check.", name=row.name, state=row.state
        )
    row.basis, row.alerts, row.tags = basis, terms.alerts, list(tags)
    row.state, row.rows_done, row.bytes_done, row.counts = ImportState.RUNNING, 0, 0, {}
    row.begun_at, row.actor, row.language = now, actor, settings.languages[0]
    if row.source_id is not None:
        parcels.keep_until(session, row.source_id, now + _RUNS)
    details = {"rows": sum(row.checked.values()), "alerts": row.alerts}
    audit.record(
        session, actor=actor, what="supporters.import_begun", object_=f"import:{row.id}", now=now, details=details
    )
    session.commit()


def discard(session: Session, import_: SupporterImport, *, now: datetime) -> None:
    """Drop a file that was not taken in. Raises ConflictError when it was."""
    row = _locked(session, import_.id)
    if row.state not in {ImportState.ARRIVED, ImportState.CHECKING, ImportState.CHECKED}:
        session.rollback()
        raise ConflictError(
            "“%(name)s” is %(state)s; only a file that was not taken in can be dropped.",
            name=row.name,
            state=row.state,
        )
    row.state, row.ended_at = ImportState.DISCARDED, now
    import_work.close(session, row, now)
    parcels.forget(session, row.refused_id)
    row.refused_id = None
    session.commit()


def undo(session: Session, import_: SupporterImport, *, now: datetime, actor: str) -> None:
    """Let what an import added be taken back, while it runs or within thirty days. Raises ConflictError."""
    row = _locked(session, import_.id)
    if not may_undo(row, now):
        session.rollback()
        raise ConflictError(
            "“%(name)s” cannot be undone: it is %(state)s, or its thirty days are over.",
            name=row.name,
            state=row.state,
        )
    row.state, row.rows_done, row.ended_at = ImportState.UNDOING, 0, row.ended_at or now
    import_work.close(session, row, now)
    audit.record(session, actor=actor, what="supporters.undo_begun", object_=f"import:{row.id}", now=now)
    session.commit()


def may_undo(import_: SupporterImport, now: datetime) -> bool:
    if import_.state is ImportState.RUNNING:
        return True
    return import_.state is ImportState.DONE and import_.ended_at is not None and now < import_.ended_at + UNDO_FOR


def by_uid(session: Session, uid: str) -> SupporterImport:
    found = session.scalar(select(SupporterImport).where(SupporterImport.uid == uid))
    if found is None:
        raise NotFoundError("There is no such import.")
    return found


def latest(session: Session, number: int) -> Sequence[SupporterImport]:
    return session.scalars(select(SupporterImport).order_by(SupporterImport.id.desc()).limit(number)).all()


def looked_at(session: Session, import_: SupporterImport, settings: Settings, now: datetime) -> list[Person | Refused]:
    """Return the first rows of a file as they are judged."""
    header, *below = first_rows(session, import_, _SHOWN + 1) or [Row(1, ())]
    judge = import_work.judge_of(import_, header, settings, now)
    return [judge.judge(row) for row in below]


def refused(session: Session, import_: SupporterImport) -> Iterator[Refused]:
    """Yield the header, as line 1, then the rows that were not taken, in the file's order."""
    if import_.refused_id is None:
        return
    for piece in parcels.pieces(session, import_.refused_id):
        for line in piece.decode().splitlines():
            kept = json.loads(line)
            faults = {int(at): CellFault(why) for at, why in kept["faults"].items()}
            yield Refused(kept["line"], tuple(kept["cells"]), faults)


def forget_old(session: Session, now: datetime) -> None:
    """Drop files that nobody went on with for a week, and what is needed for undoing once that is over."""
    waiting = select(SupporterImport).where(
        SupporterImport.state.in_((ImportState.ARRIVED, ImportState.CHECKING, ImportState.CHECKED)),
        SupporterImport.created_at < now - WAITS,
    )
    for row in session.scalars(waiting).all():
        discard(session, row, now=now)
    import_work.forget_traces(session, now - UNDO_FOR)


def _locked(session: Session, import_id: int) -> SupporterImport:
    return session.get_one(SupporterImport, import_id, with_for_update=True, populate_existing=True)
