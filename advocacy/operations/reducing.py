"""Who got which mail is kept for a while after a campaign was closed; then its numbers stay, and the rows by person go."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import Session

from advocacy.domain.blast import ENDED, BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.models import counting
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.progress import left_out_numbers
from advocacy.models.supporter import Consent
from advocacy.operations import figures, trying

_AT_ONCE = 5_000
_MOST = 200_000
_OPEN = (DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)
_OVER = (*ENDED, BlastState.MISSED)


def old(session: Session, *, before: datetime, now: datetime) -> int:
    """Reduce the mails that ended before then, of campaigns closed before then; return how many rows went.

    A transaction counts a campaign a last time and marks its mails; the rows go after it, some at once. Killed at any
    moment, the next hour goes on with it.
    """
    for campaign_id in session.scalars(select(Blast.campaign_id).where(*_is_old(before)).distinct()).all():
        count_last(session, campaign_id, before=before, now=now)
    gone = 0
    for blast_id in session.scalars(select(Blast.id).where(Blast.reduced_at.is_not(None)).order_by(Blast.id)).all():
        gone += _clear(session, blast_id, _MOST - gone)
        if gone >= _MOST:
            break
    return gone


def _is_old(before: datetime) -> Sequence[ColumnElement[bool]]:
    closed = exists().where(
        Campaign.id == Blast.campaign_id, Campaign.state == CampaignState.CLOSED, Campaign.closed_at < before
    )
    # A mail that is still open, or of which nobody knows whether it was taken, waits for its end.
    moves = exists().where(Dispatch.blast_id == Blast.id, Dispatch.state.in_(_OPEN))
    return Blast.reduced_at.is_(None), Blast.state.in_(_OVER), Blast.scheduled_at < before, closed, ~moves


def count_last(session: Session, campaign_id: int, *, before: datetime, now: datetime) -> None:
    """Count a campaign and mark those of its mails that are old; from then on its numbers alone tell of them."""
    blasts = session.scalars(select(Blast).where(Blast.campaign_id == campaign_id, *_is_old(before))).all()
    more = [
        number for blast in blasts for number in (*left_out_numbers(session, blast.id), *trying.numbers(session, blast))
    ]
    if not figures.reduce(session, campaign_id, more, now):
        session.rollback()
        return
    ids = [blast.id for blast in blasts]
    session.execute(
        update(Blast).where(Blast.id.in_(ids)).values(reduced_at=now).execution_options(synchronize_session=False)
    )
    # At once, since from now on those left out are told from the numbers.
    session.execute(
        delete(Delivery)
        .where(Delivery.blast_id.in_(ids), Delivery.skip_reason.is_not(None))
        .execution_options(synchronize_session=False)
    )
    session.commit()


def _clear(session: Session, blast_id: int, most: int) -> int:
    gone = 0
    some = (
        select(Delivery.supporter_id)
        .where(Delivery.blast_id == blast_id, ~_left_after())
        .order_by(Delivery.supporter_id)
        .limit(_AT_ONCE)
    )
    while gone < most and (ids := session.scalars(some).all()):
        session.execute(
            delete(Delivery)
            .where(Delivery.blast_id == blast_id, Delivery.supporter_id.in_(ids))
            .execution_options(synchronize_session=False)
        )
        session.commit()
        gone += len(ids)
    session.execute(
        update(Delivery)
        .where(Delivery.blast_id == blast_id, Delivery.outcome.is_not(None) | Delivery.opened.is_not(None))
        .values(outcome=None, outcome_at=None, opened=None)
        .execution_options(synchronize_session=False)
    )
    session.commit()
    return gone


def _left_after() -> ColumnElement[bool]:
    """Whether the person left by themselves after this mail left for them: such a row stays, without what became of it.

    It says which mail came last before, and without it another campaign's mail would be taken for the one. Whoever
    left for good is blank by then.
    """
    return exists().where(
        Dispatch.blast_id == Delivery.blast_id,
        Dispatch.no == Delivery.dispatch_no,
        and_(Consent.supporter_id == Delivery.supporter_id, counting.withdrawn(), Consent.at >= Dispatch.inflight_at),
    )
