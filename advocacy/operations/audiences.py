"""Who a mail would reach, counted now, and who is left out, by reason. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from advocacy.domain.audience import LeftOut
from advocacy.domain.cadence import Cadence
from advocacy.domain.selection import Selection
from advocacy.models import eligibility
from advocacy.models.base import UtcDateTime
from advocacy.models.blast import Blast, Delivery
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, Moment, Rule
from advocacy.models.supporter import Supporter

SAMPLE = 10


@dataclass(frozen=True)
class Reach:
    """How many people a mail goes to, and how many it does not, by reason, the most first."""

    people: int
    left_out: tuple[tuple[LeftOut, int], ...]


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


def left_out(session: Session, blast: Blast, campaign: Campaign) -> tuple[tuple[LeftOut, int], ...]:
    """Return why those of a blast's audience who are not in it are not, as things stand now, the most first."""
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
    return _by_reason(session, rule, _moment(blast.scheduled_at, rest), outside_only=True)


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


def zones_by_hand(session: Session, campaign: Campaign, selection: Selection, at: datetime) -> list[tuple[str, int]]:
    """Return in which zones those live whom a mail written by hand goes to, the most people first."""
    rule, moment = _by_hand(campaign, selection, at)
    rows = session.execute(
        eligibility.people(rule, Supporter.__table__.c.timezone, func.count())
        .where(
            eligibility.related(),
            eligibility.selected(session, rule),
            eligibility.reason(rule, moment, planning=True).is_(None),
        )
        .group_by(Supporter.timezone)
        .order_by(func.count().desc(), Supporter.timezone)
    )
    return [(zone, people) for zone, people in rows]


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


def _reach(session: Session, rule: Rule, moment: Moment) -> Reach:
    counted = _counts(session, rule, moment, outside_only=False)
    people = counted.pop(None, 0)
    return Reach(people, _sorted(counted))


def _by_reason(session: Session, rule: Rule, moment: Moment, *, outside_only: bool) -> tuple[tuple[LeftOut, int], ...]:
    counted = _counts(session, rule, moment, outside_only=outside_only)
    counted.pop(None, 0)
    return _sorted(counted)


def _counts(session: Session, rule: Rule, moment: Moment, *, outside_only: bool) -> dict[str | None, int]:
    reason = eligibility.reason(rule, moment, planning=True).label("reason")
    query = eligibility.people(rule, reason).where(eligibility.related(), eligibility.selected(session, rule))
    if outside_only:
        query = query.where(
            ~select(Delivery.blast_id)
            .where(Delivery.blast_id == rule.blast_id, Delivery.supporter_id == Supporter.id)
            .exists()
        )
    reasons = query.subquery()
    rows = session.execute(select(reasons.c.reason, func.count()).group_by(reasons.c.reason))
    return dict(rows.all())


def _sorted(counted: dict[str | None, int]) -> tuple[tuple[LeftOut, int], ...]:
    named = [(LeftOut(reason), people) for reason, people in counted.items() if reason]
    return tuple(sorted(named, key=lambda pair: -pair[1]))


def _moment(at: datetime, rest: timedelta) -> Moment:
    when = literal(at, UtcDateTime())
    return Moment(due=when, at=when, since=literal(at - rest, UtcDateTime()), last=literal(value=False))
