"""Pages that show several campaigns ask the database as often for thirty of them as for three."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from advocacy.domain.links import Links
from advocacy.domain.permissions import OrganiserRole
from advocacy.models.base import db, keys_of
from advocacy.models.supporter import Supporter
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.web.desks import add_organiser, sign_in

FIRST = date(2026, 3, 10)


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.OWNER))


@pytest.fixture
def person(session: Session) -> Supporter:
    found = add_supporter(session)
    subscribe(session, found)
    return found


def add_campaigns(session: Session, person_id: int, number: int) -> None:
    """Add live campaigns; every second one the person chose themselves."""
    person = session.get_one(Supporter, person_id)
    for at in range(number):
        campaign = add_campaign(session, title=f"Action no. {at}.", deadline=FIRST + timedelta(days=at))
        if at % 2:
            subscribe(session, person, campaign)
    session.commit()


def test_thirty_campaigns_take_as_many_questions_as_three(
    client: FlaskClient, session: Session, person: Supporter
) -> None:
    leave = Links("", keys_of(session)).unsubscribe(person.id)
    id_, pages = (
        person.id,
        ["/", leave, leave.replace("/unsubscribe/", "/preferences/"), f"/desk/supporters/{person.uid}"],
    )
    asked: dict[int, list[int]] = {}
    for more in (3, 27):
        add_campaigns(session, id_, more)
        asked[more] = []
        for page in pages:
            client.get(page)
            session.expunge_all()
            with counted() as statements:
                assert client.get(page).status_code == 200
            asked[more].append(len(statements))

    assert asked[3] == asked[27]


def test_the_first_page_shows_thirty_actions_by_their_deadlines_and_the_rest_behind_later(
    client: FlaskClient, session: Session, person: Supporter
) -> None:
    add_campaigns(session, person.id, 35)
    add_campaign(session, title="Action no. 99.", deadline=NOON.date() - timedelta(days=3))
    session.commit()

    def shown(address: str) -> list[int]:
        return [int(found) for found in re.findall(r">Action no\. (\d+)", client.get(address).text)]

    assert shown("/") == list(range(30))
    assert shown("/?page=2") == shown("/?page=900") == list(range(30, 35))
    assert 'rel="next" href="/?page=2' in client.get("/").text
