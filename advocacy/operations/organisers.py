"""Who may sign in: inviting, resetting, roles, passwords, and the count of failed sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from flask_security import hash_password
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.keys import Purpose, hash_of, random_token
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.sentence import Sentence
from advocacy.models import organiser as organisers
from advocacy.models.base import keys_of
from advocacy.models.organiser import Organiser, Passkey, Role, SignInFailure, SignInLink
from advocacy.models.single_mail import SingleKind
from advocacy.operations import audit
from advocacy.operations.ordering import order

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
_LONGEST_EMAIL = 254
_ENTER = "/desk/enter/"
_WORN_OUT = ("password", "passwort", "motdepasse", "contrase", "qwerty", "azerty", "letmein", "advocacy", "12345678")


class LinkPurpose(StrEnum):
    """What a single-use link is for. It never replaces a second factor."""

    INVITATION = "invitation"
    RESET = "reset"
    SIGN_IN = "sign_in"


_LIFE = {
    LinkPurpose.INVITATION: timedelta(hours=48),
    LinkPurpose.RESET: timedelta(minutes=30),
    LinkPurpose.SIGN_IN: timedelta(hours=12),
}


@dataclass(frozen=True)
class Entry:
    """What a single-use link opens: whom it is for, and what for."""

    organiser: Organiser
    purpose: LinkPurpose

    @property
    def sets_password(self) -> bool:
        return self.purpose is not LinkPurpose.SIGN_IN


@dataclass(frozen=True)
class Limit:
    """How many failures an account may have within a time."""

    failures: int
    within: timedelta


PASSWORDS = Limit(failures=10, within=timedelta(hours=1))
CODES = Limit(failures=5, within=timedelta(minutes=10))


def add(
    session: Session,
    email: str,
    role: OrganiserRole,
    *,
    now: datetime,
    base_url: str,
    timezone: str = "UTC",
    actor: str = "cli",
) -> tuple[Organiser, str]:
    """Invite a person by mail; return them and the single-use link in it, where they choose a password.

    Raises ConflictError when they are there already, InvalidError for what is no address.
    """
    address = _address(email)
    if organisers.by_email(session, address) is not None:
        raise ConflictError(
            "%(address)s may sign in already. `advocacy organisers reset %(address)s` sends a new link.",
            address=address,
        )
    person = Organiser(email=address, created_at=now, timezone=timezone, roles=[_role(session, role)])
    session.add(person)
    session.flush()
    audit.record(
        session, actor=actor, what="organiser.added", object_=_object(person), now=now, details={"role": role.value}
    )
    link = _mailed(session, person, LinkPurpose.INVITATION, now=now, base_url=base_url)
    session.commit()
    return person, link


def reset(session: Session, email: str, *, now: datetime, base_url: str, actor: str = "cli") -> tuple[Organiser, str]:
    """Mail a single-use link where they choose a new password, and return it. Their second factor stays."""
    person = _found(session, email)
    audit.record(session, actor=actor, what="organiser.reset", object_=_object(person), now=now)
    link = _mailed(session, person, LinkPurpose.RESET, now=now, base_url=base_url)
    session.commit()
    return person, link


def one_time_link(
    session: Session,
    email: str,
    *,
    now: datetime,
    base_url: str,
    role: OrganiserRole = OrganiserRole.OWNER,
    timezone: str = "UTC",
    actor: str = "cli",
) -> str:
    """Return a link that signs this person in once, adding them first when they are new.

    For the machine's own owner, as the demo prints it; a person with a second factor is still asked for it.
    """
    address = _address(email)
    person = organisers.by_email(session, address)
    if person is None:
        person = Organiser(email=address, created_at=now, timezone=timezone, roles=[_role(session, role)])
        session.add(person)
        session.flush()
    audit.record(session, actor=actor, what="organiser.one_time_link", object_=_object(person), now=now)
    link = _link(session, person, LinkPurpose.SIGN_IN, now=now, base_url=base_url)
    session.commit()
    return link


def entry(session: Session, token: str, now: datetime) -> Entry:
    """Return what this link opens. Changes nothing. Raises NotFoundError once it was used, replaced or has expired."""
    row = session.get(SignInLink, hash_of(token))
    person = session.get(Organiser, row.organiser_id) if row else None
    if row is None or person is None or row.used_at is not None or row.expires_at <= now or not person.active:
        raise NotFoundError("This link was used before or is too old. Ask for a new one.")
    return Entry(person, LinkPurpose(row.purpose))


def enter(session: Session, token: str, *, now: datetime, password: str | None = None) -> Entry:
    """Use a link up: once only, even when pressed twice at once. Sets the password where the link is for that.

    Raises NotFoundError for a link that is no longer good, InvalidError for a password that will not do.
    """
    found = entry(session, token, now)
    if found.sets_password:
        _check_password(password or "", found.organiser)
    used = session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == hash_of(token), SignInLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
        .returning(SignInLink.organiser_id)
    ).all()
    if not used:
        raise NotFoundError("This link was used before or is too old. Ask for a new one.")
    if found.sets_password:
        _change_password(session, found.organiser, password or "", now=now)
    if found.purpose is LinkPurpose.RESET:
        # Whoever had this account may have left a passkey of their own in it, and a passkey is a whole sign-in.
        session.execute(delete(Passkey).where(Passkey.user_id == found.organiser.id))
    audit.record(
        session,
        actor=_object(found.organiser),
        what="organiser.link_used",
        object_=_object(found.organiser),
        now=now,
        details={"purpose": found.purpose.value},
    )
    session.commit()
    return found


def set_password(session: Session, person: Organiser, password: str, *, now: datetime) -> None:
    """Change a password; every session of this person ends with it. Raises InvalidError when it will not do."""
    _check_password(password, person)
    _change_password(session, person, password, now=now)
    session.commit()


def set_zone(session: Session, person: Organiser, zone: str) -> None:
    """Keep the zone (IANA name) in which this person reads times."""
    person.timezone = zone
    session.commit()


def set_language(session: Session, person: Organiser, language: str) -> None:
    """Keep the language in which this person reads the desk."""
    person.language = language
    session.commit()


def give_role(session: Session, person: Organiser, role: OrganiserRole, *, now: datetime, actor: str) -> None:
    """Change what a person may do; their sessions end. Raises ConflictError for the last owner."""
    if person.role is role:
        return
    if person.role is OrganiserRole.OWNER and _other_owners(session, person) == 0:
        raise ConflictError("There must be an owner: make somebody else one first.")
    audit.record(
        session,
        actor=actor,
        what="organiser.role",
        object_=_object(person),
        now=now,
        details={"from": person.role.value, "to": role.value},
    )
    person.roles = [_role(session, role)]
    person.fs_uniquifier = uuid4().hex
    session.commit()


def set_active(session: Session, person: Organiser, *, active: bool, now: datetime, actor: str) -> None:
    """Let a person in again, or shut them out at once. Raises ConflictError for the last owner."""
    if not active and person.role is OrganiserRole.OWNER and _other_owners(session, person) == 0:
        raise ConflictError("There must be an owner: make somebody else one first.")
    person.active = active
    person.fs_uniquifier = uuid4().hex
    what = "organiser.let_in" if active else "organiser.shut_out"
    audit.record(session, actor=actor, what=what, object_=_object(person), now=now)
    session.commit()


def everyone(session: Session) -> list[Organiser]:
    return list(session.scalars(select(Organiser).order_by(Organiser.email)).unique())


def too_many(session: Session, account: str, limit: Limit, now: datetime) -> bool:
    """Return whether an account (an address, or "code:<id>") has failed too often of late."""
    return organisers.failures_since(session, _account(session, account), now - limit.within) >= limit.failures


def failed(session: Session, account: str, *, now: datetime) -> None:
    """Count a wrong password or code; old failures are forgotten after a day."""
    session.add(SignInFailure(account=_account(session, account), at=now))
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - timedelta(days=1)))
    session.commit()


def _account(session: Session, account: str) -> bytes:
    return keys_of(session).current.digest(Purpose.ABUSE, f"sign-in:{account.strip().lower()}")


def _link(session: Session, person: Organiser, purpose: LinkPurpose, *, now: datetime, base_url: str) -> str:
    """Make a link; a newer one ends those before it."""
    session.execute(delete(SignInLink).where(SignInLink.organiser_id == person.id))
    token, hashed = random_token()
    session.add(
        SignInLink(token_hash=hashed, organiser_id=person.id, purpose=purpose.value, expires_at=now + _LIFE[purpose])
    )
    return f"{base_url}{_ENTER}{token}"


def _mailed(session: Session, person: Organiser, purpose: LinkPurpose, *, now: datetime, base_url: str) -> str:
    """Make a link and order the mail that carries it."""
    link = _link(session, person, purpose, now=now, base_url=base_url)
    order(
        session,
        SingleKind.INVITATION,
        f"{purpose}:{person.id}:{hash_of(link).hex()[:32]}",
        now=now,
        organiser_id=person.id,
        facts={"purpose": purpose.value, "hours": _LIFE[purpose] / timedelta(hours=1)},
        secret=link.removeprefix(base_url),
    )
    return link


def _change_password(session: Session, person: Organiser, password: str, *, now: datetime) -> None:
    person.password = hash_password(password)
    person.fs_uniquifier = uuid4().hex
    session.execute(delete(SignInLink).where(SignInLink.organiser_id == person.id, SignInLink.used_at.is_(None)))
    audit.record(session, actor=_object(person), what="organiser.password", object_=_object(person), now=now)


def _check_password(password: str, person: Organiser) -> None:
    plain = password.casefold().replace(" ", "")
    name = person.email.partition("@")[0].casefold()
    faults = (
        (
            len(password) < SHORTEST_PASSWORD,
            Sentence(
                "Use at least %(least)s characters; four words will do.",
                least=SHORTEST_PASSWORD,
            ),
        ),
        (
            len(password) > LONGEST_PASSWORD,
            Sentence("Use at most %(most)s characters.", most=LONGEST_PASSWORD),
        ),
        (
            len(set(plain)) < SHORTEST_PASSWORD // 2,
            Sentence("This repeats the same few characters. Use more different ones."),
        ),
        (
            any(word in plain for word in _WORN_OUT),
            Sentence("This holds a word that everybody tries first. Choose another."),
        ),
        (len(name) > 3 and name in plain, Sentence("This holds your address. Choose another.")),
    )
    found = next((fault for is_so, fault in faults if is_so), None)
    if found:
        raise InvalidError(found, faults={"password": found})


def _other_owners(session: Session, person: Organiser) -> int:
    return sum(
        1 for each in everyone(session) if each.id != person.id and each.active and each.role is OrganiserRole.OWNER
    )


def _role(session: Session, role: OrganiserRole) -> Role:
    row = session.scalar(select(Role).where(Role.name == role.value))
    if row is None:
        row = Role(name=role.value)
        session.add(row)
        session.flush()
    return row


def _found(session: Session, email: str) -> Organiser:
    person = organisers.by_email(session, _address(email))
    if person is None:
        raise NotFoundError(
            "Nobody signs in as %(email)s. `advocacy organisers add` invites them.", email=email.strip()
        )
    return person


def _address(email: str) -> str:
    try:
        found = validate_email(email.strip()[: _LONGEST_EMAIL + 1], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        said = Sentence("“%(email)s” is no e-mail address.", email=email[:80])
        raise InvalidError(said, faults={"email": said}) from None
    return found.normalized.lower()


def _object(person: Organiser) -> str:
    return f"organiser:{person.id}"
