"""Mails to one person outside any blast: confirmations, thank-yous, tests, invitations, data links, whether an answer
came, and that a mail waits for a second person."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.domain.dispatch import DispatchState
from advocacy.models.base import Base, BigId, enum_of
from advocacy.models.supporter import new_uid


class SingleKind(StrEnum):
    CONFIRMATION = "confirmation"
    THANKS = "thanks"
    TEST = "test"
    INVITATION = "invitation"
    DATA_LINK = "data_link"
    APPROVAL = "approval"
    REPLY = "reply"


class SingleMail(Base):
    """A request for one person, with the same states as a dispatch. `dedupe_key` makes each happen once.

    `facts` hold ids and choices, never an address or a name. `secret_sealed` (for "single_mail.secret" and `uid`)
    keeps a link's token until the mail is handed over, then is cleared; `address_sealed` (for "single_mail.address")
    is the recipient of a mail that goes to neither a supporter nor an organiser's own row.
    """

    __tablename__ = "single_mail"
    __table_args__ = (
        Index(
            "ix_single_due",
            "due_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_single_supporter", "supporter_id", "kind", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    public_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_uid)
    kind: Mapped[SingleKind] = mapped_column(enum_of(SingleKind))
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organiser.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(12), default="en")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    send_by: Mapped[datetime]
    hold_until: Mapped[datetime | None]
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
    error: Mapped[str | None] = mapped_column(String(500))
