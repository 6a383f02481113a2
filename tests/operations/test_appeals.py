"""The letters of one supporter, and "I sent it"."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.appeal.request import OwnWords
from advocacy.domain.errors import InvalidError
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import SimulatedClock
from advocacy.gateways.phrases import load_pools
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.single_mail import SingleKind, SingleMail
from advocacy.models.supporter import Action, Supporter
from advocacy.operations import appeals
from advocacy.operations.appeals import Correspondence, Wishes
from tests.conftest import NOON
from tests.factories import add_campaign, add_supporter


def with_embassy(session: Session, **values: object) -> Campaign:
    """A campaign whose minister has only a postal address, and whose embassy is for people in Canada."""
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


def letters(campaign: Campaign, wishes: Wishes, today: date = date(2026, 3, 2)) -> list[Correspondence]:
    deadline = campaign.due_by()
    assert deadline is not None
    now = NOON + (today - NOON.date())
    return appeals.correspondence(campaign, wishes, today=today, deadline=deadline, now=now, pools=load_pools())


def test_the_copy_addressee_of_a_country_is_written_to_from_there_only(session: Session) -> None:
    campaign = with_embassy(session)

    here = [one.addressee.name for one in letters(campaign, Wishes(country="CA"))]
    elsewhere = [one.addressee.name for one in letters(campaign, Wishes(country="DE"))]

    assert here == ["Minister Ana Example", "Embassy of Exampleland"]
    assert elsewhere == ["Minister Ana Example"]


def test_only_channels_that_exist_are_offered(session: Session) -> None:
    minister, embassy = letters(with_embassy(session), Wishes(country="CA"))

    assert [way.offer.channel for way in minister.ways] == [Channel.POST]
    assert {way.offer.channel for way in embassy.ways} == {Channel.POST, Channel.EMAIL, Channel.PHONE}


def test_the_post_is_offered_with_its_last_useful_day_and_not_after_it(session: Session) -> None:
    campaign = with_embassy(session, deadline=date(2026, 3, 30))

    in_time = letters(campaign, Wishes(country="CA"))[0].way(Channel.POST)
    too_late = letters(campaign, Wishes(country="CA"), today=date(2026, 3, 29))[0].way(Channel.POST)

    assert in_time is not None
    assert too_late is not None
    assert in_time.post_by is not None
    assert in_time.post_by < date(2026, 3, 30)
    assert (in_time.offer.works, too_late.offer.works) == (True, False)


def test_ones_own_sentence_and_chosen_demands_are_in_the_letter_word_for_word(session: Session) -> None:
    wishes = Wishes(name="Robin", country="CA", chosen=(1,), own=OwnWords(why="My aunt {{ name }} wove <b>cloth</b>."))

    one = letters(with_embassy(session), wishes)[0]

    assert one.letter is not None
    assert "My aunt {{ name }} wove <b>cloth</b>." in one.letter.text()
    assert "let their families visit them" in one.letter.text()
    assert "release the weavers" not in one.letter.text()
    assert one.problems


def test_the_same_supporter_always_gets_the_same_letter(session: Session) -> None:
    campaign = with_embassy(session)

    first, again = (letters(campaign, Wishes(seed="1:1", country="CA"))[0].letter for _ in range(2))

    assert first == again


def test_a_letter_abroad_names_the_country_and_one_at_home_does_not(session: Session) -> None:
    minister, embassy = letters(with_embassy(session), Wishes(country="CA"))
    day = date(2026, 3, 2)

    abroad = appeals.letter_sheet(minister, Wishes(country="CA"), channel=Channel.POST, today=day, pools=load_pools())
    home = appeals.letter_sheet(embassy, Wishes(country="CA"), channel=Channel.POST, today=day, pools=load_pools())

    assert abroad.recipient[-1] == "UNITED STATES"
    assert home.recipient[-1] == "Ottawa"


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
    campaign = with_embassy(session)
    minister, embassy = campaign.addressees

    told = [
        appeals.sent(session, robin.id, campaign, minister.id, Channel.POST, clock=clock),
        appeals.sent(session, robin.id, campaign, minister.id, Channel.POST, clock=clock),
        appeals.sent(session, robin.id, campaign, embassy.id, Channel.EMAIL, clock=clock),
    ]

    assert told == [True, False, True]
    assert len(session.scalars(select(Action)).all()) == 2
    assert [(mail.dedupe_key, mail.facts) for mail in thanks(session)] == [
        (f"thanks:{robin.id}:{campaign.id}", {"another_channel": True})
    ]


def test_the_day_of_an_action_is_the_supporters_own(session: Session, clock: SimulatedClock, robin: Supporter) -> None:
    campaign = with_embassy(session)
    clock.set(NOON.replace(hour=3))

    appeals.sent(session, robin.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)

    assert session.scalars(select(Action.day)).one() == date(2026, 3, 1)


def test_someone_who_gets_no_mail_is_not_thanked_by_mail(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign = with_embassy(session)
    robin.state = SupporterState.UNSUBSCRIBED
    session.commit()

    assert appeals.sent(session, robin.id, campaign, campaign.addressees[0].id, Channel.POST, clock=clock)
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
        appeals.sent(session, robin.id, campaign, ids[which], channel, clock=clock)


def test_the_next_way_is_one_not_used_and_after_the_last_comes_rest(
    session: Session, clock: SimulatedClock, robin: Supporter
) -> None:
    campaign = with_embassy(session)
    minister, embassy = campaign.addressees
    appeals.sent(session, robin.id, campaign, minister.id, Channel.POST, clock=clock)

    following = appeals.another_way(session, robin, campaign, NOON)
    for channel in (Channel.POST, Channel.EMAIL, Channel.PHONE):
        appeals.sent(session, robin.id, campaign, embassy.id, channel, clock=clock)

    assert following is not None
    assert following[0].id == embassy.id
    assert appeals.another_way(session, robin, campaign, NOON) is None
    assert appeals.another_way(session, robin, campaign, NOON + timedelta(days=60)) is None
