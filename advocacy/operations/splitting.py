"""Children of a dispatch: the people who still have no mail go as requests of their own."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from advocacy.domain.blast import ENDED
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.operations.buckets import Bucket
from advocacy.operations.cutting import dispatch_row


def send_rest(session: Session, blast: Blast, parent: Dispatch, *, now: datetime) -> int:
    """Move everyone of `parent` who was not skipped to one child; return how many. `blast` is locked by the caller."""
    people = _people(session, parent)
    return _child(session, blast, parent, people, now=now)


def halve(session: Session, blast: Blast, parent: Dispatch, *, now: datetime) -> int:
    """Move the people of a refused request to two children, so that who spoils it is found in few steps."""
    people = _people(session, parent)
    middle = (len(people) + 1) // 2
    return _child(session, blast, parent, people[:middle], now=now) + _child(
        session, blast, parent, people[middle:], now=now
    )


def may_have_children(blast: Blast, parent: Dispatch, now: datetime) -> bool:
    """Nobody is written to after the last instant, or from a blast that was closed."""
    return blast.state not in ENDED and now < parent.send_by


def _people(session: Session, parent: Dispatch) -> list[int]:
    return list(
        session.scalars(
            select(Delivery.supporter_id)
            .where(
                Delivery.blast_id == parent.blast_id,
                Delivery.dispatch_no == parent.no,
                Delivery.skip_reason.is_(None),
            )
            .order_by(Delivery.supporter_id)
        )
    )


def _child(session: Session, blast: Blast, parent: Dispatch, people: list[int], *, now: datetime) -> int:
    if not people or not may_have_children(blast, parent, now):
        return 0
    no = (session.scalar(select(func.max(Dispatch.no)).where(Dispatch.blast_id == blast.id)) or 0) + 1
    bucket = Bucket(parent.due_at, parent.send_by, parent.civil_until, parent.zone or "", parent.content_version_id)
    session.execute(
        insert(Dispatch).values(
            dispatch_row(blast.id, no, bucket)
            | {
                "parent_no": parent.no,
                "canary": parent.canary,
                "counts_at": parent.counts_at,
                "zone": parent.zone,
                "n": len(people),
                "first_supporter_id": people[0],
                "last_supporter_id": people[-1],
            }
        )
    )
    session.execute(
        update(Delivery)
        .where(
            Delivery.blast_id == blast.id,
            Delivery.dispatch_no == parent.no,
            Delivery.skip_reason.is_(None),
            Delivery.supporter_id.between(people[0], people[-1]),
        )
        .values(dispatch_no=no)
        .execution_options(synchronize_session=False)
    )
    parent.n -= len(people)
    return len(people)
