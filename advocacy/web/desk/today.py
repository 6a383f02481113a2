"""Today: what goes out, what needs a decision, what is moving now and, where nothing moves, why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.complaints import PREFIX
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.permissions import Permission
from advocacy.models import installation
from advocacy.models.base import db
from advocacy.models.blast import Blast, Dispatch, ProviderAccount
from advocacy.models.campaign import Campaign, live
from advocacy.models.progress import Progress, progress_of
from advocacy.models.supporter import actions_taken
from advocacy.operations import editing
from advocacy.web import access
from advocacy.web.desk import mails, who
from advocacy.web.desk.mails import Line

bp = Blueprint("desk_today", __name__, url_prefix="/desk")

AHEAD = timedelta(days=7)
_STALE_TICK = timedelta(minutes=2)
_MOST = 60


@dataclass(frozen=True)
class Coming:
    campaign: Campaign
    line: Line


@dataclass(frozen=True)
class Moving:
    """A blast that sends now, and the computed reason when it stands still."""

    campaign: Campaign
    blast: Blast
    progress: Progress
    why_not: str | None


@dataclass(frozen=True)
class Decisions:
    """What only a person can settle, the gravest first."""

    held: list[tuple[Campaign, Blast, int]]
    stopped: list[tuple[Campaign, Blast]]
    ending: list[Campaign]
    ended: list[Campaign]
    to_check: list[tuple[Campaign, int]]

    def __bool__(self) -> bool:
        return any((self.held, self.stopped, self.ending, self.ended, self.to_check))


@bp.get("/")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    session, now = db.session(), who.now()
    running = live(session)
    return render_template(
        "desk/today.html",
        coming=_coming(session, running, now),
        decisions=_decisions(session, running, now),
        moving=_moving(session, now),
        engine=engine_trouble(session, now),
        running=running,
        acted={campaign.id: actions_taken(session, campaign.id) for campaign in running[:_MOST]},
    )


def engine_trouble(session: Session, now: datetime) -> str | None:
    """Return why no mail can go out at all at the moment, None when it can."""
    if installation.fact(session, installation.HELD):
        return (
            "The database was restored from a backup, so nothing is sent until `advocacy engine resume` is run: "
            "first see that nothing goes out a second time."
        )
    ticked = installation.fact(session, installation.TICKED_AT)
    if ticked is None:
        return "The engine has not run yet. Start it with `advocacy up`."
    silent = now - datetime.fromisoformat(ticked)
    if silent > _STALE_TICK:
        minutes = int(silent.total_seconds() // 60)
        return f"The engine has not run for {minutes:,} minutes. Start it with `advocacy up`, or look at its log."
    account = session.scalar(select(ProviderAccount).where(ProviderAccount.health != "good").limit(1))
    if account is not None:
        return f"The mail provider takes nothing at the moment: {account.health_reason or account.health}."
    return None


def _coming(session: Session, running: list[Campaign], now: datetime) -> list[Coming]:
    found = [
        Coming(campaign, line)
        for campaign in running[:_MOST]
        for line in mails.lines(session, campaign, now)
        if line.state in {BlastState.SCHEDULED, BlastState.PLANNING} and now <= line.last_due <= now + AHEAD
    ]
    return sorted(found, key=lambda each: each.line.first_due)


def _decisions(session: Session, running: list[Campaign], now: datetime) -> Decisions:
    stopped = session.execute(
        select(Campaign, Blast)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(Blast.state.in_((BlastState.BLOCKED, BlastState.MISSED)))
        .limit(_MOST)
    )
    people = (
        select(Dispatch.blast_id, func.sum(Dispatch.n).label("people"))
        .where(Dispatch.state == DispatchState.AMBIGUOUS)
        .group_by(Dispatch.blast_id)
        .subquery()
    )
    held = session.execute(
        select(Campaign, Blast, people.c.people)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .join(people, people.c.blast_id == Blast.id)
        .limit(_MOST)
    )
    days = {campaign.id: due.days_left(now) for campaign in running if (due := campaign.due_by())}
    drafts = session.scalars(select(Campaign).where(Campaign.state == CampaignState.DRAFT).limit(_MOST))
    return Decisions(
        held=[(campaign, blast, int(number)) for campaign, blast, number in held],
        stopped=[(campaign, blast) for campaign, blast in stopped],
        ending=[campaign for campaign in running if 0 <= days.get(campaign.id, 99) <= 2],
        ended=[campaign for campaign in running if days.get(campaign.id, 0) < 0],
        to_check=[(campaign, len(left)) for campaign in drafts if (left := editing.left_to_check(campaign))],
    )


def _moving(session: Session, now: datetime) -> list[Moving]:
    trouble = engine_trouble(session, now)
    rows = session.execute(
        select(Campaign, Blast)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(Blast.state.in_((BlastState.SENDING, BlastState.PLANNING, BlastState.PAUSED)))
        .order_by(Blast.scheduled_at)
        .limit(_MOST)
    ).all()
    counts = progress_of(session, [blast.id for _, blast in rows])
    found = []
    for campaign, blast in rows:
        progress = counts[blast.id]
        if blast.state is BlastState.PLANNING or progress.open:
            found.append(Moving(campaign, blast, progress, why_not(campaign, blast, trouble)))
    return found


def why_not(campaign: Campaign, blast: Blast, trouble: str | None) -> str | None:
    """Return why a blast stands still, None when it moves or only waits for the hour of its next people."""
    facts = (
        (blast.state is BlastState.BLOCKED, blast.state_reason or "The mail provider refused it."),
        (blast.state is BlastState.MISSED, "It could not be sent in time. Decide whether it still should."),
        (campaign.state is CampaignState.PAUSED, "The campaign is paused."),
        (blast.state is BlastState.PAUSED and blast.state_reason.startswith(PREFIX), blast.state_reason),
        (blast.state is BlastState.PAUSED, "It is paused."),
        (trouble is not None, trouble or ""),
    )
    return next((reason for is_so, reason in facts if is_so), None)
