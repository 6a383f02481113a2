"""What goes out on its own: mails moving now, with a rate and an end, and those of the next seven days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import OPEN, DispatchState
from advocacy.models.audience import Group
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.progress import Progress, progress_of
from advocacy.models.tally import Tally
from advocacy.operations import standing, timetable
from advocacy.web.desk import mails
from advocacy.web.desk.trouble import why_not
from advocacy.web.desk.words import mail_name

AHEAD = timedelta(days=7)
PAGE = 25
_MOST_MOVING = 30
_MOST_LIVE = 20
_LATELY = timedelta(minutes=5)


@dataclass(frozen=True)
class Coming:
    """One mail still to come. `people` is None while nobody has counted them."""

    campaign: Campaign
    blast: Blast
    name: str
    people: int | None
    why: str


@dataclass(frozen=True)
class Moving:
    """A blast that sends now. `per_minute` is what the provider took lately; `ends_at` when all that is due will be out."""

    campaign: Campaign
    blast: Blast
    name: str
    progress: Progress
    per_minute: int
    ends_at: datetime | None
    why_not: str | None


def coming(session: Session, now: datetime, *, page: int) -> tuple[list[Coming], bool]:
    """Return a page of the mails of live campaigns in the next seven days, and whether there are more."""
    rows = session.execute(
        select(Campaign, Blast)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .options(selectinload(Campaign.addressees))
        .where(
            Campaign.state == CampaignState.LIVE,
            Blast.state.in_((BlastState.SCHEDULED, BlastState.PLANNING)),
            Blast.scheduled_at <= now + AHEAD,
            Blast.send_by > now,
        )
        .order_by(Blast.scheduled_at, Blast.id)
        .options(selectinload(Campaign.addressees))
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    shown = rows[:PAGE]
    blasts = [blast for _campaign, blast in shown]
    names, planned = _names(session, blasts), progress_of(session, [blast.id for blast in blasts])
    reach = _reach(session, {blast.campaign_id for blast in blasts})
    found = [
        Coming(
            campaign,
            blast,
            names[blast.id],
            planned[blast.id].planned or reach.get((campaign.id, blast.rule)),
            _why(campaign, blast, now),
        )
        for campaign, blast in shown
    ]
    return found, len(rows) > PAGE


def moving(session: Session, now: datetime, engine: str | None) -> list[Moving]:
    """Return the mails that have requests to hand over, or whose people are being gathered."""
    has_open = Blast.id.in_(select(Dispatch.blast_id).where(Dispatch.state.in_(OPEN)))
    rows = session.execute(
        select(Campaign, Blast)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(
            (Blast.state == BlastState.PLANNING)
            | (Blast.state.in_((BlastState.SENDING, BlastState.PAUSED, BlastState.BLOCKED)) & has_open)
        )
        .order_by(Blast.scheduled_at, Blast.id)
        .limit(_MOST_MOVING)
    ).all()
    blasts = [blast for _campaign, blast in rows]
    ids = [blast.id for blast in blasts]
    counts, names = progress_of(session, ids), _names(session, blasts)
    rates, due = _rates(session, ids, now), _due(session, ids, now)
    found = []
    for campaign, blast in rows:
        rate, waiting = rates.get(blast.id, 0), due.get(blast.id, 0)
        reason = why_not(campaign, blast, engine)
        due_since = counts[blast.id].next_at
        if reason is None and not rate and (waiting or (due_since is not None and due_since <= now)):
            reason = next(iter(standing.reasons_to_wait(session, blast, now)), None)
        ends = _end(rate, waiting, now) if reason is None else None
        found.append(Moving(campaign, blast, names[blast.id], counts[blast.id], rate, ends, reason))
    return found


def pace(session: Session, blast_id: int, now: datetime) -> tuple[int, datetime | None]:
    """Return how many people a minute the provider took lately, and when all that is due will be out."""
    rate = _rates(session, [blast_id], now).get(blast_id, 0)
    return rate, _end(rate, _due(session, [blast_id], now).get(blast_id, 0), now)


def nearest(session: Session) -> list[tuple[Campaign, int]]:
    """Return the live campaigns with the nearest deadlines, and how many acted in each."""
    rows = session.execute(
        select(Campaign, Tally.number)
        .outerjoin(Tally, (Tally.campaign_id == Campaign.id) & (Tally.what == "acted"))
        .where(Campaign.state == CampaignState.LIVE)
        .order_by(Campaign.deadline, Campaign.id)
        .limit(_MOST_LIVE)
    )
    return [(campaign, acted or 0) for campaign, acted in rows]


def _end(rate: int, waiting: int, now: datetime) -> datetime | None:
    return now + timedelta(minutes=waiting / rate) if rate and waiting else None


def _names(session: Session, blasts: Sequence[Blast]) -> dict[int, str]:
    subjects = mails.subjects_of(session, blasts)
    return {blast.id: subjects.get(blast.id) or mail_name(blast.rule) for blast in blasts}


def _reach(session: Session, campaign_ids: set[int]) -> dict[tuple[int, str], int]:
    """Return how many each step of a campaign's plan goes to, as it was counted last."""
    rows = session.execute(
        select(Tally.campaign_id, Tally.key, Tally.number).where(
            Tally.campaign_id.in_(campaign_ids), Tally.what == "reach"
        )
    )
    return {(campaign_id, rule): number for campaign_id, rule, number in rows}


def _why(campaign: Campaign, blast: Blast, now: datetime) -> str:
    deadline, launched = campaign.due_by(), campaign.launched_at or now
    if deadline is None:
        return ""
    anybody = Group(campaign.timezone, None, None, acted=False, people=1)
    lines = timetable.lines(campaign, deadline, [anybody], launched_at=launched, after=launched)
    return next((line.why for line in lines if line.rule == blast.rule), blast.state_reason)


def _rates(session: Session, blast_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return the people a minute that the provider took of each blast, over the last five minutes or since it began."""
    since = now - _LATELY
    rows = session.execute(
        select(Dispatch.blast_id, func.sum(Dispatch.n), func.min(Dispatch.settled_at))
        .where(Dispatch.blast_id.in_(blast_ids), Dispatch.state == DispatchState.ACCEPTED, Dispatch.settled_at > since)
        .group_by(Dispatch.blast_id)
    )
    found = {}
    for blast_id, people, first in rows:
        minutes = max((now - (first or since)).total_seconds(), 10.0) / 60
        found[blast_id] = round(int(people) / minutes)
    return found


def _due(session: Session, blast_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Return the people of each blast whose requests are due and not yet handed over."""
    rows = session.execute(
        select(Dispatch.blast_id, func.sum(Dispatch.n))
        .where(
            Dispatch.blast_id.in_(blast_ids),
            Dispatch.state.in_((DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT)),
            Dispatch.due_at <= now,
            func.coalesce(Dispatch.hold_until, now) <= now,
        )
        .group_by(Dispatch.blast_id)
    )
    return {blast_id: int(people) for blast_id, people in rows}
