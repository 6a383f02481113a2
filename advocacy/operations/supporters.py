"""Supporters confirm what they asked for (`joining.py`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.errors import NotFoundError
from advocacy.domain.keys import hash_of
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import keys_of
from advocacy.models.supporter import (
    Consent,
    SignUp,
    Subscription,
    Supporter,
    of_campaign,
    opened,
    seal,
    suppressed,
)
from advocacy.operations import consent

SIGN_UP_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Joined:
    """What a confirmation link opens. `stopped` says that the address was suppressed meanwhile: nothing is changed."""

    supporter_id: int
    campaign_id: int | None
    language: str
    alerts: bool
    confirmed: bool
    expired: bool
    stopped: bool


def joined(session: Session, token: str, now: datetime) -> Joined:
    """Return what this confirmation link is for. Changes nothing. Raises NotFoundError for any other text."""
    return _told(session, *_by_token(session, token), now)


def confirm(session: Session, token: str, *, clock: Clock) -> Joined:
    """Make the sign-up good: the supporter is active and has what they asked for. Doing it twice changes nothing more."""
    now = moment.now(session, clock)
    sign_up, supporter = _by_token(session, token)
    supporter = session.get_one(Supporter, supporter.id, with_for_update=True, populate_existing=True)
    session.refresh(sign_up)
    told = _told(session, sign_up, supporter, now)
    if told.confirmed or told.expired or told.stopped:
        session.rollback()
        return told
    sign_up.confirmed_at = now
    supporter.state = SupporterState.ACTIVE
    supporter.confirmed_at = supporter.confirmed_at or now
    supporter.country = sign_up.country or supporter.country
    supporter.language, supporter.timezone = sign_up.language, sign_up.timezone
    _take_over(session, sign_up, supporter)
    _confirm_consent(session, sign_up, now)
    if sign_up.campaign_id is not None:
        _subscribe(session, supporter.id, sign_up.campaign_id, sign_up.reminders or Reminders.ALL, now)
    if sign_up.alerts:
        _subscribe(session, supporter.id, None, Reminders.ALL, now)
    session.commit()
    return _told(session, sign_up, supporter, now)


def _by_token(session: Session, token: str) -> tuple[SignUp, Supporter]:
    sign_up = session.scalar(select(SignUp).where(SignUp.token_hash == hash_of(token))) if token.isascii() else None
    supporter = session.get(Supporter, sign_up.supporter_id) if sign_up else None
    if sign_up is None or supporter is None or supporter.state is SupporterState.ERASED:
        raise NotFoundError("This link is not one of ours, or its time is over. Sign up again to get a new one.")
    return sign_up, supporter


def _told(session: Session, sign_up: SignUp, supporter: Supporter, now: datetime) -> Joined:
    stopped = supporter.state in {SupporterState.UNSUBSCRIBED, SupporterState.BOUNCED} or suppressed(
        session, opened(session, supporter, "email")
    )
    return Joined(
        supporter_id=supporter.id,
        campaign_id=sign_up.campaign_id,
        language=sign_up.language,
        alerts=sign_up.alerts,
        confirmed=sign_up.confirmed_at is not None,
        expired=sign_up.confirmed_at is None and now - sign_up.created_at > SIGN_UP_LIFE,
        stopped=stopped,
    )


def _take_over(session: Session, sign_up: SignUp, supporter: Supporter) -> None:
    """Move name and town to the supporter's own row; what was left empty keeps what is known."""
    keys = keys_of(session)
    for column in ("name", "town"):
        sealed: bytes | None = getattr(sign_up, f"{column}_sealed")
        if sealed is not None:
            seal(session, supporter, **{column: keys.open(f"sign_up.{column}", sign_up.uid, sealed)})
            setattr(sign_up, f"{column}_sealed", None)


def _confirm_consent(session: Session, sign_up: SignUp, now: datetime) -> None:
    asked = session.scalars(
        select(Consent).where(
            Consent.supporter_id == sign_up.supporter_id,
            Consent.action == ConsentAction.ASKED,
            Consent.at == sign_up.created_at,
        )
    ).all()
    for one in asked:
        consent.note(session, one.supporter_id, one.purpose, ConsentAction.CONFIRMED, one.campaign_id, now, like=one)


def _subscribe(
    session: Session, supporter_id: int, campaign_id: int | None, reminders: Reminders, now: datetime
) -> None:
    row = session.scalar(
        select(Subscription)
        .where(Subscription.supporter_id == supporter_id, of_campaign(campaign_id))
        .with_for_update()
    )
    if row is None:
        row = Subscription(supporter_id=supporter_id, campaign_id=campaign_id, joined_at=now)
        session.add(row)
    elif row.left_at is not None:
        row.left_at, row.joined_at = None, now
    row.reminders = reminders
    session.flush()
