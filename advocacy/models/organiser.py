"""Organisers: the classes Flask-Security wants, and nothing else. Its times are naive UTC, so theirs are plain.

Its mixins declare some columns narrower than they are: hence the ignored assignments.
"""

from datetime import datetime
from uuid import uuid4

from flask_security import AsaList, RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, LargeBinary, String, Table, func, select
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from advocacy.domain.permissions import OrganiserRole, Permission, may
from advocacy.models.base import Base, BigId

organiser_roles = Table(
    "organiser_role",
    Base.metadata,
    Column("organiser_id", ForeignKey("organiser.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """One row for each of `OrganiserRole`; what it allows stands in domain/permissions.py."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    organisers: Mapped[list["Organiser"]] = relationship(secondary=organiser_roles, back_populates="roles")


class Organiser(Base, UserMixin):
    """A person who signs in. A new `fs_uniquifier` ends every session; `tf_last_counter` makes each code good once."""

    __tablename__ = "organiser"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str | None] = mapped_column(String(12))
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]
    created_at: Mapped[datetime]

    roles: Mapped[list[Role]] = relationship(secondary=organiser_roles, back_populates="organisers", lazy="joined")  # type: ignore[assignment]
    webauthn: Mapped[list["Passkey"]] = relationship(back_populates="user", cascade="all, delete-orphan")  # type: ignore[assignment]

    @property
    def role(self) -> OrganiserRole:
        return OrganiserRole(self.roles[0].name)

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)


class Passkey(Base, WebAuthnMixin):
    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("organiser.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(default=0)  # type: ignore[assignment]
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(DateTime(), server_default=func.now())
    lastuse_datetime: Mapped[datetime] = mapped_column(DateTime())
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))

    user: Mapped[Organiser] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, int]:
        """Flask-Security finds the key's owner by these columns."""
        return {"id": self.user_id}


class DeskSession(Base):
    """One sign-in that lasts: the cookie holds a random token, here stands its SHA-256. Ends by `ended_at`.

    Of the browser only its and its system's name are kept, and no network address.
    """

    __tablename__ = "desk_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organiser.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(20), default="")
    system: Mapped[str] = mapped_column(String(20), default="")
    began_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class SignInLink(Base):
    """A single-use link that lets an organiser set a password: the invitation, the reset, the demo's sign-in."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("organiser.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """One wrong password or code. Counted by account, here and not in memory, so that no restart resets the count.

    `account` is a keyed hash of what was typed, so that unknown addresses are counted alike and none is kept.
    """

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_account_at", "account", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]


def by_email(session: Session, email: str) -> Organiser | None:
    return session.scalar(select(Organiser).where(Organiser.email == email))


def failures_since(session: Session, account: bytes, since: datetime) -> int:
    """Return how many sign-ins to this account failed since then."""
    query = select(func.count()).where(SignInFailure.account == account, SignInFailure.at >= since)
    return session.scalar(query) or 0


def names_by_actor(session: Session) -> dict[str, str]:
    """Return the addresses of organisers by the name that the audit log knows them by: "organiser:<id>"."""
    return {f"organiser:{id_}": email for id_, email in session.execute(select(Organiser.id, Organiser.email))}
