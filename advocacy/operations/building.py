"""Build the request of one claimed dispatch: who is still eligible now, and each person's values. Only reads."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Row, Select, and_, bindparam, case, literal, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain import person_ref
from advocacy.domain.audience import LeftOut, counted_at
from advocacy.domain.cadence import Cadence
from advocacy.domain.delivery import Skip
from advocacy.domain.email import greetings
from advocacy.domain.handover import Person, Request
from advocacy.domain.keys import KeyRing
from advocacy.domain.links import Links
from advocacy.domain.merge import fields_of
from advocacy.gateways.clock import Clock
from advocacy.models import eligibility
from advocacy.models import moment as moments
from advocacy.models.base import UtcDateTime, keys_of
from advocacy.models.blast import Blast, ContentVersion, Delivery
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import ALERTS, OWN, Kind, Moment, Rule
from advocacy.models.supporter import Supporter
from advocacy.operations import sending_domain
from advocacy.operations.buckets import Calendar, rest_of
from advocacy.operations.filling import rule_of


@dataclass(frozen=True)
class Claim:
    """One claimed dispatch: what its holder needs to go on without asking again."""

    blast_id: int
    no: int
    public_id: str
    rule: str
    campaign_id: int
    content_version_id: int
    content_sha256: str
    due_at: datetime
    zone: str
    attempts: int
    token: str


@dataclass(frozen=True)
class Built:
    """A request ready to go. `people` are the supporter ids in the request's order, `skips` why others are not in it."""

    request: Request
    people: tuple[int, ...]
    skips: dict[int, str] = field(default_factory=dict)
    sha256: str = ""


def build(session: Session, claimed: Claim, *, clock: Clock, settings: Settings) -> Built:
    """Read who is in the dispatch and still eligible at this moment, and address the words to each of them."""
    content = _content(session, claimed)
    rows = _members(session, claimed, clock)
    keys = keys_of(session)
    skips = {row.supporter_id: row.reason for row in rows if row.reason is not None}
    people = _addressed([row for row in rows if row.reason is None], claimed, content, keys, settings)
    team = sending_domain.team_alone(session, settings)
    if team is not None:
        skips |= {id_: Skip.TRIAL.value for id_, person in people.items() if person and person.address not in team}
    skips |= {id_: Skip.UNREADABLE.value for id_, person in people.items() if person is None}
    going = {id_: person for id_, person in people.items() if person is not None and id_ not in skips}
    request = Request(
        public_id=claimed.public_id,
        sender=settings.mail_from,
        sender_name=settings.sender_name,
        subject=content.subject,
        text=content.text,
        html=content.html,
        people=tuple(going.values()),
    )
    return Built(request, tuple(going), skips, _digest(content.sha256, request.people))


@dataclass(frozen=True)
class Content:
    """The words of a dispatch."""

    language: str
    subject: str
    text: str
    html: str
    sha256: str


_contents: dict[tuple[int, str], Content] = {}
_MOST_KEPT = 32


def _content(session: Session, claimed: Claim) -> Content:
    """Return the words, kept from the dispatch before where they are the same: their digest says so."""
    key = (claimed.content_version_id, claimed.content_sha256)
    found = _contents.get(key)
    if found is None:
        row = session.get_one(ContentVersion, claimed.content_version_id)
        found = Content(row.language, row.subject, row.text, row.html, row.sha256)
        if len(_contents) >= _MOST_KEPT:
            _contents.clear()
        _contents[key] = found
    return found


def _members(session: Session, claimed: Claim, clock: Clock) -> Sequence[Row[Any]]:
    blast, campaign, now = session.execute(
        select(Blast, Campaign, moments.sql_now(session, clock))
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(Blast.id == claimed.blast_id)
    ).one()
    rule = rule_of(session, blast, campaign)
    at = counted_at(claimed.due_at, now)
    rest = rest_of(claimed.rule, Cadence.from_json(campaign.cadence))
    last = rule.kind is Kind.REMINDER and _is_last(blast, campaign, claimed, now)
    asked = {"the_no": claimed.no, "due": claimed.due_at, "at": at, "since": at - rest, "last": last}
    # Ordered here: asked for the order, a database may walk through the whole blast by its key to save the sorting.
    return sorted(session.execute(_people_of(rule), asked).all(), key=itemgetter(0))


@lru_cache(maxsize=64)
def _people_of(rule: Rule) -> Select[*tuple[Any, ...]]:
    """Built once for a blast: it is a long statement, and building it takes longer than the database does for it."""
    instant = UtcDateTime()
    moment = Moment(
        due=bindparam("due", type_=instant),
        at=bindparam("at", type_=instant),
        since=bindparam("since", type_=instant),
        last=bindparam("last", type_=Boolean()),
    )
    reason = eligibility.reason(rule, moment, planning=False)
    person = Supporter.__table__.c
    return (
        select(
            Delivery.__table__.c.supporter_id,
            *(person[name] for name in ("uid", "email_sealed", "name_sealed")),
            case((Supporter.id.is_(None), literal(LeftOut.ERASED.value)), else_=reason).label("reason"),
        )
        .select_from(Delivery)
        .outerjoin(Supporter, Supporter.id == Delivery.supporter_id)
        .outerjoin(OWN, and_(OWN.supporter_id == Supporter.id, OWN.campaign_id == rule.campaign_id))
        .outerjoin(
            ALERTS,
            and_(ALERTS.supporter_id == Supporter.id, ALERTS.campaign_id.is_(None), ALERTS.left_at.is_(None)),
        )
        .where(
            Delivery.blast_id == rule.blast_id,
            Delivery.dispatch_no == bindparam("the_no"),
            Delivery.skip_reason.is_(None),
        )
    )


def _is_last(blast: Blast, campaign: Campaign, claimed: Claim, now: datetime) -> bool:
    """Whether this is the last reminder of the plan of the dispatch's people."""
    deadline = campaign.due_by()
    if deadline is None:
        return False
    plan = Calendar(blast, campaign, deadline, {}, now).plan(claimed.zone, None)
    return bool(plan) and plan[-1].step.key == claimed.rule


def _addressed(
    rows: Sequence[Row[Any]], claimed: Claim, content: Content, keys: KeyRing, settings: Settings
) -> dict[int, Person | None]:
    """Return each person by supporter id, None for one whose address or name cannot be read.

    Column by column: what is made for a thousand people in one go costs a fraction of making it a thousand times.
    """
    links = Links(settings.base_url, keys)
    wanted = fields_of(content.subject + content.text + content.html)
    ids = [row.supporter_id for row in rows]
    addresses = keys.open_all("supporter.email", [(row.uid, row.email_sealed) for row in rows])
    # The same token opens both pages.
    leave = links.leave_tokens(ids)
    columns: dict[str, list[str]] = {"unsubscribe_url": [f"{links.base}/unsubscribe/{token}" for token in leave]}
    readable: Sequence[object] = addresses
    if "greeting" in wanted:
        names = keys.open_all("supporter.name", [(row.uid, row.name_sealed) for row in rows])
        columns["greeting"] = greetings(content.language, [name or "" for name in names])
        readable = [address and name is not None for address, name in zip(addresses, names, strict=True)]
    if "act_url" in wanted:
        columns["act_url"] = links.acts(ids, claimed.campaign_id)
    if "preferences_url" in wanted:
        columns["preferences_url"] = [f"{links.base}/preferences/{token}" for token in leave]
    refs = person_ref.written(keys, claimed.public_id, ids)
    fields = tuple(columns)
    return {
        id_: Person(ref, address or "", dict(zip(fields, values, strict=True)), values[0]) if good else None
        for id_, ref, address, good, values in zip(
            ids, refs, addresses, readable, zip(*columns.values(), strict=True), strict=True
        )
    }


def _digest(content: str, people: Sequence[Person]) -> str:
    named = "".join([f"\n{person.ref} {person.address}" for person in people])
    return hashlib.sha256(f"{content}{named}".encode()).hexdigest()
