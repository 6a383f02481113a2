"""Whom a mail goes to, counted in the background: the same as counted at once, asked for by a press, never by looking."""

import os
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.blast import BlastState
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.blast import Blast, Delivery
from advocacy.models.campaign import Campaign
from advocacy.models.headcount import Headcount
from advocacy.models.supporter import Action, Suppression
from advocacy.operations import audiences, headcounts
from advocacy.operations.headcounts import What
from tests.conftest import NOON
from tests.factories import CREATED, add_campaign, add_supporter, subscribe


def mail(session: Session, campaign: Campaign, **values: object) -> Blast:
    blast = Blast(
        campaign_id=campaign.id,
        rule="manual",
        occurrence=f"by-hand-{values['state']}",
        scheduled_at=NOON,
        send_by=NOON + timedelta(days=1),
        created_at=CREATED,
        **values,
    )
    session.add(blast)
    session.flush()
    return blast


def somebody(session: Session, campaign: Campaign, blast: Blast, dice: Random) -> None:
    person = add_supporter(
        session,
        state=dice.choice([SupporterState.ACTIVE] * 5 + [SupporterState.PENDING]),
        country=dice.choice([None, "CA", "DE"]),
        timezone=dice.choice(["America/Toronto", "Europe/Berlin"]),
    )
    for joined in (campaign, None):
        if dice.random() < 0.6:
            row = subscribe(session, person, joined, reminders=dice.choice(list(Reminders)))
            row.left_at = dice.choice([None, None, NOON])
    if dice.random() < 0.4:
        act = {"channel": Channel.POST, "at": NOON, "day": NOON.date(), "addressee_id": campaign.addressees[0].id}
        session.add(Action(supporter_id=person.id, campaign_id=campaign.id, **act))
    if dice.random() < 0.3:
        session.add(Delivery(blast_id=blast.id, supporter_id=person.id, dispatch_no=1))
    if dice.random() < 0.15:
        session.add(Suppression(suppression_key=person.suppression_key, reason="unsubscribed", at=NOON))


@settings(
    max_examples=200 if os.environ.get("ADVOCACY_PROVE") else 4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 2**32))
def test_what_is_counted_in_the_background_is_what_counting_at_once_says(
    session: Session, clock: SimulatedClock, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 - dice, no secrets
    campaign = add_campaign(session)
    chosen = Selection(acted=dice.choice([None, True, False]), countries=dice.choice([(), ("CA",), ("CA", "DE")]))
    draft = mail(session, campaign, state=BlastState.DRAFT, audience=chosen.as_json())
    sent = mail(session, campaign, state=BlastState.COMPLETED, audience={})
    for _ in range(20):
        somebody(session, campaign, sent, dice)
    session.commit()
    now = clock.now()
    asked = ((What.MAIL, draft), (What.MAIL, sent), (What.LAUNCH, None), (What.NEWS, None))
    for what, blast in asked:
        headcounts.ask(session, campaign, what, blast, now, large=0)

    assert headcounts.count_asked(session, clock=clock) == len(asked)

    told = [
        headcounts.of_mail(session, draft, campaign, now, large=0),
        headcounts.of_mail(session, sent, campaign, now, large=0),
        headcounts.of_launch(session, campaign, now, large=0),
        headcounts.of_news(session, campaign, now, large=0),
    ]
    assert all(reach and reach.at for reach in told)
    assert [(reach.people, reach.left_out, reach.zones) for reach in told if reach] == [
        (reach.people, reach.left_out, reach.zones)
        for reach in (
            audiences.reach_of_mail(session, draft, campaign, now),
            audiences.reach_of_mail(session, sent, campaign, now),
            audiences.reach_of_launch(session, campaign, now),
            audiences.reach_of_news(session, campaign, now),
        )
    ]
    assert told[0] is not None
    assert told[0].people == audiences.reach_by_hand(session, campaign, chosen, now).people


def test_another_audience_is_counted_anew_and_the_old_number_shown_no_more(
    session: Session, clock: SimulatedClock
) -> None:
    campaign = add_campaign(session)
    for country in ("CA", "CA", "DE"):
        subscribe(session, add_supporter(session, country=country), campaign)
    blast = mail(session, campaign, state=BlastState.DRAFT, audience={})
    session.commit()

    def look() -> int | None:
        reach = headcounts.of_mail(session, blast, campaign, clock.now(), large=0)
        return reach.people if reach else None

    def ask() -> int:
        headcounts.ask(session, campaign, What.MAIL, blast, clock.now(), large=0)
        return headcounts.count_asked(session, clock=clock)

    assert look() is None
    assert headcounts.count_asked(session, clock=clock) == 0, "looking asks for nothing"
    assert (ask(), look()) == (1, 3)
    assert ask() == 0, "it is new"
    assert headcounts.shown(session, blast, campaign, clock.now()) == 3

    blast.audience = Selection(countries=("DE",)).as_json()
    session.commit()

    assert look() is None
    assert headcounts.shown(session, blast, campaign, clock.now()) is None
    assert (ask(), look()) == (1, 1)
    clock.set(clock.now() + timedelta(minutes=11))
    assert headcounts.is_old(headcounts.of_mail(session, blast, campaign, clock.now(), large=0), clock.now())
    assert headcounts.shown(session, blast, campaign, clock.now()) is None
    assert (ask(), look()) == (1, 1)


def test_a_worker_that_died_while_counting_is_followed_by_another(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    session.commit()
    headcounts.ask(session, campaign, What.NEWS, None, clock.now(), large=0)
    session.get_one(Headcount, (campaign.id, "news", 0)).begun_at = clock.now()
    session.commit()

    assert headcounts.count_asked(session, clock=clock) == 0
    clock.set(clock.now() + timedelta(minutes=6))
    assert headcounts.count_asked(session, clock=clock) == 1
