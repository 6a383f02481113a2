"""Supporters sign up and confirm."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain import address as addresses
from advocacy.domain.errors import NotFoundError
from advocacy.domain.joining import Answers
from advocacy.domain.keys import Purpose, hash_of, random_token
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import (
    Consent,
    SignUp,
    Subscription,
    Supporter,
    by_address,
    new_uid,
    of_campaign,
    opened,
    seal,
    suppressed,
)
from advocacy.operations import consent, ordering
from advocacy.operations.consent import ALERTS, CAMPAIGN

SIGN_UP_LIFE = timedelta(days=7)
BETWEEN_CONFIRMATIONS = timedelta(minutes=10)
CONFIRMATIONS_A_DAY = 3
CONFIRMATIONS_UNCONFIRMED = 5


@dataclass(frozen=True)
class Wordings:
    """What stood beside the boxes, word for word, and where: the proof of consent. `alerts` is the second box's text."""

    campaign: str
    alerts: str
    version: str
    language: str
    source: str


def join(session: Session, answers: Answers, campaign: Campaign | None, wordings: Wordings, *, clock: Clock) -> None:
    """Keep what was asked and order the confirmation, under the caps; the same steps for known and unknown addresses.

    Without a campaign it is for the alert list. A suppressed address gets no mail. Nothing of an existing supporter
    changes before they confirm.
    """
    now = moment.now(session, clock)
    supporter = _held_row(session, answers.address, now)
    stopped = suppressed(session, answers.address) or supporter.state is SupporterState.ERASED
    mailbox = keys_of(session).current.digest(Purpose.ABUSE, addresses.mailbox_of(answers.address))
    under_caps = _under_caps(session, supporter, mailbox, now)
    allowed = under_caps and not stopped
    if allowed and supporter.email_sealed is None:
        seal(session, supporter, email=answers.address)
    sign_up = _sign_up(session, supporter, answers, campaign, now)
    _ask(session, supporter, answers, campaign, wordings, now)
    _order_confirmation(session, sign_up, mailbox, now=now, kept=allowed)
    faults.point("web.signup.before_commit")
    session.commit()
    faults.point("web.signup.after_commit")


def _order_confirmation(session: Session, sign_up: SignUp, mailbox: bytes, *, now: datetime, kept: bool) -> None:
    """Order the confirmation. One that must not go is written and taken back, so that the answer takes as long."""
    token, token_hash = random_token()
    session.flush()
    with session.begin_nested() as trial:
        ordering.order(
            session,
            SingleKind.CONFIRMATION,
            f"confirmation:{sign_up.uid}",
            now=now,
            supporter_id=sign_up.supporter_id,
            campaign_id=sign_up.campaign_id,
            language=sign_up.language,
            secret=token,
        )
        if not kept:
            trial.rollback()
    if kept:
        sign_up.token_hash, sign_up.abuse_key = token_hash, mailbox


def _held_row(session: Session, address: str, now: datetime) -> Supporter:
    """Return the supporter's row, made if need be and locked, so that two presses at once are counted one by one."""
    if by_address(session, address) is None:
        keys = keys_of(session)
        values = {
            "uid": new_uid(),
            "email_key": keys.email_keys(address)[0],
            "suppression_key": keys.suppression_keys(address)[0],
            "state": SupporterState.PENDING,
            "language": "en",
            "timezone": "UTC",
            "tags": [],
            "sample": False,
            "created_at": now,
        }
        session.execute(_insert(session).values(values).on_conflict_do_nothing(index_elements=["email_key"]))
    found = by_address(session, address)
    if found is None:
        raise NotFoundError("The sign-up could not be kept. Please try again.")
    return session.get_one(Supporter, found.id, with_for_update=True, populate_existing=True)


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Supporter)
    return sqlite.insert(Supporter)


def _under_caps(session: Session, supporter: Supporter, mailbox: bytes, now: datetime) -> bool:
    """Whether one more confirmation may go: one in 10 minutes, three a day, five while unconfirmed (design.md, rule 5).

    Counted for the person, and for the mailbox behind all its "+tag" spellings.
    """
    ordered = select(func.count()).where(
        SingleMail.supporter_id == supporter.id, SingleMail.kind == SingleKind.CONFIRMATION
    )
    to_mailbox = select(func.count()).where(SignUp.abuse_key == mailbox)
    limits = [(BETWEEN_CONFIRMATIONS, 1), (timedelta(days=1), CONFIRMATIONS_A_DAY)]
    for within, most in limits:
        since = now - within
        if (session.scalar(ordered.where(SingleMail.created_at > since)) or 0) >= most:
            return False
        if (session.scalar(to_mailbox.where(SignUp.created_at > since)) or 0) >= most:
            return False
    if supporter.confirmed_at is not None:
        return True
    return (session.scalar(ordered) or 0) < CONFIRMATIONS_UNCONFIRMED


def _sign_up(
    session: Session, supporter: Supporter, answers: Answers, campaign: Campaign | None, now: datetime
) -> SignUp:
    keys, uid = keys_of(session), new_uid()
    row = SignUp(
        uid=uid,
        supporter_id=supporter.id,
        campaign_id=campaign.id if campaign else None,
        reminders=answers.reminders if campaign else None,
        alerts=answers.alerts,
        name_sealed=keys.seal("sign_up.name", uid, answers.name) if answers.name else None,
        town_sealed=keys.seal("sign_up.town", uid, answers.town) if answers.town else None,
        country=answers.country,
        language=answers.language,
        timezone=answers.timezone,
        created_at=now,
    )
    session.add(row)
    return row


def _ask(
    session: Session,
    supporter: Supporter,
    answers: Answers,
    campaign: Campaign | None,
    wordings: Wordings,
    now: datetime,
) -> None:
    asked = [(CAMPAIGN, wordings.campaign)] if campaign else []
    if answers.alerts:
        asked.append((ALERTS, wordings.alerts))
    for purpose, wording in asked:
        session.add(
            Consent(
                supporter_id=supporter.id,
                campaign_id=campaign.id if campaign and purpose == CAMPAIGN else None,
                purpose=purpose,
                action=ConsentAction.ASKED,
                wording=wording,
                version=wordings.version,
                language=wordings.language,
                source=wordings.source,
                at=now,
            )
        )


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
