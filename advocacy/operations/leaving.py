"""Supporters choose fewer mails, or none; and take a press back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Subscription, Supporter, of_campaign
from advocacy.operations import audit, consent, suppressing

UNDO_LIFE = timedelta(minutes=30)


@dataclass(frozen=True)
class Left:
    """What became of a wish to leave. `at` is the instant that an undo names; None when nothing was there to end."""

    at: datetime | None
    clear: bool = True


def stop_all(session: Session, supporter_id: int, *, source: str, clock: Clock, limit: timedelta) -> Left:
    """End every mail to this person: no request that carries them begins after this returns.

    `clear` is False when one that began before may still arrive. An erased or unknown person is left as they are.
    """
    now = moment.now(session, clock)
    supporter = session.get(Supporter, supporter_id)
    if supporter is None or supporter.state is SupporterState.ERASED:
        session.rollback()
        return Left(None)
    first_time = supporter.state is not SupporterState.UNSUBSCRIBED
    if first_time:
        for campaign_id in [choice.campaign_id for choice in choices(session, supporter_id)]:
            purpose = consent.purpose_of(campaign_id)
            consent.note(session, supporter_id, purpose, ConsentAction.WITHDRAWN, campaign_id, now, source=source)
    suppressing.suppress(session, [supporter_id], suppressing.Reason.UNSUBSCRIBED, now=now)
    faults.point("web.unsub.after_commit")
    clear = suppressing.wait_until_clear(session, [supporter_id], clock=clock, limit=limit)
    return Left(now if first_time else None, clear=clear)


def stop_campaign(session: Session, supporter_id: int, campaign_id: int, *, source: str, clock: Clock) -> Left:
    """End the mails of one campaign only; someone on the alert list gets no more of this one either."""
    now = moment.now(session, clock)
    supporter, campaign = session.get(Supporter, supporter_id), session.get(Campaign, campaign_id)
    if supporter is None or campaign is None:
        session.rollback()
        return Left(None)
    row = session.scalar(
        select(Subscription).where(Subscription.supporter_id == supporter_id, of_campaign(campaign_id))
    )
    if row is not None and row.left_at is not None:
        session.rollback()
        return Left(None)
    if row is None:
        row = Subscription(supporter_id=supporter_id, campaign_id=campaign_id, reminders=Reminders.NONE, joined_at=now)
        session.add(row)
    row.left_at = now
    consent.note(session, supporter_id, consent.CAMPAIGN, ConsentAction.WITHDRAWN, campaign_id, now, source=source)
    session.commit()
    suppressing.revoke(session, [supporter_id])
    session.commit()
    return Left(now)


def undo(session: Session, supporter_id: int, left_at: datetime, *, source: str, clock: Clock) -> bool:
    """Take back what one press ended, for half an hour after it; return whether there was something to take back.

    It restores exactly what ended at that instant, so a forwarded mail can bring nobody back who had left before.
    """
    now = moment.now(session, clock)
    supporter = session.get(Supporter, supporter_id, with_for_update=True, populate_existing=True)
    ended = session.scalars(
        select(Subscription).where(Subscription.supporter_id == supporter_id, Subscription.left_at == left_at)
    ).all()
    lifted = suppressing.lift(session, supporter_id, suppressing.Reason.UNSUBSCRIBED, at=left_at)
    if supporter is None or now - left_at > UNDO_LIFE or not (ended or lifted):
        session.rollback()
        return False
    for row in ended:
        if row.joined_at == left_at:
            session.delete(row)  # It was written only to say that they left.
            continue
        row.left_at = None
        purpose = consent.purpose_of(row.campaign_id)
        consent.note(session, supporter_id, purpose, ConsentAction.CONFIRMED, row.campaign_id, now, source=source)
    if lifted:
        supporter.state = SupporterState.ACTIVE if supporter.confirmed_at else SupporterState.PENDING
    audit.record(
        session,
        actor="supporter",
        what="supporter.undo",
        object_=f"supporter:{supporter_id}",
        now=now,
        details={"left_at": left_at.isoformat(), "all": lifted},
    )
    session.commit()
    return True


@dataclass(frozen=True)
class Choice:
    """One subscription that still runs. `campaign_id` is None for the alert list."""

    campaign_id: int | None
    reminders: Reminders


def choices(session: Session, supporter_id: int) -> list[Choice]:
    """Return what a person gets now, the alert list first."""
    rows = session.scalars(
        select(Subscription)
        .where(Subscription.supporter_id == supporter_id, Subscription.left_at.is_(None))
        .order_by(Subscription.campaign_id.is_not(None), Subscription.joined_at, Subscription.id)
    )
    return [Choice(row.campaign_id, row.reminders) for row in rows]


def set_preferences(
    session: Session,
    supporter_id: int,
    wanted: Mapping[int | None, Reminders | None],
    *,
    language: str | None,
    zone: str | None,
    source: str,
    clock: Clock,
) -> None:
    """Set how many mails come from what a person is on; None ends one. Never adds: the link may have been forwarded.

    Raises InvalidError, and changes nothing, when something is named that they are not on.
    """
    now = moment.now(session, clock)
    supporter = session.get(Supporter, supporter_id)
    if supporter is None or supporter.state is SupporterState.ERASED:
        raise NotFoundError("There is nothing to choose here any more.")
    rows = {
        row.campaign_id: row
        for row in session.scalars(
            select(Subscription).where(Subscription.supporter_id == supporter_id, Subscription.left_at.is_(None))
        )
    }
    if not set(wanted) <= set(rows):
        raise InvalidError("That is not one of your subscriptions.")
    ended = False
    for campaign_id, reminders in wanted.items():
        if reminders is not None:
            rows[campaign_id].reminders = reminders
            continue
        ended = True
        rows[campaign_id].left_at = now
        purpose = consent.purpose_of(campaign_id)
        consent.note(session, supporter_id, purpose, ConsentAction.WITHDRAWN, campaign_id, now, source=source)
    supporter.language = language or supporter.language
    supporter.timezone = zone or supporter.timezone
    session.commit()
    if ended:
        suppressing.revoke(session, [supporter_id])
        session.commit()


def left_campaigns(session: Session, supporter_id: int) -> frozenset[int]:
    """Return the campaigns a person has left, so that nobody offers them again to leave."""
    found = session.scalars(
        select(Subscription.campaign_id).where(
            Subscription.supporter_id == supporter_id,
            Subscription.campaign_id.is_not(None),
            Subscription.left_at.is_not(None),
        )
    )
    return frozenset(campaign_id for campaign_id in found if campaign_id is not None)
