"""Order a single mail: one row, written by whoever needs the mail; the engine hands it over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from advocacy.domain.dispatch import DispatchState
from advocacy.models.base import keys_of
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import new_uid

_TABLE = cast("Table", SingleMail.__table__)
_KEEPS = {
    SingleKind.CONFIRMATION: timedelta(hours=24),
    SingleKind.THANKS: timedelta(days=2),
    SingleKind.TEST: timedelta(hours=2),
    SingleKind.INVITATION: timedelta(days=1),
    SingleKind.DATA_LINK: timedelta(hours=1),
    SingleKind.APPROVAL: timedelta(days=1),
    SingleKind.REPLY: timedelta(days=3),
}
"""How long each kind is worth sending if the engine stood still."""


def order(
    session: Session,
    kind: SingleKind,
    dedupe_key: str,
    *,
    now: datetime,
    due_at: datetime | None = None,
    supporter_id: int | None = None,
    organiser_id: int | None = None,
    address: str | None = None,
    campaign_id: int | None = None,
    language: str = "en",
    facts: Mapping[str, Any] | None = None,
    secret: str | None = None,
) -> bool:
    """Add a single mail to the caller's transaction; return False if this `dedupe_key` was ordered before.

    It leaves at once, or from `due_at` on, and goes to the supporter, the organiser or the `address`, whichever is given. `facts` are what its template prints
    besides the campaign's and the organisation's facts, and hold no address and no name. `secret` is sealed until the
    mail has left: for a confirmation the token of `/confirm/`, for the others a path below PUBLIC_URL, which the
    template gets as `link`.
    """
    uid, keys = new_uid(), keys_of(session)
    row = {
        "uid": uid,
        "public_id": new_uid(),
        "kind": kind,
        "dedupe_key": dedupe_key,
        "supporter_id": supporter_id,
        "organiser_id": organiser_id,
        "campaign_id": campaign_id,
        "language": language,
        "facts": dict(facts or {}),
        "address_sealed": keys.seal("single_mail.address", uid, address) if address else None,
        "secret_sealed": keys.seal("single_mail.secret", uid, secret) if secret else None,
        "created_at": now,
        "due_at": due_at or now,
        "send_by": (due_at or now) + _KEEPS[kind],
        "state": DispatchState.PLANNED,
        "attempts": 0,
    }
    session.flush()
    connection = session.connection()
    return connection.execute(_insert(connection.dialect.name), row).first() is not None


@cache
def _insert(dialect: str) -> ReturningInsert[tuple[int]]:
    write = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    return write.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(_TABLE.c.id)
