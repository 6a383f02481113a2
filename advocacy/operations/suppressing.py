"""Never write to these people again: the one way, whoever asks for it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, delete, exists, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.blast import Delivery, Dispatch
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Subscription, Supporter, Suppression

_POLL_SECONDS = 0.2


class Reason(StrEnum):
    """Why an address is suppressed. `state` is what becomes of its supporter."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    ERASED = "erased"
    ORGANISER = "organiser"
    IMPORTED = "imported"

    @property
    def state(self) -> SupporterState:
        if self is Reason.BOUNCED:
            return SupporterState.BOUNCED
        return SupporterState.ERASED if self is Reason.ERASED else SupporterState.UNSUBSCRIBED


def suppress(session: Session, supporter_ids: Collection[int], reason: Reason, *, now: datetime) -> None:
    """Suppress these supporters and end all they asked for; then take back what is claimed but not begun.

    Two transactions, in this order, so that a request which read them as eligible before the first cannot begin after
    the second: no request that carries them begins once this has returned. What the caller has added to the session
    (the consent withdrawn) is committed with the first.
    """
    if not supporter_ids:
        return
    note(session, supporter_ids, reason, now=now)
    session.commit()
    revoke(session, supporter_ids)
    session.commit()


def note(session: Session, supporter_ids: Collection[int], reason: Reason, *, now: datetime) -> None:
    """Write the suppressions and end the subscriptions in the caller's transaction.

    Commit it, then `revoke` and commit again: `suppress` does all of that.
    """
    ids = sorted(set(supporter_ids))
    keys = select(
        Supporter.suppression_key, literal("all"), literal(reason.value), literal(now, Suppression.at.type)
    ).where(Supporter.id.in_(ids))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Suppression)
        .from_select(["suppression_key", "scope", "reason", "at"], keys)
        .on_conflict_do_nothing(index_elements=["suppression_key", "scope"])
    )
    session.execute(
        update(Subscription)
        .where(Subscription.supporter_id.in_(ids), Subscription.left_at.is_(None))
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Supporter)
        .where(Supporter.id.in_(ids), Supporter.state != SupporterState.ERASED)
        .values(state=reason.state)
        .execution_options(synchronize_session=False)
    )


def lift(session: Session, supporter_id: int, reason: Reason, *, at: datetime) -> bool:
    """Take back the suppression this person's own press made at that very instant; return whether there was one.

    In the caller's transaction, which also records it in the audit log. Never for another reason, nor an older press.
    """
    keys = select(Supporter.suppression_key).where(Supporter.id == supporter_id)
    gone = session.execute(
        delete(Suppression)
        .where(Suppression.suppression_key.in_(keys), Suppression.reason == reason.value, Suppression.at == at)
        .execution_options(synchronize_session=False)
        .returning(Suppression.id)
    ).all()
    return bool(gone)


def revoke(session: Session, supporter_ids: Collection[int]) -> int:
    """Take back every claimed dispatch and single mail that carries these people; return how many.

    They are planned again under no token, so that the beginning of whoever held them finds nothing to begin. Call it
    in a transaction of its own after the one that made the people ineligible.
    """
    ids = sorted(set(supporter_ids))
    found = session.execute(
        select(Dispatch.blast_id, Dispatch.no)
        .where(Dispatch.state == DispatchState.CLAIMED, _carries(ids))
        .order_by(Dispatch.blast_id, Dispatch.no)
        .with_for_update()
    ).all()
    freed = {"state": DispatchState.PLANNED, "lease_token": None, "lease_until": None}
    for blast_id, no in found:
        session.execute(
            update(Dispatch)
            .where(Dispatch.blast_id == blast_id, Dispatch.no == no, Dispatch.state == DispatchState.CLAIMED)
            .values(freed)
            .execution_options(synchronize_session=False)
        )
    singles = session.execute(
        update(SingleMail)
        .where(SingleMail.supporter_id.in_(ids), SingleMail.state == DispatchState.CLAIMED)
        .values(freed)
        .execution_options(synchronize_session=False)
        .returning(SingleMail.id)
    ).all()
    return len(found) + len(singles)


def wait_until_clear(session: Session, supporter_ids: Collection[int], *, clock: Clock, limit: timedelta) -> bool:
    """Wait until no request that carries these people is on its way; return False if one still may be after `limit`.

    One whose answer is overdue is no longer waited for, and counts as one that may be on its way. Only an HTTP answer
    waits here; holds no transaction while it does.
    """
    ids = sorted(set(supporter_ids))
    until = clock.boottime() + limit.total_seconds()
    while True:
        now = moment.now(session, clock)
        open_ = [*session.scalars(_on_the_way(ids)), *session.scalars(_single_on_the_way(ids))]
        session.rollback()
        if not open_:
            return True
        waiting = any(answer_by is not None and answer_by > now for answer_by in open_)
        if not waiting or clock.boottime() >= until:
            return False
        clock.sleep(_POLL_SECONDS)


def _on_the_way(ids: Collection[int]) -> Select[datetime | None]:
    return select(Dispatch.answer_by).where(Dispatch.state == DispatchState.INFLIGHT, _carries(ids))


def _single_on_the_way(ids: Collection[int]) -> Select[datetime | None]:
    return select(SingleMail.answer_by).where(
        SingleMail.supporter_id.in_(ids), SingleMail.state == DispatchState.INFLIGHT
    )


def _carries(ids: Collection[int]) -> ColumnElement[bool]:
    return exists().where(
        Delivery.blast_id == Dispatch.blast_id,
        Delivery.dispatch_no == Dispatch.no,
        Delivery.skip_reason.is_(None),
        Delivery.supporter_id.in_(ids),
    )
