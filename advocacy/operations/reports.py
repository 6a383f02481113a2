"""Reports from the provider: kept first, as they come; understood later, in sets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.keys import KeyRing, Purpose
from advocacy.domain.report import Told
from advocacy.gateways import faults
from advocacy.models.base import keys_of
from advocacy.models.blast import Report
from advocacy.operations.applying import apply

__all__ = ["apply", "keep"]


def keep(session: Session, told: Sequence[Told], *, now: datetime) -> None:
    """Store reports, each once however often it is told, in one statement and one transaction.

    When this returns they are safe, and the provider may be told so. The reports' own key is a keyed hash: it may be
    made of an address, and nobody who only has the table can try addresses against it.
    """
    keys = keys_of(session)
    rows = {row["dedupe_key"]: row for row in (_row(keys, one, now) for one in told)}
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        statement = insert(cast("Table", Report.__table__)).on_conflict_do_nothing(index_elements=["dedupe_key"])
        session.execute(statement, list(rows.values()))
    faults.point("hook.inserted.before_commit")
    session.commit()
    faults.point("hook.after_commit")


def _row(keys: KeyRing, told: Told, now: datetime) -> dict[str, Any]:
    return {
        "dedupe_key": keys.current.digest(Purpose.PERSON, f"report\n{told.identity}"),
        "public_id": told.public_id,
        "person_ref": told.person_ref,
        "type": told.type.value,
        "reason": told.reason,
        "suppression_key": keys.suppression_keys(told.address)[0] if told.address else None,
        "at": told.at,
        "kept_at": now,
    }
