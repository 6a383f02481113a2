"""What a restored copy may not do by itself: send what may have gone out after the copy was made."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from advocacy.domain.blast import RUNNING, BlastState, Move
from advocacy.domain.dispatch import DispatchState, Event, states_before
from advocacy.domain.sentence import Sentence
from advocacy.models.blast import Blast
from advocacy.models.single_mail import SingleMail
from advocacy.operations import blast_moves

WHY = Sentence("restored: what it sent after the copy was made is not known here")


def hold_mails(session: Session, *, now: datetime) -> int:
    """Pause each mail that has begun, or was due by now, in the caller's transaction; return how many.

    The copy takes for unsent what left after it was made, and the reports that told of it are lost with the database
    that was here. So a person decides about each: resumed, whom no late report names may get it twice. Mails to one
    person that were waiting are dropped: whoever asked for one can ask again.
    """
    stopped = (BlastState.PAUSED, BlastState.BLOCKED)
    begun = or_(Blast.swept_to.is_not(None), Blast.scheduled_at <= now)
    ids = session.scalars(select(Blast.id).where(Blast.state.in_((*RUNNING, *stopped)), begun).order_by(Blast.id)).all()
    for id_ in ids:
        blast = blast_moves.find(session, id_)
        if not blast_moves.move(session, blast, Move.PAUSE, now=now, actor="cli", why=WHY):
            blast.state_reason = WHY  # It was paused before: whoever resumes it has to know.
    session.execute(
        update(SingleMail)
        .where(SingleMail.state.in_(states_before(Event.CANCEL)))
        .values(
            state=DispatchState.CANCELLED,
            state_reason="restored",
            settled_at=now,
            settled_how="cancelled",
            lease_token=None,
            lease_until=None,
            secret_sealed=None,
        )
        .execution_options(synchronize_session=False)
    )
    return len(ids)
