"""What the tests of supporters' pages share: links of a person, and the fields of a good form."""

from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from advocacy.domain.keys import Purpose
from advocacy.domain.links import Links
from advocacy.models.base import keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe


@dataclass(frozen=True)
class Pages:
    """The paths of one person's pages for one campaign."""

    act: str
    unsubscribe: str
    preferences: str


def pages_of(session: Session, supporter: Supporter, campaign: Campaign) -> Pages:
    links = Links("", keys_of(session))
    return Pages(links.act(supporter.id, campaign.id), links.unsubscribe(supporter.id), links.preferences(supporter.id))


def add_robin(session: Session) -> tuple[Supporter, Campaign, Pages]:
    """Add a supporter on the alert list and on a campaign."""
    campaign = add_campaign(session)
    supporter = add_supporter(session, "robin@example.org", name="Robin Smith")
    subscribe(session, supporter, campaign)
    subscribe(session, supporter)
    session.commit()
    return supporter, campaign, pages_of(session, supporter, campaign)


def good_form(session: Session, **fields: object) -> dict[str, object]:
    """Return a sign-up form shown a minute ago and filled in by a person."""
    shown = keys_of(session).token(Purpose.FORM, f"shown.{int(NOON.timestamp()) - 60}")
    return {"shown": shown, "website": "", "email": "new@example.org", "consent": "yes", "reminders": "all"} | fields


def text_of(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)
