"""What holds for the whole installation: facts kept by name, and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.models.base import Base, BigId

KEY_FINGERPRINT = "key_fingerprint"
TICKED_AT = "ticked_at"
FORGOT_AT = "forgot_at"
HELD = "held"
"""Set by a restore: the engine sends nothing until it is taken away by `advocacy engine resume`."""


class Fact(Base):
    __tablename__ = "fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class Rules(Base):
    """What the organisation decided (`domain.preferences.Preferences` as JSON): one row, or none while all is as shipped."""

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class SendingDomain(Base):
    """What was last seen of the domain we write from: one row. `records` are `domain.sending_domain.Record` as JSON.

    `released_at` is when an owner ended the trial by their own word, though the domain was not green.
    """

    __tablename__ = "sending_domain"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    domain: Mapped[str] = mapped_column(String(253), default="")
    selector: Mapped[str] = mapped_column(String(63), default="")
    records: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    green: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to what, when, from which state to which, and why. Ids only. Each entry's `mac` covers the one
    before, so that a cut or edited log is found by `advocacy audit verify`."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_actor", "actor", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(80), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))


def fact(session: Session, name: str) -> str | None:
    return session.scalar(select(Fact.value).where(Fact.name == name))


def set_fact(session: Session, name: str, value: str | None) -> None:
    """Keep a fact under its name; None takes it away."""
    if value is None:
        session.execute(delete(Fact).where(Fact.name == name))
        return
    # One statement: two workers may write a fact for the first time at once.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Fact)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
