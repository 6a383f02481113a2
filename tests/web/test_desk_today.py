"""Today says what moves and how fast, what stands still and why, what is near the line, and what comes."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import installation
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.tally import Tally
from advocacy.operations import engine, figures
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe
from tests.web.desks import add_organiser, sign_in

MINUTE = timedelta(minutes=1)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    installation.set_fact(session, installation.TICKED_AT, NOON.isoformat())
    return sign_in(app, add_organiser(session, OrganiserRole.OWNER))


def _sending(session: Session, campaign: Campaign, *requests: tuple[DispatchState, int, Any]) -> Blast:
    blast = Blast(
        campaign_id=campaign.id,
        rule="launch",
        occurrence="1",
        state=BlastState.SENDING,
        scheduled_at=NOON - MINUTE,
        send_by=NOON + 9999 * MINUTE,
        created_at=NOON - MINUTE,
    )
    session.add(blast)
    session.flush()
    for no, (state, people, settled_at) in enumerate(requests):
        times = {
            "due_at": NOON - MINUTE,
            "counts_at": NOON - MINUTE,
            "send_by": blast.send_by,
            "settled_at": settled_at,
        }
        ends = {"first_supporter_id": 1, "last_supporter_id": 1, "content_version_id": 1, "public_id": f"r{no}"}
        session.add(Dispatch(blast_id=blast.id, no=no, n=people, state=state, **times, **ends))
    session.commit()
    return blast


def test_what_moves_has_a_rate_and_an_end(client: FlaskClient, session: Session) -> None:
    blast = _sending(
        session,
        add_campaign(session),
        (DispatchState.ACCEPTED, 600, NOON - MINUTE),
        (DispatchState.PLANNED, 1200, None),
    )

    page = client.get("/desk/").text

    assert f'<a href="/desk/blasts/{blast.id}">600 of 1,800 people with the provider</a>' in page
    assert "600 people a minute" in page or "599 people a minute" in page, "the database's clock goes on"
    assert "12:02" in page


def test_the_page_of_a_mail_that_moves_says_how_fast_and_how_many_a_stop_would_spare(
    client: FlaskClient, session: Session
) -> None:
    blast = _sending(
        session,
        add_campaign(session),
        (DispatchState.ACCEPTED, 600, NOON - MINUTE),
        (DispatchState.PLANNED, 1200, None),
    )

    page = client.get(f"/desk/blasts/{blast.id}").text

    assert "Stop sending to 1,200 people" in page
    assert "people a minute; what is due is out at about" in page
    assert "12:02" in page


def test_what_stands_still_says_why(client: FlaskClient, session: Session) -> None:
    _sending(session, add_campaign(session), (DispatchState.PLANNED, 1200, None))
    installation.set_fact(session, installation.TICKED_AT, (NOON - 10 * MINUTE).isoformat())
    session.commit()

    assert "The engine has not run for 10 minutes." in client.get("/desk/").text


@pytest.mark.parametrize(("complaints", "told"), [(4, 0), (10, 0), (11, 1)], ids=["few", "on", "above"])
def test_complaints_near_the_line_ask_for_a_look(
    client: FlaskClient, session: Session, complaints: int, told: int
) -> None:
    campaign = add_campaign(session)
    blast = _sending(session, campaign)
    for what, number in (("complained", complaints), ("delivered", 10_000)):
        session.add(Tally(campaign_id=campaign.id, what=what, blast_id=blast.id, key="", number=number))
    session.commit()

    page = client.get("/desk/").text

    assert page.count(f"{complaints} of 10,000 delivered mails were reported as spam") == told


def test_the_next_days_name_the_mail_its_people_and_why(
    app: Flask, client: FlaskClient, session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session, deadline=(NOON + timedelta(days=5)).date())
    campaign.addressees[0].emails = ["office@example.org"]
    for _ in range(3):
        subscribe(session, add_supporter(session), campaign)
    session.commit()
    bundle, settings = gateways.current(), app.extensions["advocacy.settings"]
    engine.run_once(session, gateways=bundle, settings=settings)
    figures.count_due(session, clock=clock)

    page = client.get("/desk/").text

    assert "Reminder, 3 days before the deadline" in page
    assert ">3 people</a>" in page
    assert "3 days before Saturday 7 March, at 10:00 of each supporter&#39;s own day." in page


def test_a_mail_whose_provider_asked_for_patience_says_so_and_not_that_it_has_just_begun(
    client: FlaskClient, session: Session
) -> None:
    blast = _sending(session, add_campaign(session), (DispatchState.PLANNED, 600, None))
    session.get_one(Dispatch, (blast.id, 0)).hold_until = NOON + 10 * MINUTE
    session.commit()

    page = client.get("/desk/").text

    assert "It has only just begun" not in page
    assert "patience" in page or "asked" in page


def test_a_deadline_in_two_days_asks_to_extend_or_close_also_where_the_campaign_is_paused(
    client: FlaskClient, session: Session
) -> None:
    soon = (NOON + timedelta(days=2)).date()
    for state in (CampaignState.LIVE, CampaignState.PAUSED):
        add_campaign(session, state=state, deadline=soon, launched_at=NOON - timedelta(days=3))
    session.commit()

    page = client.get("/desk/").text

    assert page.count("extend it, or let it end on") == 2
    assert page.count("close it now") == 2
    assert page.count("It is paused: nothing goes out meanwhile.") == 1
