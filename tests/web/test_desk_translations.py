"""A campaign in other languages: begun, whole, used, stale, removed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.permissions import OrganiserRole
from advocacy.models.campaign import Campaign
from advocacy.operations.words import campaign_facts
from tests.factories import add_campaign
from tests.web.desks import add_organiser, sign_in

FRENCH = {"title": "Onze tisserandes détenues", "summary": "Onze femmes sont détenues."}


@pytest.fixture
def campaign(session: Session) -> Campaign:
    made = add_campaign(session, case_text="", background="", concern="", safety_notice="")
    session.commit()
    return made


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))


def _page(campaign: Campaign, language: str = "fr") -> str:
    return f"/desk/campaigns/{campaign.slug}/languages/{language}"


def _whole(campaign: Campaign) -> dict[str, object]:
    return FRENCH | {"demand": [f"Exigence {number}" for number, _ in enumerate(campaign.demands, start=1)]}


def test_half_a_translation_is_kept_and_not_used(client: FlaskClient, campaign: Campaign) -> None:
    client.post(_page(campaign), data=FRENCH)

    assert "Onze femmes" in client.get(_page(campaign)).text
    assert "not used yet" in client.get(_page(campaign).rpartition("/")[0]).text
    assert "Onze femmes" not in client.get(f"/a/{campaign.slug}?lang=fr").text


def test_a_whole_one_is_on_the_page_and_in_the_mails(
    client: FlaskClient, campaign: Campaign, session: Session, settings: Settings
) -> None:
    client.post(_page(campaign), data=_whole(campaign))

    french, english = client.get(f"/a/{campaign.slug}?lang=fr").text, client.get(f"/a/{campaign.slug}?lang=en").text
    facts = campaign_facts(session, campaign, language="fr", settings=settings)["campaign"]
    assert "Exigence 1" in french
    assert 'lang="fr"' in french
    assert "Exigence 1" not in english
    assert "Onze femmes" in client.get("/?lang=fr").text
    assert (facts["title"], facts["language"]) == (FRENCH["title"], "fr")


def test_a_demand_that_changes_takes_its_translation_out_of_use(
    client: FlaskClient, campaign: Campaign, session: Session
) -> None:
    client.post(_page(campaign), data=_whole(campaign))
    campaign.demands[0].text = "Something else altogether"
    session.commit()

    assert "The original changed since this was written" in client.get(_page(campaign)).text
    assert "Exigence" not in client.get(f"/a/{campaign.slug}?lang=fr").text


def test_one_can_be_removed_and_languages_nobody_offers_are_none(client: FlaskClient, campaign: Campaign) -> None:
    client.post(_page(campaign), data=_whole(campaign))
    client.post(f"{_page(campaign)}/remove")

    assert "Exigence" not in client.get(f"/a/{campaign.slug}?lang=fr").text
    assert client.get(_page(campaign, "tlh")).status_code == 404
    assert client.get(_page(campaign, "en")).status_code == 404
    assert client.post(_page(campaign), data=FRENCH | {"title": "x" * 301}).status_code == 422
