"""What a person wrote: the source of a mail written by hand, from its first draft to the last press."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.models.base import Base, BigId, enum_of


class When(StrEnum):
    """When it goes: as soon as it is sent, at one moment for everyone, or at an hour of each person's own day."""

    NOW = "now"
    INSTANT = "instant"
    LOCAL = "local"


class Manuscript(Base):
    """The words as written (Markdown with Liquid fields) and the wishes for their time; the audience is the blast's.

    `wall` is the day and time typed ("2026-03-05T10:00"), read in `zone`. `other_subject` is tried against the first
    by `share` per cent of the people for `wait_hours`. `tested_at` is when its writer last had a test of it.
    `asked_by` pressed the last button (as the audit log names people), and needs a second person's word where so many get
    it; `approved` is for how many people that word was a yes, `note` what that person answered.
    `pressed_at` is the last press: from then on it can be undone until something of it has begun.
    `decided_at` is when the subject `chosen` (an arm of `domain.subject_test`) was sent on to the rest.
    """

    __tablename__ = "manuscript"

    blast_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("blast.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    subject: Mapped[str] = mapped_column(Text, default="")
    preheader: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    other_subject: Mapped[str] = mapped_column(Text, default="")
    share: Mapped[int] = mapped_column(default=20)
    wait_hours: Mapped[int] = mapped_column(default=4)
    when: Mapped[When] = mapped_column(enum_of(When), default=When.INSTANT)
    wall: Mapped[str] = mapped_column(String(16), default="")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(80))
    tested_at: Mapped[datetime | None]
    asked_by: Mapped[str | None] = mapped_column(String(80))
    approved: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    pressed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    chosen: Mapped[str] = mapped_column(String(12), default="")
