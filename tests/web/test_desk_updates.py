"""The desk shows what an update changes, and takes over what was ticked."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.config import Settings
from advocacy.domain.blast import BlastState
from advocacy.domain.campaign import CampaignState
from advocacy.domain.permissions import OrganiserRole
from advocacy.domain.preferences import Preferences
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.operations import engine, outcomes, preferences
from tests.factories import add_campaign, add_supporter, subscribe
from tests.operations.test_updates import ENDED, THREE, UPDATE
from tests.web.desks import add_organiser, sign_in


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.OWNER))


@pytest.fixture
def live(app: Flask, session: Session) -> Campaign:
    campaign = add_campaign(session, ua_number="31/26")
    session.commit()
    return campaign


def _import(client: FlaskClient, text: str) -> str:
    answer = client.post("/desk/campaigns/new", data={"text": text.replace("{deadline}", "April 20, 2026")})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_an_update_leads_to_what_it_changes(client: FlaskClient, live: Campaign) -> None:
    url = _import(client, UPDATE)
    page = client.get(url).text

    assert url.endswith("/update")
    assert "Monday 30 March 2026" in page
    assert "Monday 20 April 2026" in page


def test_what_was_ticked_is_taken_over(client: FlaskClient, live: Campaign, session: Session) -> None:
    answer = client.post(_import(client, UPDATE), data={"do": "accept", "field": ["deadline"]})

    assert answer.location == f"/desk/campaigns/{live.slug}/mails"
    assert live.deadline == date(2026, 4, 20)
    assert live.title == "Weavers held without charge"
    assert session.scalars(select(Campaign)).all() == [live]


def test_a_draft_kept_apart_goes_to_review(client: FlaskClient, live: Campaign, session: Session) -> None:
    url = _import(client, UPDATE)
    answer = client.post(url, data={"do": "apart"})

    assert answer.location.endswith("/review")
    assert client.get(url).status_code == 302
    assert live.deadline == date(2026, 3, 30)


def test_an_end_closes_and_its_outcome_mail_is_looked_at_before_it_goes(
    client: FlaskClient, live: Campaign, session: Session
) -> None:
    answer = client.post(_import(client, ENDED), data={"do": "accept", "end": "yes"})

    assert live.state is CampaignState.CLOSED
    assert "released" in client.get(answer.location).text
    blast = session.scalars(select(Blast).where(Blast.rule == "outcome")).one()
    assert blast.state is BlastState.DRAFT
    assert "Correct and send it" in client.get(f"/desk/blasts/{blast.id}").text
    faulty = client.post(answer.location, data={"do": "check", "subject": "Free", "text": "{{ nonsense }}"})
    assert faulty.status_code == 422
    onwards = client.post(answer.location, data={"do": "check", "subject": "Free", "text": "All came home."})
    assert onwards.location == f"/desk/blasts/{blast.id}/check"
    assert session.get_one(Blast, blast.id).state is BlastState.DRAFT
    assert client.get(f"/desk/blasts/{blast.id}/write").location == answer.location


def test_a_closed_campaign_can_only_be_followed(client: FlaskClient, session: Session) -> None:
    add_campaign(session, ua_number="31/26", state=CampaignState.CLOSED)
    session.commit()
    url = _import(client, UPDATE)

    assert "That campaign is closed" in client.get(url).text
    assert client.post(url, data={"do": "accept", "field": ["demands"]}).status_code == 422


def test_a_file_of_three_actions_becomes_three_drafts(client: FlaskClient, session: Session) -> None:
    page = client.get(_import(client, THREE)).text

    assert "It holds 3 actions" in page
    assert len(session.scalars(select(Campaign)).all()) == 3


def test_a_finished_review_keeps_the_corrected_reading(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    url = _import(client, UPDATE)

    client.post(url, data={"title": "Weavers before a military court", "done": "1"})

    kept = list((settings.instance_path / "reading_cases").iterdir())
    assert {path.suffix for path in kept} == {".txt", ".json"}


def test_who_closes_a_campaign_is_led_to_the_mail_that_tells_how_it_ended(
    client: FlaskClient, live: Campaign, session: Session
) -> None:
    subscribe(session, add_supporter(session, timezone="Europe/Berlin"), live)
    session.commit()
    engine.run_once(session, gateways=gateways.current(), settings=client.application.extensions["advocacy.settings"])

    answer = client.post(f"/desk/campaigns/{live.slug}/close")

    assert answer.location == f"/desk/campaigns/{live.slug}/outcome"
    assert "[Write here what became of it" in client.get(answer.location).text
    assert answer.location in client.get("/desk/").text
    assert answer.location in client.get(f"/desk/campaigns/{live.slug}").text
    words = {"do": "check", "subject": "Over", "text": outcome_text(session)}
    unfinished = client.post(answer.location, data=words)
    assert "Fill the gap" in client.get(unfinished.location).text
    assert client.post(unfinished.location.replace("/check", "/send")).status_code == 422


def test_an_outcome_mail_is_typed_undone_and_written_anew_as_one_by_hand_is(
    client: FlaskClient, live: Campaign, session: Session, clock: SimulatedClock
) -> None:
    subscribe(session, add_supporter(session, timezone="Europe/Berlin"), live)
    subscribe(session, add_supporter(session, "asleep@example.org", timezone="America/Toronto"), live)
    session.commit()
    engine.run_once(session, gateways=gateways.current(), settings=client.application.extensions["advocacy.settings"])
    preferences.change(session, Preferences(type_from=1), now=clock.now(), actor="cli")
    page = client.post(f"/desk/campaigns/{live.slug}/close").location
    check = client.post(page, data={"do": "check", "subject": "Free", "text": "All came home."}).location
    send = check.replace("/check", "/send")

    assert "How many people get it?" in client.get(check).text
    assert "It comes at night for 1 person" in client.get(check).text
    assert "or another time" not in client.get(check).text  # Its page has no time to choose.
    assert client.post(send).status_code == 422
    sent = client.post(send, data={"people": "2"})
    assert "Undo" in client.get(sent.location).text
    undone = client.post(check.replace("/check", "/undo"))

    assert client.get(undone.location).location == page
    assert "All came home." in client.get(page).text
    client.post(page, data={"do": "test", "subject": "Free", "text": "All came home."})
    assert session.scalars(select(SingleMail).where(SingleMail.kind == SingleKind.TEST)).one().organiser_id


def outcome_text(session: Session) -> str:
    return outcomes.words_of(session, session.scalars(select(Blast).where(Blast.rule == "outcome")).one())[1]


@pytest.mark.parametrize("days", [-9, 5], ids=["nearer", "further away"])
def test_a_deadline_moved_either_way_shows_each_unsent_mail_before_and_after(
    client: FlaskClient, live: Campaign, session: Session, days: int
) -> None:
    subscribe(session, add_supporter(session), live)
    session.commit()
    was = live.deadline
    assert was is not None
    day = was + timedelta(days=days)

    page = client.get(f"/desk/campaigns/{live.slug}/deadline?day={day.isoformat()}").text

    assert "moved" in page or "dropped" in page
    assert f"Move the deadline to {day:%A} {day.day} {day:%B}" in page
    session.refresh(live)
    assert live.deadline == was
    client.post(f"/desk/campaigns/{live.slug}/deadline", data={"day": day.isoformat()})
    session.refresh(live)
    assert live.deadline == day
