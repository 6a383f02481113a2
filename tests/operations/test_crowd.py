"""The roll-ups of who can be written to say the same as counting everybody: on random people, for each campaign."""

import os
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models import audience, rollups
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Action, Subscription, Supporter, Suppression
from advocacy.operations import crowd
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter, subscribe


def _somebody(session: Session, campaigns: list[Campaign], dice: Random) -> None:
    person = add_supporter(
        session,
        state=dice.choice([SupporterState.ACTIVE] * 5 + [SupporterState.PENDING]),
        country=dice.choice([None, "CA", "DE"]),
        timezone=dice.choice(["America/Toronto", "Europe/Berlin"]),
    )
    for campaign in [*campaigns, None]:
        if dice.random() < 0.6:
            row = subscribe(session, person, campaign, reminders=dice.choice(list(Reminders)))
            row.left_at = dice.choice([None, None, NOON])
        if campaign and dice.random() < 0.4:
            ids = {"supporter_id": person.id, "campaign_id": campaign.id, "addressee_id": campaign.addressees[0].id}
            session.add(Action(**ids, channel=Channel.POST, at=NOON, day=NOON.date()))
    if dice.random() < 0.15:
        session.add(Suppression(suppression_key=person.suppression_key, reason="unsubscribed", at=NOON))


@settings(
    max_examples=200 if os.environ.get("ADVOCACY_PROVE") else 4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 2**32))
def test_the_roll_ups_say_the_same_as_counting_everybody(session: Session, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - dice, no secrets
    campaigns = [add_campaign(session), add_campaign(session)]
    for _ in range(20):
        _somebody(session, campaigns, dice)
    session.commit()

    crowd.count(session)
    for campaign in campaigns:
        crowd.count_campaign(session, campaign.id)
        session.commit()

    for campaign in campaigns:
        read = audience.groups(session, campaign, large=0)
        assert sorted(read, key=str) == sorted(audience.counted(session, campaign), key=str)
    for table in (Action, Subscription, Suppression, Supporter):
        session.execute(delete(table))
    session.commit()


def test_everybody_is_counted_once_a_minute(session: Session) -> None:
    clock = SimulatedClock(NOON)
    add_supporter(session)
    session.commit()

    assert crowd.when_it_is_time(session, clock=clock)
    assert not crowd.when_it_is_time(session, clock=clock)
    assert rollups.people(session) == 1
    clock.set(NOON + timedelta(minutes=2))
    assert crowd.when_it_is_time(session, clock=clock)
