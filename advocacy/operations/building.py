"""Build the request of one claimed dispatch: who is still eligible now, and each person's values. Only reads."""

import hashlib
from collections.abc import Collection, Sequence
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
from advocacy.domain.handover import Crowd, Request
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
    rows, opens_asked = _members(session, claimed, clock)
    skips = {id_: reason for id_, _, _, _, reason in rows if reason is not None}
    if skips:
        rows = [row for row in rows if row.reason is None]
    keys, team = keys_of(session), sending_domain.team_alone(session, settings)
    opened = _opened(rows, content, keys)
    barred = _barred(opened, team)
    if barred:
        skips |= barred
        opened = [each for each in opened if each[0] not in barred]
    people = _addressed(opened, claimed, content, Links(settings.base_url, keys))
    request = Request(
        public_id=claimed.public_id,
        sender=settings.mail_from,
        sender_name=settings.sender_name,
        subject=content.subject,
        text=content.text,
        html=content.html,
        people=people,
        count_opens=opens_asked and content.counts_opens,
    )
    return Built(request, tuple([each[0] for each in opened]), skips, _digest(content.sha256, people))


@dataclass(frozen=True)
class Content:
    """The words of a dispatch."""

    language: str
    subject: str
    text: str
    html: str
    sha256: str
    counts_opens: bool
    fields: frozenset[str]


_contents: dict[tuple[int, str], Content] = {}
_MOST_KEPT = 32


def _content(session: Session, claimed: Claim) -> Content:
    """Return the words, kept from the dispatch before where they are the same: their digest says so."""
    key = (claimed.content_version_id, claimed.content_sha256)
    found = _contents.get(key)
    if found is None:
        row = session.get_one(ContentVersion, claimed.content_version_id)
        found = Content(
            row.language,
            row.subject,
            row.text,
            row.html,
            row.sha256,
            row.counts_opens,
            fields_of(row.subject + row.text + row.html),
        )
        if len(_contents) >= _MOST_KEPT:
            _contents.clear()
        _contents[key] = found
    return found


def _members(session: Session, claimed: Claim, clock: Clock) -> tuple[Sequence[Row[*tuple[Any, ...]]], bool]:
    """Return who is in it, and whether opens of the campaign's mails are to be counted at this moment."""
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
    rows = session.connection().execute(_people_of(rule), asked).all()
    return sorted(rows, key=itemgetter(0)), campaign.asks_for_opens


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


Opened = tuple[int, str | None, str | None]
"""A supporter's id, address and name; None for what does not open."""


def _opened(rows: Sequence[Row[*tuple[Any, ...]]], content: Content, keys: KeyRing) -> list[Opened]:
    addresses = keys.open_all("supporter.email", [(uid, sealed) for _, uid, sealed, _, _ in rows])
    names: list[str | None] = [""] * len(rows)
    if "greeting" in content.fields:
        names = keys.open_all("supporter.name", [(uid, sealed) for _, uid, _, sealed, _ in rows])
    return list(zip([row[0] for row in rows], addresses, names, strict=True))


def _barred(opened: Sequence[Opened], team: Collection[str] | None) -> dict[int, str]:
    """Return who is left out for what their sealed columns say, or for not saying it."""
    barred = {id_: Skip.UNREADABLE.value for id_, address, name in opened if not address or name is None}
    if team is not None:
        barred |= {id_: Skip.TRIAL.value for id_, address, _ in opened if id_ not in barred and address not in team}
    return barred


def _addressed(opened: Sequence[Opened], claimed: Claim, content: Content, links: Links) -> Crowd:
    """Return these people with their values.

    Column by column: what is made for a thousand people in one go costs a fraction of making it a thousand times.
    """
    ids = [each[0] for each in opened]
    # The same token opens both pages.
    leave = links.leave_tokens(ids)
    unsubscribe = [f"{links.base}/unsubscribe/{token}" for token in leave]
    values: dict[str, Sequence[str]] = {"unsubscribe_url": unsubscribe}
    if "greeting" in content.fields:
        values["greeting"] = greetings(content.language, [name or "" for _, _, name in opened])
    if "act_url" in content.fields:
        values["act_url"] = links.acts(ids, claimed.campaign_id)
    if "preferences_url" in content.fields:
        values["preferences_url"] = [f"{links.base}/preferences/{token}" for token in leave]
    refs = person_ref.written(links.keys, claimed.public_id, ids)
    return Crowd(refs, [address or "" for _, address, _ in opened], values, unsubscribe)


def _digest(content: str, people: Crowd) -> str:
    named = "".join([f"\n{ref} {address}" for ref, address in zip(people.refs, people.addresses, strict=True)])
    return hashlib.sha256(f"{content}{named}".encode()).hexdigest()
