"""The letters of one supporter, and the ways to send them."""

from datetime import date

from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.request import OwnWords
from advocacy.gateways.phrases import load_pools
from advocacy.models.campaign import Campaign
from advocacy.operations import appeals
from advocacy.operations.appeals import Correspondence, Wishes
from tests.conftest import NOON
from tests.factories import add_campaign, add_campaign_with_embassy


def letters(campaign: Campaign, wishes: Wishes, today: date = date(2026, 3, 2)) -> list[Correspondence]:
    deadline = campaign.due_by()
    assert deadline is not None
    now = NOON + (today - NOON.date())
    return appeals.correspondence(campaign, wishes, today=today, deadline=deadline, now=now, pools=load_pools())


def test_the_copy_addressee_of_a_country_is_written_to_from_there_only(session: Session) -> None:
    campaign = add_campaign_with_embassy(session)

    here = [one.addressee.name for one in letters(campaign, Wishes(country="CA"))]
    elsewhere = [one.addressee.name for one in letters(campaign, Wishes(country="DE"))]

    assert here == ["Minister Ana Example", "Embassy of Exampleland"]
    assert elsewhere == ["Minister Ana Example"]


def test_only_channels_that_exist_are_offered(session: Session) -> None:
    minister, embassy = letters(add_campaign_with_embassy(session), Wishes(country="CA"))

    assert [way.offer.channel for way in minister.ways] == [Channel.POST]
    assert {way.offer.channel for way in embassy.ways} == {Channel.POST, Channel.EMAIL, Channel.PHONE}


def test_the_post_is_offered_with_its_last_useful_day_and_not_after_it(session: Session) -> None:
    campaign = add_campaign_with_embassy(session, deadline=date(2026, 3, 30))

    in_time = letters(campaign, Wishes(country="CA"))[0].way(Channel.POST)
    too_late = letters(campaign, Wishes(country="CA"), today=date(2026, 3, 29))[0].way(Channel.POST)

    assert in_time is not None
    assert too_late is not None
    assert in_time.post_by is not None
    assert in_time.post_by < date(2026, 3, 30)
    assert (in_time.offer.works, too_late.offer.works) == (True, False)


def test_ones_own_sentence_and_chosen_demands_are_in_the_letter_word_for_word(session: Session) -> None:
    wishes = Wishes(name="Robin", country="CA", chosen=(1,), own=OwnWords(why="My aunt {{ name }} wove <b>cloth</b>."))

    one = letters(add_campaign_with_embassy(session), wishes)[0]

    assert one.letter is not None
    assert "My aunt {{ name }} wove <b>cloth</b>." in one.letter.text()
    assert "let their families visit them" in one.letter.text()
    assert "release the weavers" not in one.letter.text()
    assert one.problems


def test_the_same_supporter_always_gets_the_same_letter(session: Session) -> None:
    campaign = add_campaign_with_embassy(session)

    first, again = (letters(campaign, Wishes(seed="1:1", country="CA"))[0].letter for _ in range(2))

    assert first == again


def test_a_letter_abroad_names_the_country_and_one_at_home_does_not(session: Session) -> None:
    minister, embassy = letters(add_campaign_with_embassy(session), Wishes(country="CA"))
    day = date(2026, 3, 2)

    abroad = appeals.letter_sheet(minister, Wishes(country="CA"), channel=Channel.POST, today=day, pools=load_pools())
    home = appeals.letter_sheet(embassy, Wishes(country="CA"), channel=Channel.POST, today=day, pools=load_pools())

    assert abroad.recipient[-1] == "UNITED STATES"
    assert home.recipient[-1] == "Ottawa"


def test_what_is_read_in_ones_own_language_makes_the_demands_in_the_order_of_the_letter(session: Session) -> None:
    campaign = add_campaign(session)

    both = [letters(campaign, Wishes(seed=str(number), reads="de"))[0] for number in range(12)]

    orders = [(one.letter.order(), one.reading.appeal.order()) for one in both if one.letter and one.reading]
    assert len(orders) == 12
    assert all(letter == reading for letter, reading in orders)
    assert all(one.reading is None for one in letters(campaign, Wishes(reads="en")))
