"""Put people into a blast: rows of `delivery` and the dispatches that carry them, in sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    String,
    Subquery,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import faults
from advocacy.models import eligibility
from advocacy.models.base import UtcDateTime
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, Moment, Rule
from advocacy.models.json_rows import Types, json_rows
from advocacy.models.supporter import Supporter, new_uid
from advocacy.operations.buckets import NOBODY, Bucket, Calendar, Group, Placing
from advocacy.operations.words import versions_by_language

CANARIES = (50, 100, 250, 500)
"""The first dispatches of a blast are small and go one after the other."""

_PLACES: Types = {
    "zone": String(64),
    "country": String(2),
    "language": String(12),
    "bucket": Integer(),
    "prompt": Integer(),
    "waited": Integer(),
    "due": UtcDateTime(),
    "at": UtcDateTime(),
    "since": UtcDateTime(),
    "last": Boolean(),
}
_CUTS: Types = {"bucket": Integer(), "first_no": Integer(), "canary": Boolean()}
_PROMPT = timedelta(hours=1)


@dataclass(frozen=True)
class Filled:
    """How many people were put in, and the steps that some of them have in their plans (keys of the cadence)."""

    people: int
    steps: frozenset[str]


def rule_of(session: Session, blast: Blast, campaign: Campaign) -> Rule:
    """Return what the eligibility rules need to know of a blast."""
    return Rule(
        blast_id=blast.id,
        campaign_id=campaign.id,
        launched_at=campaign.launched_at or blast.created_at,
        kind=eligibility.kind_of(blast.rule),
        chain=eligibility.chain_of(session, blast),
        selection=Selection.from_json(blast.audience),
    )


def fill(
    session: Session,
    blast: Blast,
    campaign: Campaign,
    *,
    candidates: ColumnElement[bool],
    now: datetime,
    batch: int,
    canaries: bool = False,
) -> Filled:
    """Put everyone among the candidates (a condition on `Supporter`) who is to get this blast into it.

    Runs in the caller's transaction, which holds the blast's lock. Who is in it already stays where they are, so that
    doing it again puts in nobody twice. `batch` is the most people one request may carry.
    """
    deadline = campaign.due_by()
    if deadline is None:
        return Filled(0, frozenset())
    calendar = Calendar(blast, campaign, deadline, versions_by_language(session, blast.id), now)
    groups = _groups(session, candidates, calendar)
    placing = calendar.place(groups)
    steps = frozenset(step.step.key for group in groups for step in calendar.plan(group.zone, group.country))
    if not placing.buckets:
        return Filled(0, steps)
    first_no = (session.scalar(select(func.max(Dispatch.no)).where(Dispatch.blast_id == blast.id)) or 0) + 1
    cuts = _cuts(placing, groups, first_no=first_no, batch=batch, canaries=canaries)
    rule = rule_of(session, blast, campaign)
    session.execute(_deliveries(session, rule, placing, cuts, candidates, calendar, now=now, batch=batch))
    faults.point("plan.slice.mid")
    people = _dispatches(session, blast.id, placing, cuts, first_no=first_no)
    return Filled(people, steps)


def _groups(session: Session, candidates: ColumnElement[bool], calendar: Calendar) -> dict[Group, int]:
    country: ColumnElement[Any] = func.coalesce(Supporter.country, "") if calendar.by_country else literal("")
    keys = (Supporter.timezone, country, Supporter.language)
    rows = session.execute(
        select(*keys, func.count())
        .where(candidates, Supporter.state == SupporterState.ACTIVE)
        .group_by(Supporter.timezone, Supporter.language, *((country,) if calendar.by_country else ()))
    )
    return {Group(zone, country or None, language): people for zone, country, language, people in rows}


@dataclass(frozen=True)
class _Cut:
    """The numbers kept for one bucket: from `first_no` on, at most `most` of them."""

    bucket: int
    first_no: int
    canary: bool


def _cuts(placing: Placing, groups: dict[Group, int], *, first_no: int, batch: int, canaries: bool) -> list[_Cut]:
    """Keep enough numbers for each bucket, as if everyone in its groups got the mail. Gaps do no harm.

    The canaries are in the bucket that is due first; of several, in the one with the most people.
    """
    most = [0] * len(placing.buckets)
    for row in placing.rows:
        people = groups[Group(row["zone"], row["country"] or None, row["language"])]
        for number in {row["bucket"], row["prompt"], row["waited"]} - {NOBODY}:
            most[number] += people
    order = sorted(range(len(most)), key=lambda number: (placing.buckets[number].at, -most[number]))
    planned = {row["bucket"] for row in placing.rows}
    first = next((number for number in order if number in planned), None) if canaries else None
    cuts = []
    for number in order:
        canary = number == first
        cuts.append(_Cut(number, first_no, canary))
        first_no += -(-most[number] // batch) + (len(CANARIES) if canary else 0)
    return cuts


def _deliveries(
    session: Session,
    rule: Rule,
    placing: Placing,
    cuts: Sequence[_Cut],
    candidates: ColumnElement[bool],
    calendar: Calendar,
    *,
    now: datetime,
    batch: int,
) -> Any:
    places = json_rows(session, "place", placing.rows, _PLACES)
    moment = Moment(due=places.c.due, at=places.c.at, since=places.c.since, last=places.c.last)
    bucket = _bucket(rule, places, now)
    here = and_(places.c.zone == Supporter.timezone, places.c.language == Supporter.language)
    if calendar.by_country:
        here = and_(here, places.c.country == func.coalesce(Supporter.country, ""))
    picked = (
        eligibility.people(rule, Supporter.id.label("supporter_id"), bucket.label("bucket"))
        .join(places, here)
        .where(
            candidates,
            Supporter.state == SupporterState.ACTIVE,
            eligibility.selected(session, rule),
            eligibility.reason(rule, moment, planning=True).is_(None),
            ~eligibility.planned_already(rule),
        )
        .subquery("picked")
    )
    rank = func.row_number().over(partition_by=picked.c.bucket, order_by=picked.c.supporter_id)
    ranked = select(picked, rank.label("rank")).where(picked.c.bucket != NOBODY).subquery("ranked")
    cut = json_rows(session, "cut", [vars(each) for each in cuts], _CUTS)
    numbered = (
        select(literal(rule.blast_id), ranked.c.supporter_id, cut.c.first_no + _within(ranked, cut.c.canary, batch))
        .select_from(ranked)
        .join(cut, cut.c.bucket == ranked.c.bucket)
        .where(true())
    )
    return insert(Delivery).from_select(["blast_id", "supporter_id", "dispatch_no"], numbered)


def _bucket(rule: Rule, places: Any, now: datetime) -> ColumnElement[int]:
    """The launch goes at once to who joined the live campaign just now; who waited longer gets it in the daytime."""
    planned: ColumnElement[int] = places.c.bucket
    if rule.kind is not Kind.LAUNCH:
        return planned
    joined = eligibility.since(rule)
    late = joined > literal(rule.launched_at, UtcDateTime())
    just_now = joined >= literal(now - _PROMPT, UtcDateTime())
    return case((and_(late, just_now), places.c.prompt), (late, places.c.waited), else_=planned)


def _within(ranked: Subquery, canary: ColumnElement[bool], batch: int) -> ColumnElement[int]:
    """Return the place of a person's dispatch among those of the bucket, from 0."""
    sizes = [min(size, batch) for size in CANARIES]
    rank = ranked.c.rank
    edges = [sum(sizes[: index + 1]) for index in range(len(sizes))]
    steps = [(rank <= edge, literal(index)) for index, edge in enumerate(edges)]
    after = len(sizes) + (rank - (edges[-1] + 1)) // batch
    return case((or_(canary.is_(None), ~canary), (rank - 1) // batch), *steps, else_=after)


def _dispatches(session: Session, blast_id: int, placing: Placing, cuts: Sequence[_Cut], *, first_no: int) -> int:
    """Write a row for each dispatch that got people; return how many people there are in them."""
    found = session.execute(
        select(Delivery.dispatch_no, func.count(), func.min(Delivery.supporter_id), func.max(Delivery.supporter_id))
        .where(Delivery.blast_id == blast_id, Delivery.dispatch_no >= first_no)
        .group_by(Delivery.dispatch_no)
        .order_by(Delivery.dispatch_no)
    ).all()
    rows = []
    for no, people, first, last in found:
        if no is None:
            continue
        cut = max((each for each in cuts if each.first_no <= no), key=lambda each: each.first_no)
        canary = cut.canary and no < cut.first_no + len(CANARIES)
        rows.append(
            dispatch_row(blast_id, no, placing.buckets[cut.bucket])
            | {"n": people, "first_supporter_id": first, "last_supporter_id": last, "canary": canary}
        )
    if rows:
        session.execute(insert(Dispatch), rows)
    return sum(row["n"] for row in rows)


def dispatch_row(blast_id: int, no: int, bucket: Bucket) -> dict[str, Any]:
    """Return the values of a planned dispatch, its people apart."""
    return {
        "blast_id": blast_id,
        "no": no,
        "public_id": new_uid(),
        "content_version_id": bucket.content_version_id,
        "due_at": bucket.at,
        "counts_at": bucket.at,
        "send_by": bucket.send_by,
        "civil_until": bucket.civil_until,
        "zone": bucket.zone,
        "state": DispatchState.PLANNED,
        "attempts": 0,
    }
