"""What supporters tell us they sent, and what comes after it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.errors import InvalidError
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Action, Supporter
from advocacy.operations import actions
from tests.conftest import NOON
from tests.factories import add_campaign, add_campaign_with_embassy, add_supporter


@pytest.fixture
def robin(session: Session) -> Supporter:
    supporter = add_supporter(session, country="CA")
    session.commit()
    return supporter


def thanks(session: Session) -> list[SingleMail]:
    return list(session.scalars(select(SingleMail).where(SingleMail.kind == SingleKind.THANKS)))


def test_i_sent_it_is_kept_once_and_thanked_for_once_in_a_campaign(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign = add_campaign_with_embassy(session)
    minister, embassy = campaign.addressees

    told = [
        actions.sent(session, robin.id, campaign, minister.id, Channel.POST, clock=clock),
        actions.sent(session, robin.id, campaign, minister.id, Channel.POST, clock=clock),
        actions.sent(session, robin.id, campaign, embassy.id, Channel.EMAIL, clock=clock),
    ]

    assert told == [True, False, True]
    assert len(session.scalars(select(Action)).all()) == 2
    assert [(mail.dedupe_key, mail.facts) for mail in thanks(session)] == [
        (f"thanks:{robin.id}:{campaign.id}", {"another_channel": True})
    ]


def test_the_day_of_an_action_is_the_supporters_own(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    campaign = add_campaign_with_embassy(session)
    clock.set(NOON.replace(hour=3))

    actions.sent(session, robin.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)

    assert session.scalars(select(Action.day)).one() == date(2026, 3, 1)


def test_someone_who_gets_no_mail_is_not_thanked_by_mail(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign = add_campaign_with_embassy(session)
    robin.state = SupporterState.UNSUBSCRIBED
    session.commit()

    assert actions.sent(session, robin.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
    assert thanks(session) == []


@pytest.mark.parametrize(
    ("which", "channel"),
    [("another campaign's", Channel.POST), ("own", Channel.EMAIL), ("nobody", Channel.POST)],
)
def test_a_way_that_does_not_exist_cannot_be_told(
    session: Session, clock: SimulatedClock, robin: Supporter, which: str, channel: Channel
) -> None:
    campaign, other = add_campaign(session), add_campaign(session)
    session.commit()
    ids = {"another campaign's": other.addressees[0].id, "own": campaign.addressees[0].id, "nobody": 0}

    with pytest.raises(InvalidError):
        actions.sent(session, robin.id, campaign, ids[which], channel, clock=clock)


def test_the_next_way_is_one_not_used_and_after_the_last_comes_rest(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign = add_campaign_with_embassy(session)
    minister, embassy = campaign.addressees
    actions.sent(session, robin.id, campaign, minister.id, Channel.POST, clock=clock)

    following = actions.another_way(session, robin, campaign, NOON)
    for channel in (Channel.POST, Channel.EMAIL, Channel.PHONE):
        actions.sent(session, robin.id, campaign, embassy.id, channel, clock=clock)

    assert following is not None
    assert following[0].id == embassy.id
    assert actions.another_way(session, robin, campaign, NOON) is None
    assert actions.another_way(session, robin, campaign, NOON + timedelta(days=60)) is None
