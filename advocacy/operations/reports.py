"""Reports from the provider: kept first, as they come; understood later, in sets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import String, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.keys import Keys, Purpose
from advocacy.domain.report import ReportType, Told
from advocacy.gateways import faults
from advocacy.models.base import UtcDateTime, keys_of
from advocacy.models.blast import Report
from advocacy.models.json_rows import Types, json_rows
from advocacy.operations.applying import apply

__all__ = ["apply", "keep"]

_ABOUT_AN_ADDRESS = frozenset({ReportType.BOUNCED, ReportType.COMPLAINED, ReportType.UNSUBSCRIBED})
"""What suppresses an address even when nothing but the address came back. Of all others the address is let go."""

_COLUMNS: Types = {
    "dedupe_key": String(64),
    "public_id": String(40),
    "person_ref": String(64),
    "type": String(30),
    "reason": String(300),
    "suppression_key": String(64),
    "at": UtcDateTime(),
    "kept_at": UtcDateTime(),
}
_BYTES = ("dedupe_key", "suppression_key")


def keep(session: Session, told: Sequence[Told], *, now: datetime) -> None:
    """Store reports, each once however often it is told, in one statement and one transaction.

    When this returns they are safe, and the provider may be told so. The reports' own key is a keyed hash: it may be
    made of an address, and nobody who only has the table can try addresses against it.
    """
    keys = keys_of(session).current
    rows = {row["dedupe_key"]: row for row in (_row(keys, one, now) for one in told)}
    if rows:
        # In the order of their keys: of two posts with the same events, the second waits for the first.
        _insert(session, [rows[key] for key in sorted(rows)])
    faults.point("hook.inserted.before_commit")
    session.commit()
    faults.point("hook.after_commit")


def _row(keys: Keys, told: Told, now: datetime) -> dict[str, Any]:
    address = told.address if told.type in _ABOUT_AN_ADDRESS else None
    return {
        "dedupe_key": keys.digest(Purpose.PERSON, f"report\n{told.identity}"),
        "public_id": told.public_id,
        "person_ref": told.person_ref,
        "type": told.type.value,
        "reason": told.reason,
        "suppression_key": keys.digest(Purpose.SUPPRESSION, address) if address else None,
        "at": told.at,
        "kept_at": now,
    }


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    table = cast("Table", Report.__table__)
    if session.get_bind().dialect.name != "postgresql":
        session.execute(sqlite.insert(table).on_conflict_do_nothing(index_elements=["dedupe_key"]), rows)
        return
    written = [row | {name: row[name].hex() if row[name] else None for name in _BYTES} for row in rows]
    source = json_rows(session, "told", written, _COLUMNS)
    columns = [func.decode(source.c[name], "hex") if name in _BYTES else source.c[name] for name in _COLUMNS]
    session.execute(
        postgresql.insert(table)
        .from_select(list(_COLUMNS), select(*columns).order_by(source.c.dedupe_key))
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )
