"""Blasts, their content, who gets them, and the requests that carry them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.sentence import Sentence
from advocacy.models.base import Base, BigId, Told, enum_of


class Blast(Base):
    """One mail to one audience.

    `rule` is a cadence step's key, or "manual", "update", "outcome". `occurrence` carries the campaign's generation
    number (a uuid when written by hand), so that a replanned step is a new blast which `supersedes` the old one.
    Since `reduced_at` only roll-ups tell of it, no longer who got it.
    `plan_cursor` is the last supporter id planned, `planned_at` when nobody was left; `started_at` is when its first
    requests were let go, which may be sooner. `swept_to` is the instant up to which late joiners were looked for.
    """

    __tablename__ = "blast"
    __table_args__ = (
        UniqueConstraint("campaign_id", "rule", "occurrence"),
        Index("ix_blast_state_scheduled", "state", "scheduled_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    rule: Mapped[str] = mapped_column(String(40))
    occurrence: Mapped[str] = mapped_column(String(40))
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("blast.id"))
    state: Mapped[BlastState] = mapped_column(enum_of(BlastState), default=BlastState.SCHEDULED)
    state_reason: Mapped[Sentence] = mapped_column(Told(300), default="")
    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    scheduled_at: Mapped[datetime]
    local_time: Mapped[bool] = mapped_column(default=False)
    send_by: Mapped[datetime]
    plan_cursor: Mapped[int] = mapped_column(BigId, default=0)
    started_at: Mapped[datetime | None]
    planned_at: Mapped[datetime | None]
    swept_to: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)
    progress_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reduced_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class ContentVersion(Base):
    """The words of a blast in one language and arm. Never changed once written.

    `counts_opens`: they tell their reader that opens are counted; of no others are they.
    """

    __tablename__ = "content_version"
    __table_args__ = (UniqueConstraint("blast_id", "language", "arm", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    blast_id: Mapped[int] = mapped_column(ForeignKey("blast.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(12))
    arm: Mapped[str] = mapped_column(String(12), default="")
    subject: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    counts_opens: Mapped[bool] = mapped_column(default=False, server_default=false())


class Delivery(Base):
    """One blast to one supporter: written once while planning. No foreign keys, on purpose: it is the big table.

    `opened` is a `domain.report.Opened`, and None for all mails but those of a request that counts opens.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        PrimaryKeyConstraint("blast_id", "supporter_id"),
        Index("ix_delivery_dispatch", "blast_id", "dispatch_no"),
        Index("ix_delivery_supporter", "supporter_id"),
        Index(
            "ix_delivery_left_out",
            "blast_id",
            "skip_reason",
            "dispatch_no",
            sqlite_where=text("skip_reason IS NOT NULL"),
            postgresql_where=text("skip_reason IS NOT NULL"),
        ),
    )

    blast_id: Mapped[int] = mapped_column(BigId, autoincrement=False)
    supporter_id: Mapped[int] = mapped_column(BigId, autoincrement=False)
    dispatch_no: Mapped[int | None]
    skip_reason: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_at: Mapped[datetime | None]
    opened: Mapped[str | None] = mapped_column(String(10))


class Dispatch(Base):
    """One request to the provider: the unit of truth about acceptance.

    It may begin from `due_at` (and not before `hold_until`, where the provider asked for patience) until `send_by`.
    While it is in doubt, `hold_until` is when the provider's logs are asked about it again.
    `counts_opens` is whether it left with the provider's picture that tells who opens a mail.
    After `civil_until` it waits for the end of the night in `zone`, one of its people's zones: all of them have their
    nights at the same time. Both are None for a mail that keeps no quiet hours. For the frequency cap it counts as
    sent at `counts_at` (`domain.audience.counted_at`).
    """

    __tablename__ = "dispatch"
    __table_args__ = (
        PrimaryKeyConstraint("blast_id", "no"),
        Index(
            "ix_dispatch_due",
            "due_at",
            "blast_id",
            "no",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_dispatch_canary", "blast_id", sqlite_where=text("canary = 1"), postgresql_where=text("canary")),
        Index(
            "ix_dispatch_open",
            "state",
            "answer_by",
            sqlite_where=text("state IN ('claimed', 'inflight', 'ambiguous')"),
            postgresql_where=text("state IN ('claimed', 'inflight', 'ambiguous')"),
        ),
    )

    blast_id: Mapped[int] = mapped_column(BigId, autoincrement=False)
    no: Mapped[int] = mapped_column(autoincrement=False)
    parent_no: Mapped[int | None]
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    content_version_id: Mapped[int] = mapped_column(BigId)
    due_at: Mapped[datetime]
    send_by: Mapped[datetime]
    hold_until: Mapped[datetime | None]
    civil_until: Mapped[datetime | None]
    zone: Mapped[str | None] = mapped_column(String(64))
    counts_at: Mapped[datetime]
    canary: Mapped[bool] = mapped_column(default=False)
    counts_opens: Mapped[bool] = mapped_column(default=False, server_default=false())
    n: Mapped[int]
    first_supporter_id: Mapped[int] = mapped_column(BigId)
    last_supporter_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[DispatchState] = mapped_column(enum_of(DispatchState), default=DispatchState.PLANNED)
    state_reason: Mapped[str | None] = mapped_column(String(300))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    inflight_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_how: Mapped[str | None] = mapped_column(String(40))
    http_status: Mapped[int | None]
    provider_message_id: Mapped[str | None] = mapped_column(String(120))
    body_sha256: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(500))


def is_planned() -> ColumnElement[bool]:
    """Whether a dispatch is planned, with the state written out in the statement.

    A partial index is used only where the statement itself says that it applies, and a bound value does not.
    """
    return Dispatch.state == bindparam(None, DispatchState.PLANNED, literal_execute=True, unique=True)


def is_held(*states: DispatchState) -> ColumnElement[bool]:
    """Whether a dispatch is claimed, in flight or in doubt, the states written out; narrowed to `states` where given."""
    held = Dispatch.state.in_(bindparam(None, _HELD, expanding=True, literal_execute=True, unique=True))
    return and_(held, Dispatch.state.in_(states)) if states else held


_HELD = (DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)


class ProviderAccount(Base):
    """What we know of the account at the provider: its token bucket, its cool-down, its health."""

    __tablename__ = "provider_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), unique=True)
    tokens: Mapped[float] = mapped_column(default=0.0)
    tokens_at: Mapped[datetime | None]
    rate: Mapped[float] = mapped_column(default=0.0)
    window: Mapped[int] = mapped_column(default=0)
    cooldown_until: Mapped[datetime | None]
    health: Mapped[str] = mapped_column(String(20), default="good")
    health_reason: Mapped[Sentence] = mapped_column(Told(300), default="")
    failures: Mapped[int] = mapped_column(default=0)


class Report(Base):
    """One event the provider told us, kept before it is understood. `dedupe_key` is ours: the provider's id changes
    between copies (sendgrid/contract.md)."""

    __tablename__ = "report"
    __table_args__ = (
        Index(
            "ix_report_unapplied",
            "id",
            sqlite_where=text("applied_at IS NULL"),
            postgresql_where=text("applied_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dedupe_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    public_id: Mapped[str | None] = mapped_column(String(40), index=True)
    person_ref: Mapped[str | None] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str | None] = mapped_column(String(300))
    suppression_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]
    kept_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
