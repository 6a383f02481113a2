"""Moves of a blast: each one transaction under the blast's lock, with an audit entry."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from advocacy.domain import blast as blasts
from advocacy.domain import dispatch as dispatches
from advocacy.domain.blast import ENDED, BlastState, Move
from advocacy.domain.dispatch import DispatchState, Event
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.sentence import Sentence
from advocacy.models.blast import Blast, Dispatch
from advocacy.operations import audit, splitting


class Decision(StrEnum):
    """What a person decides about a request of which nobody knows whether the provider took it.

    `resend` risks that its people get the mail twice, `leave` that they get none.
    """

    RESEND = "resend"
    LEAVE = "leave"


def find(session: Session, blast_id: int) -> Blast:
    """Return the blast under its lock, as it stands now. Raises NotFoundError."""
    blast = session.get(Blast, blast_id, with_for_update=True, populate_existing=True)
    if blast is None:
        raise NotFoundError("There is no blast %(blast_id)s. `advocacy blasts list` names them all.", blast_id=blast_id)
    return blast


def find_to_plan(session: Session, blast_id: int) -> Blast | None:
    """Return the blast under the lock of whoever plans it, None if it is gone.

    No move is made meanwhile and nobody else plans it, but its requests begin and are settled: their lock is one of the
    row's key alone.
    """
    return session.get(Blast, blast_id, with_for_update={"key_share": True}, populate_existing=True)


def pause(session: Session, blast_id: int, *, now: datetime, actor: str) -> None:
    """Hold a blast: no request of it begins after this has returned. Raises ConflictError when it has ended."""
    _move_alone(session, blast_id, Move.PAUSE, now=now, actor=actor)


def resume(session: Session, blast_id: int, *, now: datetime, actor: str) -> None:
    """Let a paused blast go on where it stood; what went stale meanwhile is not sent."""
    _move_alone(session, blast_id, Move.RESUME, now=now, actor=actor)


def send_late(session: Session, blast_id: int, *, now: datetime, send_by: datetime, actor: str) -> None:
    """Send a missed blast after all, now and until `send_by`."""
    blast = find(session, blast_id)
    if blast.state is not BlastState.MISSED:
        raise ConflictError("This mail is %(state)s, so there is nothing to decide.", state=blast.state)
    blast.scheduled_at, blast.send_by = now, max(blast.send_by, send_by)
    blast.audience = {name: value for name, value in blast.audience.items() if name != "local"}
    move(session, blast, Move.SCHEDULE, now=now, actor=actor, why=Sentence("sent late by decision"))
    session.commit()


def cancel(session: Session, blast_id: int, *, now: datetime, actor: str) -> None:
    """Stop a blast for good. What is already on its way cannot be taken back."""
    blast = find(session, blast_id)
    if blast.state is BlastState.CANCELLED:
        session.rollback()
        return
    if blast.state is BlastState.COMPLETED:
        session.rollback()
        raise ConflictError("This mail has been sent: there is nothing left to cancel.")
    end(session, blast, now=now, actor=actor, why=Sentence("cancelled"))
    session.commit()


def decide(session: Session, blast_id: int, no: int, decision: Decision, *, now: datetime, actor: str) -> None:
    """Settle a held dispatch by a person's word. Raises ConflictError if there is nothing to decide any more."""
    blast = find(session, blast_id)
    row = session.get(Dispatch, (blast_id, no), with_for_update=True, populate_existing=True)
    if row is None or row.state is not DispatchState.AMBIGUOUS:
        session.rollback()
        raise ConflictError("Dispatch %(no)s of this mail is not in doubt (any more): nothing was changed.", no=no)
    event = Event.RESEND if decision is Decision.RESEND else Event.LEAVE
    row.state = dispatches.next_state(row.state, event)
    row.settled_at, row.settled_how, row.lease_token = now, f"person:{decision}", None
    row.state_reason = f"{decision} by {actor}"
    session.flush()
    if decision is Decision.RESEND:
        splitting.send_rest(session, blast, row, now=now)
    audit.record(
        session,
        actor=actor,
        what="dispatch.decided",
        object_=f"dispatch:{blast_id}.{no}",
        now=now,
        details={"decision": decision.value},
    )
    session.commit()


def move(session: Session, blast: Blast, what: Move, *, now: datetime, actor: str, why: Sentence) -> bool:
    """Make one move in the caller's transaction, which holds the blast's lock; return False if it changes nothing."""
    begun, started = blast.plan_cursor > 0 or blast.swept_to is not None, blast.started_at is not None
    becomes = blasts.next_state(blast.state, what, started=started, begun=begun)
    if becomes is blast.state:
        return False
    audit.record(
        session,
        actor=actor,
        what="blast.state",
        object_=f"blast:{blast.id}",
        now=now,
        details={"from": blast.state.value, "to": becomes.value, "why": why},
    )
    blast.state, blast.state_reason = becomes, why
    blast.progress_at = now
    if becomes in ENDED:
        blast.ended_at = now
    session.flush()
    return True


def end(session: Session, blast: Blast, *, now: datetime, actor: str, why: Sentence) -> None:
    """Cancel a blast and all of its requests that have not begun, in the caller's transaction under the lock."""
    cancel_unbegun(session, blast.id, why=why, now=now)
    move(session, blast, Move.CANCEL, now=now, actor=actor, why=why)


def cancel_unbegun(session: Session, blast_id: int, *, why: str, now: datetime) -> None:
    """Cancel the planned and claimed requests of a blast: a claimed one loses its token, so it cannot begin."""
    session.execute(
        update(Dispatch)
        .where(Dispatch.blast_id == blast_id, Dispatch.state.in_(dispatches.states_before(Event.CANCEL)))
        .values(
            state=DispatchState.CANCELLED,
            state_reason=why,
            lease_token=None,
            lease_until=None,
            settled_at=now,
            settled_how="cancelled",
        )
        .execution_options(synchronize_session=False)
    )


def _move_alone(session: Session, blast_id: int, what: Move, *, now: datetime, actor: str) -> None:
    blast = find(session, blast_id)
    was = blast.state
    why = (
        Sentence("paused by %(actor)s", actor=actor)
        if what is Move.PAUSE
        else Sentence("resumed by %(actor)s", actor=actor)
    )
    if not move(session, blast, what, now=now, actor=actor, why=why):
        session.rollback()
        if (what, was) != (Move.PAUSE, BlastState.PAUSED) and was not in blasts.RUNNING:
            if what is Move.PAUSE:
                raise ConflictError("This mail is %(state)s: it cannot be paused.", state=was)
            raise ConflictError("This mail is %(state)s: it cannot be resumed.", state=was)
        return
    session.commit()
