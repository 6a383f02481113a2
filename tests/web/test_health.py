"""Up, ready, and the numbers."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import installation, moment
from tests.factories import add_campaign, add_supporter
from tests.web.desks import add_organiser, browser, sign_in


def ticked(session: Session, clock: SimulatedClock, ago: timedelta) -> None:
    at = moment.now(session, clock) - ago
    installation.set_fact(session, installation.TICKED_AT, at.isoformat())
    session.commit()


def test_a_process_that_answers_is_up(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"up": True}


def test_it_is_ready_while_the_engine_ticks(app: Flask, session: Session, clock: SimulatedClock) -> None:
    ticked(session, clock, timedelta(seconds=7))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["reasons"] == []
    assert 6 < answer.json["seconds_since_tick"] < 60


def test_an_engine_that_has_not_ticked_for_two_minutes_is_not_ready(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    ticked(session, clock, timedelta(minutes=2))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert "last ticked 12" in answer.json["reasons"][0]


def test_strangers_learn_only_whether_it_is_ready(app: Flask, session: Session, clock: SimulatedClock) -> None:
    ticked(session, clock, timedelta(minutes=2))
    client = browser(app)
    organiser = sign_in(app, add_organiser(session, OrganiserRole.VIEWER))
    far = {"REMOTE_ADDR": "93.184.216.34"}

    for answer in (
        client.get("/readyz", environ_base=far),
        client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.9"}),
    ):
        assert (answer.status_code, answer.json) == (503, {"ready": False})

    told = organiser.get("/readyz", environ_base=far)
    assert told.json is not None
    assert "last ticked 12" in told.json["reasons"][0]


def test_a_database_of_another_layout_is_not_ready(app: Flask, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    session.commit()

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert "advocacy migrate" in answer.json["reasons"][0]


def test_the_numbers_count_campaigns_and_supporters_by_state(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    add_campaign(session)
    add_supporter(session)
    add_supporter(session)
    ticked(session, clock, timedelta(seconds=3))

    page = app.test_client().get("/metrics").text

    assert 'advocacy_campaigns{state="live"} 1.0' in page
    assert 'advocacy_supporters{state="active"} 2.0' in page
    assert "advocacy_ready 1.0" in page


def test_the_numbers_are_for_machines_near_by(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "93.184.216.34"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
