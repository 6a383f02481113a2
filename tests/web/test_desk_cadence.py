"""Another cadence: shown before it is taken, refused by field, planned anew for everything unsent."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.config import Settings
from advocacy.domain.permissions import OrganiserRole
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import moment
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.installation import AuditEntry
from advocacy.operations import planning
from tests.factories import add_campaign, add_supporter, subscribe
from tests.web.desks import add_organiser, sign_in

RULES = {"reminder_time": "10:00", "last_day_time": "08:30", "quiet_start": "21:00", "quiet_end": "08:00"}
ASKED = RULES | {"days": ["10", "2", ""], "cap_hours": "24"}


@pytest.fixture
def campaign(session: Session, settings: Settings, clock: SimulatedClock) -> Campaign:
    now = moment.now(session, clock)
    made = add_campaign(session, deadline=(now + timedelta(days=20)).date(), launched_at=now)
    made.addressees[0].emails = ["office@example.org"]
    subscribe(session, add_supporter(session))
    writer = gateways.current().mails
    planning.derive(session, made, now=now, writer=writer, settings=settings)
    session.commit()
    return made


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app, add_organiser(session, OrganiserRole.ORGANISER))


def _steps(session: Session, campaign: Campaign) -> set[str]:
    return set(session.scalars(select(Blast.rule).where(Blast.campaign_id == campaign.id)))


def test_what_it_would_change_is_shown_and_nothing_is_changed(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    before = _steps(session, campaign)

    page = client.get(f"/desk/campaigns/{campaign.slug}/cadence", query_string=ASKED | {"show": "1"}).text

    assert "Take this cadence" in page
    assert all(word in page for word in ("dropped", "added", "Toronto", "Paris"))
    assert _steps(session, campaign) == before
    assert client.get(f"/desk/campaigns/{campaign.slug}/cadence.svg", query_string=ASKED).text.count("<circle") == 3


def test_taking_it_plans_everything_unsent_anew_and_says_so(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    client.post(f"/desk/campaigns/{campaign.slug}/cadence", data=ASKED)

    session.expire_all()
    assert _steps(session, campaign) == {"launch", "before-10", "before-2"}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.what == "campaign.cadence")).one()
    assert entry.details["offsets"] == "[14, 7, 3, 1] → [10, 2]"


def test_it_is_looked_at_from_a_zone_without_an_offset_too(
    client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    subscribe(session, add_supporter(session, "robin@example.org", timezone="UTC"))
    session.commit()

    assert client.get(f"/desk/campaigns/{campaign.slug}/cadence").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reminder_time": "23:00"}, "in the quiet hours"),
        ({"days": ["a week"]}, "Give whole days"),
        ({"cap_hours": ""}, "Give a whole number of hours"),
        ({"cap_hours": "999999999999"}, "Give a whole number of hours"),
        ({"days": ["400"]}, "1 to 365 days"),
    ],
    ids=["at night", "no number", "no cap", "a cap of ages", "over a year"],
)
def test_a_cadence_that_cannot_be_is_refused_and_what_was_typed_stays(
    client: FlaskClient, session: Session, campaign: Campaign, wrong: dict[str, object], told: str
) -> None:
    answer = client.post(f"/desk/campaigns/{campaign.slug}/cadence", data=ASKED | wrong)

    assert answer.status_code == 422
    assert told in answer.text
    assert "before-14" in _steps(session, campaign)
