"""What is kept for a few days only is forgotten when they are over."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from advocacy.domain.supporter import SupporterState
from advocacy.models import installation
from advocacy.models.base import forget_the_log
from advocacy.models.blast import Report
from advocacy.models.supporter import SignUp, Supporter, Suppression
from advocacy.operations import (
    desk_sessions,
    drafts,
    exports,
    imports,
    parcels,
    preferences,
    privacy,
    reducing,
    tagging,
)
from advocacy.operations.supporters import SIGN_UP_LIFE

EVERY = timedelta(hours=1)
_AT_ONCE = 1000
_MOST_REPORTS = 100_000


def when_it_is_time(session: Session, now: datetime) -> None:
    """Forget what is due, once an hour; in between it does nothing."""
    last = installation.fact(session, installation.FORGOT_AT)
    if last is not None and now - datetime.fromisoformat(last) < EVERY:
        session.rollback()
        return
    installation.set_fact(session, installation.FORGOT_AT, now.isoformat())
    session.commit()
    rules = preferences.read(session)
    imports.forget_old(session, now)
    exports.forget_old(session, now)
    tagging.forget_old(session, now)
    if unconfirmed(session, now) + parcels.forget_old(session, now) + drafts.forget_ended(session, now):
        forget_the_log(session)
    reports(session, before=now - timedelta(days=rules.keep_reports_days))
    desk_sessions.forget(session, now=now)
    reducing.old(session, before=now - timedelta(days=rules.keep_mails_days), now=now)
    left(session, before=now - timedelta(days=rules.keep_left_days), now=now)


def reports(session: Session, *, before: datetime) -> int:
    """Forget the provider's reports that were applied and are older; return how many. What follows from them stays."""
    old = select(Report.id).where(Report.kept_at < before, Report.applied_at.is_not(None)).limit(_AT_ONCE)
    gone = 0
    while number := len(
        session.scalars(
            delete(Report)
            .where(Report.id.in_(old.scalar_subquery()))
            .execution_options(synchronize_session=False)
            .returning(Report.id)
        ).all()
    ):
        session.commit()
        gone += number
        if gone >= _MOST_REPORTS:
            break
    session.commit()
    return gone


def left(session: Session, *, before: datetime, now: datetime) -> int:
    """Erase those who left for good, or whose address is dead, longer ago; return how many.

    The keyed hash that keeps us from writing to them again stays with the trace of their consent.
    """
    gone = session.scalars(
        select(Supporter)
        .join(Suppression, Suppression.suppression_key == Supporter.suppression_key)
        .where(
            Supporter.state.in_((SupporterState.UNSUBSCRIBED, SupporterState.BOUNCED)),
            Suppression.scope == "all",
            Suppression.at < before,
        )
        .order_by(Supporter.id)
        .limit(_AT_ONCE)
    ).all()
    for supporter in gone:
        privacy.erase(session, supporter, now=now, actor="engine")
    session.commit()
    return len(gone)


def unconfirmed(session: Session, now: datetime) -> int:
    """Forget sign-ups that nobody confirmed within seven days; return how many.

    Name and town go with them, and the address of a person of whom nothing else is kept. The keyed hash of the address
    and the mails that were ordered stay, without a name: by them confirmations to one address are counted for good.
    """
    before = now - SIGN_UP_LIFE
    stale = (
        select(SignUp.id)
        .where(SignUp.confirmed_at.is_(None), SignUp.created_at < before)
        .order_by(SignUp.created_at)
        .limit(_AT_ONCE)
    )
    gone = session.execute(
        delete(SignUp)
        .where(SignUp.id.in_(stale.scalar_subquery()), SignUp.confirmed_at.is_(None))
        .execution_options(synchronize_session=False)
        .returning(SignUp.supporter_id)
    ).all()
    session.commit()
    if gone:
        _blank(session, sorted({row.supporter_id for row in gone}))
    return len(gone)


def _blank(session: Session, supporter_ids: list[int]) -> None:
    """Blank those who never confirmed. Their rows are locked first, so that one who signs up again now is seen."""
    waiting: list[ColumnElement[bool]] = [
        Supporter.id.in_(supporter_ids),
        Supporter.state == SupporterState.PENDING,
        Supporter.confirmed_at.is_(None),
    ]
    locked = session.scalars(select(Supporter.id).where(*waiting).order_by(Supporter.id).with_for_update()).all()
    session.execute(
        update(Supporter)
        .where(Supporter.id.in_(locked), ~exists().where(SignUp.supporter_id == Supporter.id))
        .values(email_sealed=None, name_sealed=None, town_sealed=None)
        .execution_options(synchronize_session=False)
    )
    session.commit()
