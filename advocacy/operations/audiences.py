"""Who a mail would reach, counted now, and who is left out, by reason. Changes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from advocacy.domain.audience import LeftOut
from advocacy.domain.blast import BlastState
from advocacy.domain.cadence import Cadence
from advocacy.domain.selection import Selection
from advocacy.models import eligibility
from advocacy.models.base import UtcDateTime
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, Moment, Rule
from advocacy.models.supporter import Supporter

SAMPLE = 10
_UNSENT = (BlastState.DRAFT, BlastState.PROPOSED)


@dataclass(frozen=True)
class Reach:
    """How many people a mail goes to, and how many it does not, by reason; where those live who get it: the most first.

    `at` is when it was counted, None for this very moment.
    """

    people: int
    left_out: tuple[tuple[LeftOut, int], ...]
    zones: tuple[tuple[str, int], ...] = ()
    at: datetime | None = None


def reach_of_launch(session: Session, campaign: Campaign, now: datetime) -> Reach:
    """Count whom a launch at this moment would write to."""
    rule = Rule(0, campaign.id, campaign.launched_at or now, Kind.LAUNCH)
    return _reach(session, rule, _moment(now, timedelta()))


def reach_by_hand(session: Session, campaign: Campaign, selection: Selection, at: datetime) -> Reach:
    """Count whom a mail written by hand would write to at an instant."""
    return _reach(session, *_by_hand(campaign, selection, at))


def reach_of_news(session: Session, campaign: Campaign, now: datetime) -> Reach:
    """Count whom news of a campaign (an update, its outcome) would write to at this moment."""
    rule = Rule(0, campaign.id, campaign.launched_at or now, Kind.NEWS)
    return _reach(session, rule, _moment(now, timedelta()))


def reach_of_mail(session: Session, blast: Blast, campaign: Campaign, now: datetime) -> Reach:
    """Count those a mail is for who have no row in it, as things stand now: everybody, as long as it is not planned."""
    kind = eligibility.kind_of(blast.rule)
    rule = Rule(
        blast.id,
        campaign.id,
        campaign.launched_at or blast.created_at,
        kind,
        chain=eligibility.chain_of(session, blast),
        selection=Selection.from_json(blast.audience),
    )
    rest = timedelta() if kind in {Kind.LAUNCH, Kind.NEWS} else Cadence.from_json(campaign.cadence).cap
    at = max(blast.scheduled_at, now) if blast.state in _UNSENT else blast.scheduled_at
    return _reach(session, rule, _moment(at, rest), ~eligibility.planned_already(rule))


def reach_from(reasons: Mapping[str, int], zones: Mapping[str, int], *, at: datetime | None = None) -> Reach:
    """Return a reach of these numbers; the reason "" is that of those who get it."""
    named = [(LeftOut(reason), people) for reason, people in reasons.items() if reason and people]
    return Reach(
        reasons.get("", 0),
        tuple(sorted(named, key=lambda pair: (-pair[1], pair[0]))),
        tuple(sorted(zones.items(), key=lambda pair: (-pair[1], pair[0]))),
        at,
    )


def sample(session: Session, campaign: Campaign, now: datetime, *, after: str = "") -> Sequence[Supporter]:
    """Return ten of the people a launch goes to, from a place in their order on, so that "next" shows ten others."""
    rule = Rule(0, campaign.id, campaign.launched_at or now, Kind.LAUNCH)
    return _some(session, rule, _moment(now, timedelta()), after=after, number=SAMPLE)


def one_by_hand(
    session: Session, campaign: Campaign, selection: Selection, at: datetime, *, after: str = ""
) -> Supporter | None:
    """Return one of the people a mail written by hand goes to, the next one after a place in their order."""
    rule, moment = _by_hand(campaign, selection, at)
    return next(iter(_some(session, rule, moment, after=after, number=1)), None)


def _by_hand(campaign: Campaign, selection: Selection, at: datetime) -> tuple[Rule, Moment]:
    rule = Rule(0, campaign.id, campaign.launched_at or at, Kind.MANUAL, selection=selection)
    return rule, _moment(at, Cadence.from_json(campaign.cadence).cap)


def _some(session: Session, rule: Rule, moment: Moment, *, after: str, number: int) -> Sequence[Supporter]:
    """Return so many people a mail goes to, in the order of their random ids, from one on and then from the first."""
    query = eligibility.people(rule, Supporter.__table__.c.id).where(
        eligibility.related(),
        eligibility.selected(session, rule),
        eligibility.reason(rule, moment, planning=True).is_(None),
    )
    ids = list(session.scalars(query.where(Supporter.uid > after).order_by(Supporter.uid).limit(number)))
    if len(ids) < number and after:
        ids += list(
            session.scalars(query.where(Supporter.uid <= after).order_by(Supporter.uid).limit(number - len(ids)))
        )
    return session.scalars(select(Supporter).where(Supporter.id.in_(ids)).order_by(Supporter.uid)).all()


def _reach(session: Session, rule: Rule, moment: Moment, *also: ColumnElement[bool]) -> Reach:
    reason = func.coalesce(eligibility.reason(rule, moment, planning=True), "").label("reason")
    zone = Supporter.__table__.c.timezone
    people = (
        eligibility.people(rule, reason, zone)
        .where(eligibility.related(), eligibility.selected(session, rule), *also)
        .subquery()
    )
    reasons: Counter[str] = Counter()
    zones: Counter[str] = Counter()
    groups = (people.c.reason, people.c.timezone)
    for why, zone_name, number in session.execute(select(*groups, func.count()).group_by(*groups)):
        reasons[why] += number
        if not why:
            zones[zone_name] += number
    return reach_from(reasons, zones)


def _moment(at: datetime, rest: timedelta) -> Moment:
    when = literal(at, UtcDateTime())
    return Moment(due=when, at=when, since=literal(at - rest, UtcDateTime()), last=literal(value=False))
