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
    and_,
    case,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import faults
from advocacy.models import eligibility
from advocacy.models.base import UtcDateTime
from advocacy.models.blast import Blast, Delivery
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, Moment, Rule
from advocacy.models.json_rows import Types, json_rows
from advocacy.models.supporter import Supporter
from advocacy.operations import cutting
from advocacy.operations.buckets import NOBODY, Calendar, Group, Placing
from advocacy.operations.cutting import Cut
from advocacy.operations.words import versions_by_arm

_PLACES: Types = {
    "zone": String(64),
    "country": String(2),
    "language": String(12),
    "arm": String(12),
    "bucket": Integer(),
    "prompt": Integer(),
    "waited": Integer(),
    "due": UtcDateTime(),
    "at": UtcDateTime(),
    "since": UtcDateTime(),
    "last": Boolean(),
}
_PROMPT = timedelta(hours=1)


@dataclass(frozen=True)
class Chunk:
    """The supporters whose ids come after `after`, up to `upto`: planned for the first time."""

    after: int
    upto: int

    def holds(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return and_(column > self.after, column <= self.upto)


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
    candidates: ColumnElement[bool] | Chunk,
    now: datetime,
    batch: int,
) -> Filled:
    """Put everyone among the candidates (a condition on `Supporter`, or a chunk) who is to get this blast into it.

    Runs in the caller's transaction, which holds the blast's lock. Who is in it already stays where they are, so that
    doing it again puts in nobody twice. `batch` is the most people one request may carry. The first people of all are
    the canaries; each later chunk first fills up the requests that the ones before left part empty.
    """
    deadline = campaign.due_by()
    if deadline is None:
        return Filled(0, frozenset())
    calendar = Calendar(blast, campaign, deadline, versions_by_arm(session, blast.id), now)
    rule = rule_of(session, blast, campaign)
    groups = _groups(session, rule, candidates, calendar)
    placing = calendar.place(groups)
    steps = frozenset(step.step.key for group in groups for step in calendar.plan(group.zone, group.country))
    if not placing.buckets:
        return Filled(0, steps)
    chunk = candidates if isinstance(candidates, Chunk) else None
    tails = cutting.tails(session, blast.id, batch) if chunk is not None else {}
    first_no = cutting.next_no(session, blast.id)
    canaries = chunk is not None and first_no == 1
    cuts = cutting.cuts(placing, groups, tails, first_no=first_no, batch=batch, canaries=canaries)
    session.execute(_deliveries(session, rule, placing, cuts, candidates, calendar, now=now, batch=batch))
    faults.point("plan.slice.mid")
    ids = chunk.holds(Delivery.supporter_id) if chunk is not None else true()
    people = cutting.write(session, blast.id, placing, cuts, ids, first_no=first_no)
    return Filled(people, steps)


def _groups(
    session: Session, rule: Rule, candidates: ColumnElement[bool] | Chunk, calendar: Calendar
) -> dict[Group, int]:
    country: ColumnElement[Any] = func.coalesce(Supporter.country, "") if calendar.by_country else literal("")
    arm = eligibility.arm(rule)
    parted = (*((country,) if calendar.by_country else ()), *((arm,) if rule.selection.share else ()))
    rows = session.execute(
        select(Supporter.timezone, country, Supporter.language, arm, func.count())
        .where(_among(candidates), _active(session))
        .group_by(Supporter.timezone, Supporter.language, *parted)
    )
    return {Group(zone, country or None, language, arm): people for zone, country, language, arm, people in rows}


def _active(session: Session) -> ColumnElement[bool]:
    """On SQLite not by the index of states (the plus sign keeps it from it): it would expect hardly anybody, and go
    through all places in time for each of thousands."""
    if session.get_bind().dialect.name == "sqlite":
        return literal_column("+supporter.state", Supporter.state.type) == SupporterState.ACTIVE
    return Supporter.state == SupporterState.ACTIVE


def _among(candidates: ColumnElement[bool] | Chunk) -> ColumnElement[bool]:
    return candidates.holds(Supporter.id) if isinstance(candidates, Chunk) else candidates


def _deliveries(
    session: Session,
    rule: Rule,
    placing: Placing,
    cuts: Sequence[Cut],
    candidates: ColumnElement[bool] | Chunk,
    calendar: Calendar,
    *,
    now: datetime,
    batch: int,
) -> Any:
    places = json_rows(session, "place", placing.rows, _PLACES)
    moment = Moment(due=places.c.due, at=places.c.at, since=places.c.since, last=places.c.last)
    here = and_(places.c.zone == Supporter.timezone, places.c.language == Supporter.language)
    if rule.selection.share:
        here = and_(here, places.c.arm == eligibility.arm(rule))
    if calendar.by_country:
        here = and_(here, places.c.country == func.coalesce(Supporter.country, ""))
    chunk = candidates if isinstance(candidates, Chunk) else None
    # An outer join, and a fence (OFFSET 0) before what it leaves empty is dropped: so PostgreSQL expects as many people
    # as there are and joins them in sets, and what is computed for a person is computed once, on each database.
    fitting = (
        eligibility.people(
            rule,
            Supporter.id.label("supporter_id"),
            eligibility.since(rule).label("joined"),
            *(places.c[name] for name in ("bucket", "prompt", "waited")),
            within=chunk.holds if chunk is not None else None,
        )
        .outerjoin(places, here)
        .where(
            _among(candidates),
            _active(session),
            eligibility.selected(session, rule),
            eligibility.reason(rule, moment, planning=True).is_(None),
            *(() if chunk is not None else (~eligibility.planned_already(rule),)),
        )
        .offset(0)
        .subquery("fitting")
    )
    picked = select(fitting.c.supporter_id, _bucket(rule, fitting, now).label("bucket")).offset(0).subquery("picked")
    rank = func.row_number().over(partition_by=picked.c.bucket, order_by=picked.c.supporter_id)
    ranked = select(picked, rank.label("rank")).where(picked.c.bucket != NOBODY).subquery("ranked")
    numbered = cutting.numbered(session, rule.blast_id, ranked, cuts, batch)
    return insert(Delivery).from_select(["blast_id", "supporter_id", "dispatch_no"], numbered)


def _bucket(rule: Rule, fitting: Any, now: datetime) -> ColumnElement[int]:
    """The launch goes at once to who joined the live campaign just now; who waited longer gets it in the daytime."""
    planned: ColumnElement[int] = fitting.c.bucket
    if rule.kind is not Kind.LAUNCH:
        return planned
    joined = fitting.c.joined
    late = joined > literal(rule.launched_at, UtcDateTime())
    just_now = joined >= literal(now - _PROMPT, UtcDateTime())
    return case((and_(late, just_now), fitting.c.prompt), (late, fitting.c.waited), else_=planned)
