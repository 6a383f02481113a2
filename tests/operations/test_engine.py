"""A campaign's mails from the launch to the provider, with the clock in our hands."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.gateways import Gateways
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.blast import Delivery
from advocacy.models.campaign import Campaign
from advocacy.operations import engine, planning
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Engine:
    """The engine on one database, with a fake provider and a clock that stands still until it is set."""

    session: Session
    gateways: Gateways
    settings: Settings
    clock: SimulatedClock
    provider: FakeProvider

    def at(self, now: datetime) -> int:
        self.clock.set(now)
        return self.run()

    def run(self) -> int:
        return engine.run_once(self.session, gateways=self.gateways, settings=self.settings)

    def tick(self) -> None:
        engine.tick(self.session, gateways=self.gateways, settings=self.settings)

    def launch(self, campaign: Campaign) -> None:
        campaign.launched_at = self.clock.now()
        planning.derive(
            self.session, campaign, now=self.clock.now(), writer=self.gateways.mails, settings=self.settings
        )
        self.session.commit()


@pytest.fixture
def running(session: Session, clock: SimulatedClock, provider: FakeProvider, settings: Settings) -> Engine:
    # The PostgreSQL server has a clock of its own: the fake one is moved to agree with what the tests say.
    return Engine(session, Gateways(clock=clock, provider=provider), settings, clock, provider)


def test_a_launch_reaches_the_alert_list_and_the_campaigns_own_people_once(running: Engine) -> None:
    session = running.session
    campaign = add_campaign(session)
    alerted, own, both, stranger = (add_supporter(session, f"{name}@example.org") for name in "abcd")
    subscribe(session, alerted)
    subscribe(session, own, campaign)
    subscribe(session, both)
    subscribe(session, both, campaign)
    session.commit()

    running.launch(campaign)
    running.at(NOON + timedelta(hours=3))
    running.run()

    assert sorted(running.provider.addresses) == ["a@example.org", "b@example.org", "c@example.org"]
    assert stranger.id not in set(session.scalars(select(Delivery.supporter_id)))
