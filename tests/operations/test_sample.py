"""The sample campaign that a first look shows."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.addressee import Channel
from advocacy.domain.campaign import CampaignState
from advocacy.gateways import current
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.campaign import by_slug
from advocacy.models.supporter import Consent, Subscription, Supporter, opened
from advocacy.operations import sample


def test_it_tells_an_action_whose_addressee_has_no_e_mail_address(session: Session, settings: Settings) -> None:
    loaded = sample.load(session, gateways=current(), settings=settings)

    campaign = by_slug(session, loaded.slug)
    assert campaign is not None
    assert campaign.sample
    assert campaign.state is CampaignState.LIVE
    assert (campaign.ua_number, campaign.index_number) == ("04/25", "AMR 51/8933/2025")
    assert len(campaign.demands) == 6
    president, embassy = (row.value() for row in campaign.addressees)
    assert president.channels() == (Channel.POST,)
    assert embassy.for_countries == ("CA",)
    assert embassy.channels() == (Channel.POST, Channel.PHONE)


def test_its_deadline_is_three_weeks_away(session: Session, settings: Settings, clock: SimulatedClock) -> None:
    loaded = sample.load(session, gateways=current(), settings=settings)

    campaign = by_slug(session, loaded.slug)
    assert campaign is not None
    assert campaign.deadline is not None
    assert campaign.launched_at is not None
    assert (campaign.deadline - campaign.launched_at.date()).days == 21


def test_its_forty_people_live_in_five_countries_and_four_zones_and_have_agreed(
    session: Session, settings: Settings
) -> None:
    loaded = sample.load(session, gateways=current(), settings=settings)

    people = session.scalars(select(Supporter)).all()
    assert loaded.people_added == len(people) == 40
    assert len({person.country for person in people}) == 5
    assert len({person.timezone for person in people}) == 4
    assert all(person.sample and person.confirmed_at for person in people)
    assert all(opened(session, person, "email").endswith("@example.org") for person in people)
    assert session.scalar(select(func.count(func.distinct(Consent.supporter_id)))) == 40
    assert session.scalar(select(func.count()).select_from(Subscription)) == 40


def test_loading_it_twice_changes_nothing(session: Session, settings: Settings) -> None:
    sample.load(session, gateways=current(), settings=settings)
    again = sample.load(session, gateways=current(), settings=settings)

    assert again.people_added == 0
    assert session.scalar(select(func.count()).select_from(Supporter)) == 40
