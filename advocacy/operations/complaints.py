"""A blast that many people report as spam is paused, until a person lets it go on."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain import complaints
from advocacy.domain.blast import BlastState, Move
from advocacy.domain.delivery import DeliveryState
from advocacy.domain.dispatch import DispatchState
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.installation import AuditEntry
from advocacy.operations import audit, blast_moves

_WHAT = "blast.complaints"
_STOPPED = (BlastState.SENDING, BlastState.BLOCKED)


def locked(session: Session, blast_ids: Iterable[int]) -> list[Blast]:
    """Return the blasts of new complaints under their locks, which come before those of their people's rows."""
    return [blast_moves.find(session, id_) for id_ in sorted(set(blast_ids))]


def judge(session: Session, blasts: Iterable[Blast], *, now: datetime) -> None:
    """Pause those with too many complaints, in the caller's transaction, which has written the outcomes."""
    for blast in blasts:
        if blast.state in _STOPPED:
            _judge_one(session, blast, now=now)


def _judge_one(session: Session, blast: Blast, *, now: datetime) -> None:
    told = session.scalar(
        select(func.count()).where(Delivery.blast_id == blast.id, Delivery.outcome == DeliveryState.COMPLAINED)
    )
    accepted = session.scalar(
        select(func.sum(Dispatch.n)).where(Dispatch.blast_id == blast.id, Dispatch.state == DispatchState.ACCEPTED)
    )
    count, people = told or 0, int(accepted or 0)
    if not complaints.too_many(count, people, seen=_seen(session, blast.id)):
        return
    why = complaints.sentence(count, people)
    if blast_moves.move(session, blast, Move.PAUSE, now=now, actor="engine", why=why):
        details = {"complaints": count, "accepted": people}
        audit.record(session, actor="engine", what=_WHAT, object_=f"blast:{blast.id}", now=now, details=details)


def _seen(session: Session, blast_id: int) -> int:
    details = session.scalar(
        select(AuditEntry.details)
        .where(AuditEntry.object == f"blast:{blast_id}", AuditEntry.what == _WHAT)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return int(details["complaints"]) if details else 0
