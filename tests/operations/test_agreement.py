"""The planner, which works in sets, and the cadence's rules for one person say the same."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.audience import CampaignView, SupporterView, mails_due
from advocacy.domain.cadence import Cadence
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter, Suppression
from tests.factories import CREATED, add_campaign, add_supporter, subscribe
from tests.running import Engine

LAUNCH = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
ZONES = ["America/Toronto", "Europe/London", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"]
COUNTRIES = ["CA", "GB", "NZ", "US", None]


def _view(supporter: Supporter, own: Reminders | None, *, alerts: bool, suppressed: bool) -> SupporterView:
    return SupporterView(
        zone=ZoneInfo(supporter.timezone),
        country=supporter.country,
        state=supporter.state,
        suppressed=suppressed,
        confirmed_at=supporter.confirmed_at,
        joined_at=CREATED if own else None,
        alerts_since=CREATED if alerts else None,
        reminders=own or Reminders.ALL,
    )


def _people(session: Session, campaign: Campaign, chance: random.Random) -> dict[str, SupporterView]:
    views = {}
    for number in range(30):
        address = f"p{number}@example.org"
        supporter = add_supporter(
            session,
            address,
            timezone=chance.choice(ZONES),
            country=chance.choice(COUNTRIES),
            language=chance.choice(["en", "fr", "fr-CA", "xx"]),
            state=chance.choices(list(SupporterState), [1, 12, 1, 1, 1])[0],
            confirmed_at=chance.choices([CREATED, None], [12, 1])[0],
        )
        own = chance.choice([None, *Reminders])
        left = supporter.state in {SupporterState.UNSUBSCRIBED, SupporterState.BOUNCED}
        alerts, suppressed = chance.random() < 0.6, left or chance.random() < 0.1
        if own:
            subscribe(session, supporter, campaign, reminders=own)
        if alerts:
            subscribe(session, supporter)
        if suppressed:
            session.add(Suppression(suppression_key=supporter.suppression_key, reason="organiser", at=CREATED))
        views[address] = _view(supporter, own, alerts=alerts, suppressed=suppressed)
    session.commit()
    return views


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("by_post", [True, False], ids=["by post only", "by e-mail"])
def test_everyone_gets_what_the_rules_for_one_person_say_when_they_say(
    running: Engine, seed: int, *, by_post: bool
) -> None:
    session, chance = running.session, random.Random(seed)  # noqa: S311 - which people there are, again the same with the same seed
    running.clock.set(LAUNCH)
    campaign = add_campaign(session, deadline=date(2026, 4, 2), timezone=chance.choice(ZONES))
    if not by_post:
        campaign.addressees[0].emails = ["office@example.org"]
    views = _people(session, campaign, chance)
    running.launch(campaign)
    deadline = campaign.due_by()
    assert deadline is not None
    view = CampaignView(launched_at=LAUNCH, deadline=deadline, cadence=Cadence(), post_to=("US",) if by_post else ())
    wanted = {
        (address, mail.step.key, mail.at)
        for address, person in views.items()
        for mail in mails_due(person, view, LAUNCH)
    }

    running.play(deadline.end() + timedelta(days=1))

    rules = dict(
        session.execute(select(Dispatch.public_id, Blast.rule).join(Blast, Blast.id == Dispatch.blast_id)).all()
    )
    got = {(taken.address, rules[taken.request.public_id], taken.at) for taken in running.provider.taken}
    assert got == wanted
    assert len(running.provider.taken) == len(wanted)
    assert len(wanted) > 15
    running.check()
