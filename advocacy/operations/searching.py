"""Ask the provider's logs about requests in doubt: outside any transaction, a few at a time, again after a while."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.handover import Searchable
from advocacy.domain.keys import SealError
from advocacy.gateways import Gateways
from advocacy.models.blast import Delivery, Dispatch
from advocacy.models.supporter import Supporter, opened
from advocacy.operations import applying

AGAIN_AFTER = timedelta(minutes=10)
_MOST = 5
_SECONDS = 15.0
_READABLE = 20


def search(session: Session, now: datetime, *, gateways: Gateways, quarantine: timedelta) -> None:
    """Look up requests whose quarantine is over. One that is found was accepted; one that is not stays in doubt.

    Not being found proves nothing alone (logs come late): it is one of the conditions of the proof of absence. A
    dispatch in doubt keeps in `hold_until` when it is asked about next, so that having one says it was asked about.
    """
    provider = gateways.provider
    if not isinstance(provider, Searchable):
        return
    until = gateways.clock.boottime() + _SECONDS
    for blast_id, no, public_id, begun in session.execute(
        select(Dispatch.blast_id, Dispatch.no, Dispatch.public_id, Dispatch.inflight_at)
        .where(
            Dispatch.state == DispatchState.AMBIGUOUS,
            Dispatch.answer_by <= now - quarantine,
            or_(Dispatch.hold_until.is_(None), Dispatch.hold_until <= now),
        )
        .order_by(Dispatch.hold_until.is_not(None), Dispatch.hold_until, Dispatch.answer_by)
        .limit(_MOST)
    ).all():
        address = _somebody(session, blast_id, no)
        session.rollback()
        if gateways.clock.boottime() >= until:
            return
        found = provider.found(public_id, address=address, since=begun) if address and begun else None
        if found:
            applying.vouch(session, [public_id], now=now, how="log")
            continue
        session.execute(
            update(Dispatch)
            .where(_doubted(blast_id, no))
            .values(hold_until=now + AGAIN_AFTER)
            .execution_options(synchronize_session=False)
        )
        session.commit()


def asked_about(provider: object) -> ColumnElement[bool]:
    """Whether the logs were asked about a dispatch in doubt, where there are logs to ask."""
    return Dispatch.hold_until.is_not(None) if isinstance(provider, Searchable) else Dispatch.no.is_not(None)


def _doubted(blast_id: int, no: int) -> ColumnElement[bool]:
    return and_(Dispatch.blast_id == blast_id, Dispatch.no == no, Dispatch.state == DispatchState.AMBIGUOUS)


def _somebody(session: Session, blast_id: int, no: int) -> str | None:
    """Return the address of one person whom the request carried."""
    for supporter in session.scalars(
        select(Supporter)
        .join(Delivery, Delivery.supporter_id == Supporter.id)
        .where(
            Delivery.blast_id == blast_id,
            Delivery.dispatch_no == no,
            Delivery.skip_reason.is_(None),
            Supporter.email_sealed.is_not(None),
        )
        .order_by(Supporter.id)
        .limit(_READABLE)
    ):
        try:
            return opened(session, supporter, "email")
        except SealError:
            continue
    return None
