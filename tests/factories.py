"""Rows for tests: each function adds one thing with plain defaults and returns it, flushed."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from advocacy.domain.addressee import Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.models.base import keys_of
from advocacy.models.campaign import AddresseeRow, Campaign, Demand
from advocacy.models.supporter import Subscription, Supporter, seal

CREATED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_numbers = count(1)


def add_campaign(session: Session, **values: Any) -> Campaign:
    """Add a live campaign with two demands and one addressee who can be reached by post only."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "slug": f"weavers-{number}",
        "state": CampaignState.LIVE,
        "title": "Weavers held without charge",
        "ua_number": f"{number}/26",
        "deadline": date(2026, 3, 30),
        "timezone": "America/Toronto",
        "language": "en",
        "countries": ["Exampleland"],
        "summary": "Eleven weavers have been held since January without charge.",
        "created_at": CREATED,
        "launched_at": CREATED,
    }
    campaign = Campaign(**(defaults | values))
    campaign.demands = [
        Demand(position=1, text="release the weavers at once"),
        Demand(position=2, text="let their families visit them"),
    ]
    campaign.addressees = [
        AddresseeRow(
            position=1,
            role=Role.PRIMARY,
            name="Minister Ana Example",
            salutation="Dear Minister,",
            postal_lines=["Ministry of Justice", "1 Square of the Republic", "Port Example"],
            country="US",
        )
    ]
    session.add(campaign)
    session.flush()
    return campaign


def add_campaign_with_embassy(session: Session, **values: Any) -> Campaign:
    """Add a campaign whose minister has only a postal address, and whose embassy is for people in Canada."""
    campaign = add_campaign(session, **values)
    campaign.addressees.append(
        AddresseeRow(
            position=2,
            role=Role.COPY,
            name="Embassy of Exampleland",
            postal_lines=["12 Elm Street", "Ottawa"],
            country="CA",
            phones=["(613) 555-0135"],
            emails=["embassy@example.org"],
            for_countries=["CA"],
        )
    )
    session.commit()
    return campaign


def add_supporter(session: Session, address: str | None = None, **values: Any) -> Supporter:
    """Add an active supporter in Toronto."""
    address = address or f"supporter{next(_numbers)}@example.org"
    name, town = values.pop("name", "Robin"), values.pop("town", "Toronto")
    keys = keys_of(session)
    defaults: dict[str, Any] = {
        "uid": f"{next(_numbers):032x}",
        "email_key": keys.email_keys(address)[0],
        "suppression_key": keys.suppression_keys(address)[0],
        "state": SupporterState.ACTIVE,
        "country": "CA",
        "language": "en",
        "timezone": "America/Toronto",
        "created_at": CREATED,
        "confirmed_at": CREATED,
    }
    supporter = Supporter(**(defaults | values))
    seal(session, supporter, email=address, name=name, town=town)
    session.add(supporter)
    session.flush()
    return supporter


def subscribe(
    session: Session,
    supporter: Supporter,
    campaign: Campaign | None = None,
    *,
    reminders: Reminders = Reminders.ALL,
    joined_at: datetime = CREATED,
) -> Subscription:
    """Subscribe to a campaign, or to the alert list when none is given."""
    row = Subscription(
        supporter_id=supporter.id,
        campaign_id=campaign.id if campaign else None,
        reminders=reminders,
        joined_at=joined_at,
    )
    session.add(row)
    session.flush()
    return row
