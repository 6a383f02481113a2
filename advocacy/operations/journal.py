"""The suppression journal: every suppression, kept in a file apart from the database and applied again after a restore.

Yesterday's backup does not know who unsubscribed today; the journal does. It holds keyed hashes, never an address.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.models import installation
from advocacy.models.supporter import Supporter, Suppression
from advocacy.operations import audit, restoring, suppressing

NAME = "suppressions.jsonl"
_AT_ONCE = 10_000
_LOOK_BACK = 1_000
"""So many numbers below the highest are looked for again each time: a number is taken before its transaction commits,
and SQLite gives that of a suppression just taken back to the next person."""

_TAIL = 1024 * 1024
"""Bytes at the journal's end that hold all of these, several times over."""


@dataclass(frozen=True)
class Entry:
    """One suppression as the journal holds it."""

    key: bytes
    scope: str
    reason: str
    at: datetime


def extend(session: Session, journal: Path) -> int:
    """Append the suppressions the journal does not hold yet; return how many there were.

    Running twice at once writes some twice, which is harmless: applying one again changes nothing.
    """
    there = _latest(journal)
    again = max((number for number, _key in there), default=0) - _LOOK_BACK
    found = session.scalars(
        select(Suppression).where(Suppression.id > again).order_by(Suppression.id).limit(_AT_ONCE)
    ).all()
    rows = [row for row in found if (row.id, row.suppression_key.hex()) not in there]
    append(journal, [_line(row) for row in rows])
    session.rollback()
    return len(rows)


def append(journal: Path, lines: Sequence[str]) -> None:
    """Add whole lines, safe on disk when this returns. Nobody but the owner may read the file."""
    if not lines:
        return
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.touch(mode=0o600)
    cut_off = not _ends_a_line(journal)
    with journal.open("a", encoding="ascii") as file:
        file.write("\n" if cut_off else "")
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def renew(session: Session, journal: Path) -> None:
    """Write the journal anew from the database: after a restore its numbering starts somewhere else."""
    journal.unlink(missing_ok=True)
    while extend(session, journal):
        pass


def read(journal: Path) -> Iterator[Entry]:
    """Yield what the journal holds; a line cut off by a crash is left out."""
    for told in lines(journal):
        yield Entry(bytes.fromhex(told["key"]), told["scope"], told["reason"], datetime.fromisoformat(told["at"]))


def lines(journal: Path) -> Iterator[dict[str, Any]]:
    """Yield what each whole line of a journal says."""
    if not journal.exists():
        return
    with journal.open(encoding="ascii") as file:
        for line in file:
            told = _told(line) if line.endswith("\n") else None
            if told is not None:
                yield told


def stored(session: Session) -> list[Entry]:
    """Return the suppressions of a database as the journal would hold them."""
    rows = session.execute(select(Suppression.suppression_key, Suppression.scope, Suppression.reason, Suppression.at))
    return [Entry(key, scope, reason, at) for key, scope, reason, at in rows]


@dataclass(frozen=True)
class Restored:
    """What became of a restored database: suppressions it did not know of, mails paused until a person decides."""

    suppressions: int
    mails: int


def hold_and_apply(session: Session, entries: Iterable[Entry], *, now: datetime) -> Restored:
    """Hold a restored database, pause what it may have sent already, and suppress everyone the entries name.

    The engine sends nothing until `advocacy engine resume`.
    """
    mails = restoring.hold_mails(session, now=now)
    installation.set_fact(session, installation.HELD, now.isoformat())
    known = {(entry.key, entry.scope) for entry in stored(session)}
    new = {(entry.key, entry.scope): entry for entry in entries if (entry.key, entry.scope) not in known}
    for entry in new.values():
        session.add(Suppression(suppression_key=entry.key, scope=entry.scope, reason=entry.reason, at=entry.at))
    session.flush()
    for reason in {entry.reason for entry in new.values()}:
        keys = [entry.key for entry in new.values() if entry.reason == reason and entry.scope == "all"]
        people = session.scalars(select(Supporter.id).where(Supporter.suppression_key.in_(keys))).all()
        if people:
            suppressing.note(session, people, suppressing.Reason(reason), now=now)
    audit.record(
        session,
        actor="cli",
        what="database.restored",
        object_="installation",
        now=now,
        details={"suppressions_applied_again": len(new), "mails_paused": mails},
    )
    session.commit()
    return Restored(len(new), mails)


def _line(row: Suppression) -> str:
    told = {
        "id": row.id,
        "key": row.suppression_key.hex(),
        "scope": row.scope,
        "reason": row.reason,
        "at": row.at.isoformat(),
    }
    return json.dumps(told) + "\n"


def _latest(journal: Path) -> set[tuple[int, str]]:
    """Return number and key of the journal's last whole lines."""
    return {(int(told["id"]), str(told["key"])) for told in last_lines(journal)}


def last_lines(journal: Path) -> list[dict[str, Any]]:
    """Return what the journal's last whole lines say; read from the end, for it grows for years."""
    if not journal.exists():
        return []
    with journal.open("rb") as file:
        file.seek(max(0, journal.stat().st_size - _TAIL))
        whole = file.read().split(b"\n")[:-1]
    return [told for line in whole if (told := _told(line)) is not None]


def _told(line: str | bytes) -> dict[str, Any] | None:
    """Return what a line says, None for one that was cut off."""
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _ends_a_line(journal: Path) -> bool:
    with journal.open("rb") as file:
        file.seek(max(0, journal.stat().st_size - 1))
        return file.read(1) in {b"", b"\n"}
