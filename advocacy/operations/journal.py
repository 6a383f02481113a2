"""The suppression journal: every suppression, kept in a file apart from the database and applied again after a restore.

Yesterday's backup does not know who unsubscribed today; the journal does. It holds keyed hashes, never an address.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.models import installation
from advocacy.models.supporter import Supporter, Suppression
from advocacy.operations import audit, suppressing

NAME = "suppressions.jsonl"
_AT_ONCE = 10_000


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
    last = _last_id(journal)
    rows = session.scalars(
        select(Suppression).where(Suppression.id > last).order_by(Suppression.id).limit(_AT_ONCE)
    ).all()
    if rows:
        journal.parent.mkdir(parents=True, exist_ok=True)
        journal.touch(mode=0o600)
        with journal.open("a", encoding="ascii") as file:
            file.writelines(_line(row) for row in rows)
            file.flush()
            os.fsync(file.fileno())
    session.rollback()
    return len(rows)


def renew(session: Session, journal: Path) -> None:
    """Write the journal anew from the database: after a restore its numbering starts somewhere else."""
    journal.unlink(missing_ok=True)
    while extend(session, journal):
        pass


def read(journal: Path) -> Iterator[Entry]:
    """Yield what the journal holds; a last line cut off by a crash is left out."""
    if not journal.exists():
        return
    with journal.open(encoding="ascii") as file:
        for line in file:
            if line.endswith("\n"):
                told = json.loads(line)
                yield Entry(
                    bytes.fromhex(told["key"]), told["scope"], told["reason"], datetime.fromisoformat(told["at"])
                )


def stored(session: Session) -> list[Entry]:
    """Return the suppressions of a database as the journal would hold them."""
    rows = session.execute(select(Suppression.suppression_key, Suppression.scope, Suppression.reason, Suppression.at))
    return [Entry(key, scope, reason, at) for key, scope, reason, at in rows]


def hold_and_apply(session: Session, entries: Iterable[Entry], *, now: datetime) -> int:
    """Hold a restored database and suppress everyone the entries name; return how many it did not know of.

    The engine sends nothing until `advocacy engine resume`.
    """
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
        details={"suppressions_applied_again": len(new)},
    )
    session.commit()
    return len(new)


def _line(row: Suppression) -> str:
    told = {
        "id": row.id,
        "key": row.suppression_key.hex(),
        "scope": row.scope,
        "reason": row.reason,
        "at": row.at.isoformat(),
    }
    return json.dumps(told) + "\n"


def _last_id(journal: Path) -> int:
    """Return the id in the last whole line, 0 for a new journal; read from the end, for it grows for years."""
    if not journal.exists():
        return 0
    with journal.open("rb") as file:
        file.seek(max(0, journal.stat().st_size - 4096))
        lines = file.read().split(b"\n")
    whole = [line for line in lines[:-1] if line.startswith(b"{")]
    return int(json.loads(whole[-1])["id"]) if whole else 0
