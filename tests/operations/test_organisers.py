"""Inviting organisers, their links, their passwords and the count of failures."""

from datetime import timedelta

import pytest
from flask_security import verify_password
from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.permissions import OrganiserRole
from advocacy.models.organiser import Organiser
from advocacy.operations import organisers
from tests.conftest import NOON

BASE = "http://advocacy.test"
PASSPHRASE = "four lanterns on the quay"


def _token(link: str) -> str:
    return link.rpartition("/")[2]


def _invite(session: Session, email: str = "ana@example.org") -> tuple[Organiser, str]:
    return organisers.add(session, email, OrganiserRole.OWNER, now=NOON, base_url=BASE)


def test_an_invitation_sets_a_password_once(session: Session) -> None:
    person, link = _invite(session)
    before = person.fs_uniquifier

    organisers.enter(session, _token(link), now=NOON, password=PASSPHRASE)

    assert link.startswith(f"{BASE}/desk/enter/")
    assert verify_password(PASSPHRASE, person.password)
    assert person.fs_uniquifier != before
    with pytest.raises(NotFoundError):
        organisers.enter(session, _token(link), now=NOON, password=PASSPHRASE)


def test_an_invitation_lives_two_days_and_a_reset_half_an_hour(session: Session) -> None:
    person, link = _invite(session)

    assert organisers.entry(session, _token(link), NOON + timedelta(hours=47)).organiser is person
    with pytest.raises(NotFoundError):
        organisers.entry(session, _token(link), NOON + timedelta(hours=48))

    _, newer = organisers.reset(session, person.email, now=NOON, base_url=BASE)
    with pytest.raises(NotFoundError):
        organisers.entry(session, _token(newer), NOON + timedelta(minutes=30))


def test_a_newer_link_ends_the_one_before(session: Session) -> None:
    person, first = _invite(session)

    organisers.reset(session, person.email, now=NOON, base_url=BASE)

    with pytest.raises(NotFoundError):
        organisers.entry(session, _token(first), NOON)


def test_nobody_is_added_twice(session: Session) -> None:
    _invite(session, "Ana@Example.org")

    with pytest.raises(ConflictError, match="may sign in already"):
        _invite(session, "ana@example.org")


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(InvalidError):
        _invite(session, email)


@pytest.mark.parametrize(
    "password",
    ["too short", "x" * 129, "password password", "aaaaaaaaaaaaaaaa", "my-ana.example-horse", ""],
    ids=["short", "long", "worn out", "repeated", "own address", "empty"],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(session: Session, password: str) -> None:
    person, link = _invite(session, "ana.example@example.org")

    with pytest.raises(InvalidError):
        organisers.enter(session, _token(link), now=NOON, password=password)

    assert organisers.entry(session, _token(link), NOON).organiser is person


def test_a_new_password_ends_every_session(session: Session) -> None:
    person, _ = _invite(session)
    before = person.fs_uniquifier

    organisers.set_password(session, person, PASSPHRASE, now=NOON)

    assert person.fs_uniquifier != before


def test_the_last_owner_stays_one(session: Session) -> None:
    person, _ = _invite(session)

    with pytest.raises(ConflictError):
        organisers.give_role(session, person, OrganiserRole.VIEWER, now=NOON, actor="cli")
    with pytest.raises(ConflictError):
        organisers.set_active(session, person, active=False, now=NOON, actor="cli")


def test_ten_wrong_passwords_in_an_hour_are_enough(session: Session) -> None:
    for _ in range(10):
        organisers.failed(session, "ana@example.org", now=NOON)

    assert organisers.too_many(session, "Ana@Example.org", organisers.PASSWORDS, NOON)
    assert not organisers.too_many(session, "ana@example.org", organisers.PASSWORDS, NOON + timedelta(minutes=61))
    assert not organisers.too_many(session, "bo@example.org", organisers.PASSWORDS, NOON)


def test_a_one_time_link_adds_who_is_new_and_asks_for_no_password(session: Session) -> None:
    link = organisers.one_time_link(session, "demo@example.org", now=NOON, base_url=BASE)

    entered = organisers.enter(session, _token(link), now=NOON)

    assert entered.organiser.role is OrganiserRole.OWNER
    assert entered.organiser.password is None
