"""The journal of withdrawals: who left one list, and who was erased, kept apart from the database beside the suppressions.

A suppression says that nothing may be sent; it says neither which single campaign somebody left nor that their data are
to be gone, and a backup brings both back. Keyed hashes and numbers of campaigns, never an address.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from advocacy.domain.supporter import ConsentAction, Reminders
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Consent, Subscription, Supporter, of_campaign
from advocacy.operations import consent, journal, privacy

NAME = "withdrawals.jsonl"
_AT_ONCE = 2_000
_LOOK_BACK = timedelta(minutes=1)
"""A line of the ledger has its instant before its transaction commits, which takes half a minute at most."""

_ERASURE = "erasure"


@dataclass(frozen=True)
class Entry:
    """One withdrawal. `campaign_id` is None for the alert list; `erased` is the end of everything."""

    key: bytes
    campaign_id: int | None
    erased: bool
    at: datetime


def extend(session: Session, kept: Path, *, at_once: int = _AT_ONCE) -> int:
    """Append the withdrawals that the journal does not hold yet; return how many. Some twice are harmless."""
    last = journal.last_lines(kept)
    there = {(told["id"], told["key"]) for told in last}
    newest = max((datetime.fromisoformat(told["at"]) for told in last), default=None)
    query, added = _told_in_ledger(newest - _LOOK_BACK if newest else None), 0
    place: tuple[datetime, int] | None = None
    while rows := session.execute(_beyond(query, place).limit(at_once)).all():
        new = [row for row in rows if (row.id, row.suppression_key.hex()) not in there]
        journal.append(kept, [_line(row) for row in new])
        added, place = added + len(new), (rows[-1].at, rows[-1].id)
    session.rollback()
    return added


def renew(session: Session, kept: Path) -> None:
    """Write the journal anew from the database: after a restore its numbering starts somewhere else."""
    kept.unlink(missing_ok=True)
    extend(session, kept)


def read(kept: Path) -> list[Entry]:
    return [
        Entry(bytes.fromhex(told["key"]), told["campaign"], told["erased"], datetime.fromisoformat(told["at"]))
        for told in journal.lines(kept)
    ]


def stored(session: Session) -> list[Entry]:
    """Return the withdrawals of a database as the journal would hold them."""
    return [_entry(row) for row in session.execute(_told_in_ledger(None))]


def apply(session: Session, entries: Iterable[Entry], *, now: datetime) -> int:
    """End in a restored database what these people ended, and erase who was erased; return for how many that was news.

    Who came back to a list after leaving it, later than the copy was made, has to sign up once more: nobody is written
    to who may not want it.
    """
    ordered = sorted(set(entries), key=lambda entry: entry.at)
    return sum(_apply(session, entry, now) for entry in ordered)


def _told_in_ledger(since: datetime | None) -> Any:
    # Written out, so that the index on withdrawals alone is used.
    withdrawn: ColumnElement[bool] = Consent.action == bindparam(
        None, ConsentAction.WITHDRAWN, literal_execute=True, unique=True
    )
    single = Consent.purpose.in_((consent.CAMPAIGN, consent.ALERTS))
    query = (
        select(Consent.id, Consent.campaign_id, Consent.source, Consent.at, Supporter.suppression_key)
        .join(Supporter, Supporter.id == Consent.supporter_id)
        .where(withdrawn, or_(single, Consent.source == _ERASURE))
        .order_by(Consent.at, Consent.id)
    )
    return query if since is None else query.where(Consent.at > since)


def _beyond(query: Any, place: tuple[datetime, int] | None) -> Any:
    """Begin after a line of the ledger, so that however many share a minute none is in the way of the next."""
    if place is None:
        return query
    at, id_ = place
    return query.where(Consent.at >= at, or_(Consent.at > at, Consent.id > id_))


def _line(row: Any) -> str:
    entry = _entry(row)
    told = {
        "id": row.id,
        "key": entry.key.hex(),
        "campaign": entry.campaign_id,
        "erased": entry.erased,
        "at": entry.at.isoformat(),
    }
    return json.dumps(told) + "\n"


def _entry(row: Any) -> Entry:
    return Entry(row.suppression_key, row.campaign_id, row.source == _ERASURE, row.at)


def _apply(session: Session, entry: Entry, now: datetime) -> bool:
    people = session.scalars(select(Supporter).where(Supporter.suppression_key == entry.key)).all()
    if entry.erased:
        return sum(_erase(session, person, now) for person in people) > 0
    return sum(_leave(session, person, entry) for person in people) > 0


def _erase(session: Session, person: Supporter, now: datetime) -> bool:
    if person.erased_at is not None:
        return False
    privacy.erase(session, person, now=now, actor="cli")
    return True


def _leave(session: Session, person: Supporter, entry: Entry) -> bool:
    """As `leaving.stop_campaign` does; what they asked for after they had left stays."""
    if entry.campaign_id is not None and session.get(Campaign, entry.campaign_id) is None:
        return False
    row = session.scalar(
        select(Subscription).where(Subscription.supporter_id == person.id, of_campaign(entry.campaign_id))
    )
    if person.erased_at is not None or (row is not None and (row.left_at or row.joined_at > entry.at)):
        return False
    if row is None:
        if entry.campaign_id is None:
            return False
        row = Subscription(
            supporter_id=person.id, campaign_id=entry.campaign_id, reminders=Reminders.NONE, joined_at=entry.at
        )
        session.add(row)
    row.left_at = entry.at
    purpose = consent.purpose_of(entry.campaign_id)
    consent.note(session, person.id, purpose, ConsentAction.WITHDRAWN, entry.campaign_id, entry.at, source="journal")
    session.commit()
    return True
