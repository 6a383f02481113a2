"""Supporters, what they asked for, what they agreed to and what they told us they did."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.domain.addressee import Channel
from advocacy.domain.call import CallOutcome
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.models.base import Base, BigId, enum_of, keys_of


def new_uid() -> str:
    return uuid4().hex


class Supporter(Base):
    """One person, one row, for ever: erasing blanks it and keeps its id and hashes.

    `email`, `name` and `town` are sealed for "supporter.<column>" and this row's `uid`.
    """

    __tablename__ = "supporter"
    __table_args__ = (
        Index("ix_supporter_country", "country", "id"),
        Index("ix_supporter_language", "language", "id"),
        Index("ix_supporter_timezone", "timezone", "id"),
        Index("ix_supporter_state_id", "state", "id"),
        Index("ix_supporter_confirmed", "confirmed_at", "id"),
        Index("ix_supporter_tags", "tags", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    email_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    suppression_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    town_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[SupporterState] = mapped_column(enum_of(SupporterState), default=SupporterState.PENDING)
    country: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(12), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    tags: Mapped[list[str]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"), default=list)
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


SEALED = ("email", "name", "town")


def seal(session: Session, supporter: Supporter, **values: str | None) -> None:
    """Encrypt the values given (of `SEALED`) into the supporter's row; None or an empty text clears one."""
    for column, value in values.items():
        sealed = keys_of(session).seal(f"supporter.{column}", supporter.uid, value) if value else None
        setattr(supporter, f"{column}_sealed", sealed)


def opened(session: Session, supporter: Supporter, column: str) -> str:
    """Decrypt one of `SEALED`; an empty text where nothing is kept."""
    sealed: bytes | None = getattr(supporter, f"{column}_sealed")
    return keys_of(session).open(f"supporter.{column}", supporter.uid, sealed) if sealed else ""


class EmailAlias(Base):
    """An address the supporter had before: it still finds the same row."""

    __tablename__ = "email_alias"

    email_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)


class Subscription(Base):
    """What a supporter asked for: the alert list (`campaign_id` NULL) or one campaign. `left_at` ends it."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("supporter_id", "campaign_id"),
        Index(
            "uq_subscription_alerts",
            "supporter_id",
            unique=True,
            sqlite_where=text("campaign_id IS NULL"),
            postgresql_where=text("campaign_id IS NULL"),
        ),
        Index("ix_subscription_campaign_joined", "campaign_id", "joined_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    reminders: Mapped[Reminders] = mapped_column(enum_of(Reminders), default=Reminders.ALL)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class SignUp(Base):
    """One press of "sign me up", until its confirmation: what was asked, kept apart from the supporter's own row so
    that nobody else's form changes it. Dies after seven days.

    `token_hash` is there when a confirmation was ordered; `abuse_key` is a keyed hash of the mailbox, whatever "+tag"
    the address has, by which confirmations are counted.
    """

    __tablename__ = "sign_up"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    reminders: Mapped[Reminders | None] = mapped_column(enum_of(Reminders))
    alerts: Mapped[bool] = mapped_column(default=False)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    town_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    country: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(12), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    abuse_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]


class Consent(Base):
    """The ledger of consent: append-only; what holds now is a view over it (CASL s. 13, GDPR Art. 7(1))."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "ix_consent_withdrawn",
            "at",
            "supporter_id",
            sqlite_where=text("action = 'withdrawn'"),
            postgresql_where=text("action = 'withdrawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    action: Mapped[ConsentAction] = mapped_column(enum_of(ConsentAction))
    wording: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80), default="supporter")
    at: Mapped[datetime]


class Action(Base):
    """A supporter's report "I sent it": once per campaign, addressee and channel."""

    __tablename__ = "action"
    __table_args__ = (
        UniqueConstraint("supporter_id", "campaign_id", "addressee_id", "channel"),
        Index("ix_action_campaign", "campaign_id", "supporter_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    addressee_id: Mapped[int] = mapped_column(ForeignKey("addressee.id", ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(enum_of(Channel))
    outcome: Mapped[CallOutcome | None] = mapped_column(enum_of(CallOutcome))
    at: Mapped[datetime] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(Date)


class Suppression(Base):
    """An address never to be written to again, as a keyed hash. Only an organiser's recorded act removes one."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("suppression_key", "scope"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    suppression_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    scope: Mapped[str] = mapped_column(String(40), default="all")
    reason: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


def of_campaign(campaign_id: int | None) -> ColumnElement[bool]:
    """Pick the subscriptions to one campaign, or those to the alert list for None."""
    return Subscription.campaign_id.is_(None) if campaign_id is None else Subscription.campaign_id == campaign_id


def by_address(session: Session, address: str) -> Supporter | None:
    """Find the supporter with this normalised address, under any key of the ring or an earlier address."""
    hashes = [literal(each, LargeBinary) for each in keys_of(session).email_keys(address)]
    return session.scalar(select(Supporter).where(Supporter.id == id_of(hashes)))


def id_of(hashes: Sequence[ColumnElement[bytes]]) -> ColumnElement[int]:
    """Return, as an expression, the id of whoever has or had the address with one of these hashes.

    Two look-ups by index: asked with an OR over both tables, PostgreSQL reads every supporter.
    """
    now = select(Supporter.id).where(or_(*(Supporter.email_key == each for each in hashes))).limit(1)
    before = select(EmailAlias.supporter_id).where(or_(*(EmailAlias.email_key == each for each in hashes))).limit(1)
    found: ColumnElement[int] = func.coalesce(
        now.correlate(None).scalar_subquery(), before.correlate(None).scalar_subquery()
    )
    return found


def suppressed(session: Session, address: str) -> bool:
    hashes = keys_of(session).suppression_keys(address)
    return (
        session.scalar(
            select(Suppression.id).where(Suppression.suppression_key.in_(hashes), Suppression.scope == "all").limit(1)
        )
        is not None
    )


def actions_taken(session: Session, campaign_id: int) -> int:
    """Return how many supporters told us they acted in this campaign."""
    return (
        session.scalar(select(func.count(func.distinct(Action.supporter_id))).where(Action.campaign_id == campaign_id))
        or 0
    )
