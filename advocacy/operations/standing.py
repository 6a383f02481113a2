"""Why a blast does not move, computed from what is stored: for the desk and the command line."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.complaints import PREFIX
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.sentence import Sentence
from advocacy.models import installation
from advocacy.models.blast import Blast, Dispatch, ProviderAccount
from advocacy.models.campaign import Campaign

_BY_STATE = {
    BlastState.DRAFT: Sentence("It is a draft."),
    BlastState.PAUSED: Sentence("Somebody paused it."),
    BlastState.MISSED: Sentence("It is overdue by so much that a person has to decide whether it still goes."),
    BlastState.COMPLETED: Sentence("It has been sent."),
    BlastState.CANCELLED: Sentence("It was cancelled."),
    BlastState.PLANNING: Sentence("Its people are being gathered."),
}


def reasons_to_wait(session: Session, blast: Blast, now: datetime) -> list[Sentence]:
    """Return why nothing of this blast leaves now, the weightiest first; empty when it is on its way."""
    found = []
    if installation.fact(session, installation.HELD) is not None:
        found.append(
            Sentence("This installation was restored from a backup and is held: `advocacy engine resume` lets it send.")
        )
    campaign = session.get_one(Campaign, blast.campaign_id)
    if campaign.state is CampaignState.PAUSED:
        found.append(Sentence("Its campaign is paused."))
    if blast.state is BlastState.BLOCKED:
        found.append(Sentence("It is blocked. %(reason)s", reason=blast.state_reason))
    elif blast.state is BlastState.SCHEDULED:
        found.append(Sentence("It is scheduled from %(at)s on.", at=blast.scheduled_at))
    elif blast.state is BlastState.PAUSED and blast.state_reason.startswith(PREFIX):
        found.append(Sentence("It was paused by itself. %(reason)s", reason=blast.state_reason))
    elif blast.state in _BY_STATE:
        found.append(_BY_STATE[blast.state])
    found += _account_reasons(session, now)
    if blast.state is BlastState.SENDING:
        found += _dispatch_reasons(session, blast, now)
    return found


def _account_reasons(session: Session, now: datetime) -> list[Sentence]:
    return [
        Sentence(
            "The mail provider's account (%(kind)s) waits until %(until)s. %(reason)s",
            kind=row.kind,
            until=row.cooldown_until,
            reason=row.health_reason,
        )
        for row in session.scalars(select(ProviderAccount).where(ProviderAccount.cooldown_until > now))
    ]


def _dispatch_reasons(session: Session, blast: Blast, now: datetime) -> list[Sentence]:
    def count(*conditions: object) -> int:
        query = select(func.count()).where(Dispatch.blast_id == blast.id, *conditions)  # type: ignore[arg-type]
        return session.scalar(query) or 0

    planned = Dispatch.state == DispatchState.PLANNED
    due = count(planned, Dispatch.due_at <= now)
    held = count(Dispatch.state == DispatchState.AMBIGUOUS)
    found = []
    if held:
        found.append(
            Sentence.counted(
                "%(num)s request is held: nobody knows whether the provider took it.",
                "%(num)s requests are held: nobody knows whether the provider took them.",
                held,
            )
        )
    night = count(planned, Dispatch.due_at <= now, Dispatch.hold_until > now)
    if night:
        found.append(
            Sentence.counted(
                "%(num)s request waits for the morning, or because the provider asked for patience.",
                "%(num)s requests wait for the morning, or because the provider asked for patience.",
                night,
            )
        )
    if not due:
        next_at = session.scalar(select(func.min(Dispatch.due_at)).where(Dispatch.blast_id == blast.id, planned))
        found.append(Sentence("The next is due %(at)s.", at=next_at) if next_at else _nobody(blast))
    canary = exists().where(Dispatch.blast_id == blast.id, Dispatch.canary, Dispatch.state == DispatchState.INFLIGHT)
    if due and session.scalar(select(canary)):
        found.append(Sentence("The first, small requests go one after the other."))
    return found


def _nobody(blast: Blast) -> Sentence:
    if blast.rule == "launch":
        return Sentence("Everyone has been served; who joins until the deadline gets it at once.")
    return Sentence("Everyone has been served.")
