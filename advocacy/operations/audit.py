"""The audit log: written in the transaction of what it tells of; each entry seals the one before."""

import hmac
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.keys import Keys, Purpose
from advocacy.models.base import keys_of
from advocacy.models.installation import AuditEntry, Fact

_HEAD = "audit_head"
_ONCE = timedelta(hours=1)


def record(
    session: Session, *, actor: str, what: str, object_: str, now: datetime, details: Mapping[str, Any] | None = None
) -> None:
    """Add an entry to the caller's transaction. `actor` is "organiser:<id>", "cli", "engine" or "supporter"; ids only.

    The row that holds the head of the chain is locked, so that entries have one order.
    """
    head = session.get(Fact, _HEAD, with_for_update=True)
    if head is None:
        head = Fact(name=_HEAD, value="")
        session.add(head)
    entry = AuditEntry(at=now, actor=actor, what=what, object=object_, details=dict(details or {}))
    entry.mac = _mac(keys_of(session).current, head.value, entry)
    head.value = entry.mac.hex()
    session.add(entry)
    session.flush()


def note_once(session: Session, *, actor: str, what: str, object_: str, now: datetime) -> None:
    """Record that somebody looked at something, unless the same was recorded within the hour, and commit.

    What it tells of is looking, which many clicks make no other thing.
    """
    session.get(Fact, _HEAD, with_for_update=True)  # Of two at once the second sees the first one's entry.
    known = select(AuditEntry.id).where(
        AuditEntry.object == object_, AuditEntry.actor == actor, AuditEntry.what == what, AuditEntry.at > now - _ONCE
    )
    if session.scalar(known.limit(1)) is None:
        record(session, actor=actor, what=what, object_=object_, now=now)
    session.commit()


@dataclass(frozen=True)
class Verdict:
    """Whether the log is whole; `broken_at` is the id of the first entry that does not fit, 0 when the end is cut."""

    entries: int
    broken_at: int | None


def verify(session: Session) -> Verdict:
    """Walk the whole chain. Any key of the ring may have sealed an entry."""
    previous, count = "", 0
    with closing(session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000))) as log:
        for entry in log:
            count += 1
            if not any(hmac.compare_digest(_mac(keys, previous, entry), entry.mac) for keys in keys_of(session).keys):
                return Verdict(count, entry.id)
            previous = entry.mac.hex()
    head = session.get(Fact, _HEAD)
    return Verdict(count, None if previous == (head.value if head else "") else 0)


def _mac(keys: Keys, previous: str, entry: AuditEntry) -> bytes:
    content = json.dumps(
        [previous, entry.at.isoformat(), entry.actor, entry.what, entry.object, entry.details],
        sort_keys=True,
        ensure_ascii=True,
    )
    return keys.digest(Purpose.AUDIT, content)
