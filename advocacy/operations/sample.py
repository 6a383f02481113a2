"""The sample campaign and its forty supporters, so that a first look shows the product at work."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.supporter import ConsentAction, Reminders, SupporterState
from advocacy.gateways import Gateways, resources
from advocacy.models import campaign as stored
from advocacy.models import moment
from advocacy.models.base import keys_of
from advocacy.models.campaign import AddresseeRow, Campaign, Demand
from advocacy.models.supporter import Consent, Subscription, Supporter, by_address, seal
from advocacy.operations import audit, campaigns

ACTOR = "sample"
DEADLINE_IN = timedelta(days=21)
_ASKED_BEFORE = timedelta(days=30)
_WORDING = "Made-up consent of a made-up person, loaded with the sample campaign."


@dataclass(frozen=True)
class Loaded:
    """What there is now: the campaign's name in addresses, and how many people were added just now."""

    slug: str
    people_added: int


def load(session: Session, *, gateways: Gateways, settings: Settings) -> Loaded:
    """Add the sample campaign with its supporters and take it live; what is there already is left as it is."""
    read = resources.sample()
    now = moment.now(session, gateways.clock)
    campaign = stored.by_slug(session, read["campaign"]["slug"])
    added = 0
    if campaign is None:
        campaign = _campaign(session, read, now)
        added = _people(session, read["people"], now)
        audit.record(session, actor=ACTOR, what="sample.loaded", object_=f"campaign:{campaign.id}", now=now)
        session.commit()
    if campaign.state is CampaignState.DRAFT:
        named = settings.model_copy(update=settings.lacking(read["organisation"]))
        campaigns.launch(session, campaign, gateways=gateways, settings=named, actor=ACTOR)
    return Loaded(campaign.slug, added)


def _campaign(session: Session, read: dict[str, Any], now: datetime) -> Campaign:
    told = {key: value.strip() if isinstance(value, str) else value for key, value in read["campaign"].items()}
    demands = told.pop("demands")
    campaign = Campaign(
        **told,
        state=CampaignState.DRAFT,
        sample=True,
        created_at=now,
        reviewed_at=now,
        deadline=(now + DEADLINE_IN).date(),
        demands=[Demand(position=number, text=text) for number, text in enumerate(demands, start=1)],
        addressees=[
            AddresseeRow(**{**each, "role": Role(each["role"])}, position=number)
            for number, each in enumerate(read["addressee"], start=1)
        ],
    )
    session.add(campaign)
    session.flush()
    return campaign


def _people(session: Session, groups: list[dict[str, Any]], now: datetime) -> int:
    """Add the people whose addresses are new; everyone is on the alert list."""
    added = 0
    for group in groups:
        for name in group["names"]:
            address = _address(name)
            if by_address(session, address) is None:
                _person(session, group, name, address, now)
                added += 1
    return added


def _person(session: Session, group: dict[str, Any], name: str, address: str, now: datetime) -> None:
    keys, joined = keys_of(session), now - _ASKED_BEFORE
    person = Supporter(
        uid=hashlib.sha256(f"sample {address}".encode()).hexdigest()[:32],
        email_key=keys.email_keys(address)[0],
        suppression_key=keys.suppression_keys(address)[0],
        state=SupporterState.ACTIVE,
        country=group["country"],
        language=group["language"],
        timezone=group["timezone"],
        tags=["sample"],
        sample=True,
        created_at=joined,
        confirmed_at=joined,
    )
    seal(session, person, email=address, name=name, town=group["town"])
    session.add(person)
    session.flush()
    session.add(Subscription(supporter_id=person.id, campaign_id=None, reminders=Reminders.ALL, joined_at=joined))
    for action in (ConsentAction.ASKED, ConsentAction.CONFIRMED):
        session.add(
            Consent(
                supporter_id=person.id,
                purpose="alerts",
                action=action,
                wording=_WORDING,
                version="sample",
                language=group["language"],
                source="sample",
                actor=ACTOR,
                at=joined,
            )
        )


def _address(name: str) -> str:
    """Return an address at example.org, which receives no mail (RFC 2606)."""
    words = name.lower().translate(str.maketrans("éèíóúıñç", "eeiouinc")).split()
    return f"{'.'.join(words)}@example.org"
