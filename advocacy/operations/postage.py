"""What organisers enter about the post between countries, over the table that ships."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.joining import COUNTRIES
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways
from advocacy.models import moment
from advocacy.models.posting import PostingEntry
from advocacy.operations import audit, campaigns

LONGEST_DAYS = 90
LONGEST_SOURCE = 300
LONGEST_WHY = 500


@dataclass(frozen=True)
class Typed:
    """An entry as typed; countries are alpha-2, "" for anywhere. `working_days` is None where the field was left empty."""

    from_country: str
    to_country: str
    working_days: int | None
    suspended: bool
    source: str
    why: str
    dated: date | None


def enter(session: Session, typed: Typed, *, gateways: Gateways, settings: Settings, actor: str) -> PostingEntry:
    """Keep an entry; it holds from now on for its pair of countries, and unsent mails that hang on it are planned anew.

    Raises InvalidError naming each field at fault.
    """
    now = moment.now(session, gateways.clock)
    faults = _faults(typed, today=now.date())
    if faults or typed.dated is None:
        raise InvalidError("Something needs another look before it can be saved.", faults=faults)
    row = PostingEntry(
        from_country=typed.from_country or None,
        to_country=typed.to_country or None,
        working_days=typed.working_days,
        suspended=typed.suspended,
        source=" ".join(typed.source.split()),
        why=typed.why.strip(),
        dated=typed.dated,
        entered_at=now,
        actor=actor,
    )
    session.add(row)
    session.flush()
    _settle(session, row, "postage.enter", gateways=gateways, settings=settings, actor=actor)
    return row


def take_back(session: Session, entry_id: int, *, gateways: Gateways, settings: Settings, actor: str) -> PostingEntry:
    """Let an entry hold no longer; what it stood over holds again. Raises NotFoundError."""
    row = _found(session, entry_id)
    row.taken_back_at = moment.now(session, gateways.clock)
    _settle(session, row, "postage.take_back", gateways=gateways, settings=settings, actor=actor)
    return row


def put_back(session: Session, entry_id: int, *, gateways: Gateways, settings: Settings, actor: str) -> PostingEntry:
    """Let an entry that was taken back hold again. Raises NotFoundError."""
    row = _found(session, entry_id)
    row.taken_back_at = None
    _settle(session, row, "postage.put_back", gateways=gateways, settings=settings, actor=actor)
    return row


def _found(session: Session, entry_id: int) -> PostingEntry:
    row = session.get(PostingEntry, entry_id)
    if row is None:
        raise NotFoundError("There is no such entry.")
    return row


def _settle(
    session: Session, row: PostingEntry, what: str, *, gateways: Gateways, settings: Settings, actor: str
) -> None:
    now = moment.now(session, gateways.clock)
    session.flush()
    campaigns.replan_by_post(session, row.to_country, now=now, gateways=gateways, settings=settings)
    audit.record(
        session,
        actor=actor,
        what=what,
        object_=f"posting_entry:{row.id}",
        now=now,
        details={
            "from": row.from_country,
            "to": row.to_country,
            "working_days": row.working_days,
            "suspended": row.suspended,
        },
    )
    session.commit()


def _faults(typed: Typed, *, today: date) -> dict[str, Sentence]:
    faults = {}
    for name, code in (("from_country", typed.from_country), ("to_country", typed.to_country)):
        if code and code not in COUNTRIES:
            faults[name] = Sentence("Choose a country from the list.")
    if not typed.from_country and not typed.to_country:
        faults["to_country"] = Sentence("Say from where or to where: an entry cannot be for all letters anywhere.")
    if typed.working_days is None and not typed.suspended:
        faults["working_days"] = Sentence("Say how many working days, or that the post is suspended.")
    if typed.working_days is not None and not 1 <= typed.working_days <= LONGEST_DAYS:
        faults["working_days"] = Sentence("Enter a number from 1 to %(most)s.", most=LONGEST_DAYS)
    return faults | _word_faults(typed, today=today)


def _word_faults(typed: Typed, *, today: date) -> dict[str, Sentence]:
    faults = {}
    if not typed.source.strip():
        faults["source"] = Sentence("Say who says so. Supporters see it.")
    for name, text, longest in (
        ("source", typed.source, LONGEST_SOURCE),
        ("why", typed.why, LONGEST_WHY),
    ):
        if len(text) > longest:
            faults[name] = Sentence(
                "Use at most %(most)s characters; this has %(number)s.", most=longest, number=len(text)
            )
    if typed.dated is None or typed.dated > today:
        faults["dated"] = Sentence("Say as of which day this is known, today at the latest.")
    return faults
