"""The page with a campaign's results: what it shows to whom, and how opens come to be counted."""

import re
from csv import reader

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from advocacy.config import MailTransport, Settings
from advocacy.domain.addressee import Channel
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.campaign import Campaign
from advocacy.operations import actions, figures
from advocacy.web.desk import charts
from advocacy.web.desk.timeline import Look
from tests.factories import add_campaign, add_supporter
from tests.web.desks import add_organiser, set_scene, sign_in


def _with_sendgrid(app: Flask, settings: Settings) -> None:
    app.extensions["advocacy.settings"] = settings.model_copy(update={"mail_transport": MailTransport.SENDGRID})


def _results(campaign: Campaign) -> str:
    return f"/desk/campaigns/{campaign.slug}/results"


def _acted(session: Session, clock: SimulatedClock, **people: int) -> Campaign:
    campaign = add_campaign(session)
    for country, number in people.items():
        for _ in range(number):
            person = add_supporter(session, country=country)
            session.commit()
            actions.sent(session, person.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
    figures.recount(session, clock=clock)
    return campaign


def test_a_viewer_learns_of_no_country_in_which_fewer_than_five_acted(
    app: Flask, session: Session, clock: SimulatedClock
) -> None:
    campaign = _acted(session, clock, CA=12, DE=6, BY=1)
    viewer = sign_in(app, add_organiser(session, OrganiserRole.VIEWER))
    organiser = sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))
    csv, svg = f"{_results(campaign)}/countries.csv", f"{_results(campaign)}/countries.svg"

    assert "Belarus" in organiser.get(csv).text
    for page in (_results(campaign), csv, svg):
        assert "Belarus" not in viewer.get(page).text
    rows = dict(row[:2] for row in reader(viewer.get(csv).text.lstrip("\ufeff").splitlines()))
    assert rows == {"Country": "People", "Canada": "12", "Other countries, or not said": "7"}, (
        "Germany joins, or one could be told by subtraction"
    )


def test_a_viewer_sees_supporters_as_numbers_alone(app: Flask, session: Session) -> None:
    for country, number in {"CA": 6, "DE": 7, "BY": 1}.items():
        for _ in range(number):
            add_supporter(session, country=country)
    session.commit()
    supporters = "/desk/supporters?country=BY"

    seen = sign_in(app, add_organiser(session, OrganiserRole.VIEWER)).get(supporters).text
    assert "Belarus" not in seen
    assert "No. " not in seen, "no row of anybody"
    assert "Germany" in seen
    assert "Belarus" in sign_in(app, add_organiser(session, OrganiserRole.ORGANISER)).get(supporters).text


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


@pytest.mark.parametrize("narrow", [True, False])
def test_a_line_across_bars_crosses_no_name_of_them(*, narrow: bool) -> None:
    rows = [
        charts.Bar("Reminder, 3 days before the deadline", 0.2, "0.2 %"),
        charts.Bar("The action itself", 0.1, "0.1 %"),
    ]
    drawn = charts.bars(rows, Look(narrow=narrow), [charts.Line(0.1, "watch"), charts.Line(0.3, "pause")])

    lines = [
        tuple(map(float, each))
        for each in re.findall(r'<line x1="([\d.]+)" y1="([\d.]+)" x2="[\d.]+" y2="([\d.]+)"', drawn)
    ]
    names = [
        (float(x), float(y), len(text) * 7.2)
        for x, y, text in re.findall(r'<text x="(4.0)" y="([\d.]+)"[^>]*>([^<]+)<', drawn)
    ]
    assert len(names) == 2
    for x, top, bottom in lines:
        for left, y, width in names:
            assert not (left <= x <= left + width and top < y and bottom > y - 11)
    assert all(max(bottom for at, _top, bottom in lines if at == x) > names[-1][1] for x, _top, _bottom in lines)
