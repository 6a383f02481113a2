"""The list of campaigns: searched, ordered and paged on the server, with all of it in the address."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from advocacy.domain.campaign import CampaignState
from advocacy.domain.permissions import OrganiserRole
from advocacy.models.tally import Tally
from tests.factories import add_campaign
from tests.web.desks import add_organiser, sign_in


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.VIEWER))


def _titles(client: FlaskClient, query: str) -> list[str]:
    return re.findall(r'<h2><a href="[^"]+">([^<]+)</a></h2>', client.get(f"/desk/campaigns?{query}").text)


def test_two_hundred_campaigns_come_in_pages(client: FlaskClient, session: Session) -> None:
    for number in range(200):
        add_campaign(session, title=f"Case {number:03}")
    session.commit()

    first, last = _titles(client, "order=title"), _titles(client, "order=title&page=8")

    assert first == [f"Case {number:03}" for number in range(25)]
    assert last == [f"Case {number:03}" for number in range(175, 200)]
    assert _titles(client, "order=title&page=99") == last, "there is no page after the last"
    assert "page=2" in client.get("/desk/campaigns?order=title").text


def test_a_search_finds_titles_numbers_and_countries_in_each_state(client: FlaskClient, session: Session) -> None:
    add_campaign(session, title="Weavers held", ua_number="7/26", countries=["Exampleland"])
    add_campaign(session, title="A dam at 100% of the river", ua_number="8/26", countries=["Elsewhere"])
    add_campaign(session, title="Weavers freed", state=CampaignState.CLOSED)
    session.commit()

    assert _titles(client, "search=WEAVERS") == ["Weavers held"]
    assert _titles(client, "search=weavers&state=closed") == ["Weavers freed"]
    assert _titles(client, "search=8/26") == _titles(client, "search=elsewhere") == ["A dam at 100% of the river"]
    assert _titles(client, "search=100%25") == ["A dam at 100% of the river"], "a percent sign is one"
    page = client.get("/desk/campaigns?search=nothing&state=live").text
    assert "No campaign here matches “nothing”." in page


def test_the_most_acted_come_first_when_asked(client: FlaskClient, session: Session) -> None:
    for title, number in (("few", 3), ("many", 30), ("none", 0)):
        campaign = add_campaign(session, title=title)
        if number:
            session.add(Tally(campaign_id=campaign.id, what="acted", blast_id=0, key="", number=number))
    session.commit()

    assert _titles(client, "order=acted") == ["many", "few", "none"]
    assert len(_titles(client, "order=nonsense&page=x&state=y")) == 3
