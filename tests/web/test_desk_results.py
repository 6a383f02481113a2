"""The page with a campaign's results: what it shows to whom, and how opens come to be counted."""

from flask import Flask
from sqlalchemy.orm import Session

from advocacy.config import MailTransport, Settings
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.campaign import Campaign
from advocacy.operations import figures
from tests.factories import add_campaign
from tests.web.desks import add_organiser, set_scene, sign_in


def _with_sendgrid(app: Flask, settings: Settings) -> None:
    app.extensions["advocacy.settings"] = settings.model_copy(update={"mail_transport": MailTransport.SENDGRID})


def _results(campaign: Campaign) -> str:
    return f"/desk/campaigns/{campaign.slug}/results"


def test_an_owner_asks_for_opens_after_reading_what_they_cost_and_ends_it_again(
    app: Flask, session: Session, settings: Settings, clock: SimulatedClock
) -> None:
    _with_sendgrid(app, settings)
    campaign = set_scene(session).live
    figures.recount(session, clock=clock)
    owner = sign_in(app, add_organiser(session, OrganiserRole.OWNER))
    opens = f"{_results(campaign)}/opens"
    assert "Whether mails are opened is not measured." in owner.get(_results(campaign)).text
    assert opens in owner.get(_results(campaign)).text
    assert "is a risk they did not choose" in owner.get(opens).text

    owner.post(opens, data={"count": "yes"})
    session.refresh(campaign)
    assert campaign.counts_opens
    assert "Opens are counted in mails written since" in owner.get(_results(campaign)).text

    owner.post(opens)
    session.refresh(campaign)
    assert not campaign.counts_opens


def test_an_organiser_cannot_ask_for_opens_and_is_not_led_there(
    app: Flask, session: Session, settings: Settings, clock: SimulatedClock
) -> None:
    _with_sendgrid(app, settings)
    campaign = set_scene(session).live
    figures.recount(session, clock=clock)
    organiser = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))

    assert f"{_results(campaign)}/opens" not in organiser.get(_results(campaign)).text
    assert organiser.post(f"{_results(campaign)}/opens", data={"count": "yes"}).status_code == 404


def test_opens_cannot_be_asked_for_where_the_campaign_warns_its_supporters(
    app: Flask, session: Session, settings: Settings
) -> None:
    _with_sendgrid(app, settings)
    campaign = add_campaign(session, safety_notice="Do not write from inside the country.")
    session.commit()
    owner = sign_in(app, add_organiser(session, OrganiserRole.OWNER))

    assert "warns its supporters for their safety" in owner.get(f"{_results(campaign)}/opens").text
    owner.post(f"{_results(campaign)}/opens", data={"count": "yes"})
    session.refresh(campaign)
    assert not campaign.counts_opens
