"""A call takes a minute at most; a post holds a demand whole or not at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, OwnWords, Tone, Writer

RequestMaker = Callable[..., AppealRequest]
LANGUAGES = ("de", "en", "es", "fr")
LONG = tuple(
    Demand(f"release person number {number} " + "and explain in public why they were held at all " * 3)
    for number in range(6)
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", list(Tone))
def test_a_script_takes_a_minute_at_most(pools: Pools, a_request: RequestMaker, language: str, tone: Tone) -> None:
    for number in range(30):
        appeal = compose(a_request(language=language, tone=tone, channel=Channel.PHONE, seed=f"c:{number}"), pools)

        assert 0 < appeal.seconds <= 60
        assert appeal.fits
        assert appeal.salutation == ""


def test_demands_that_find_no_room_in_a_call_are_named_and_each_is_said_by_someone(
    pools: Pools, a_request: RequestMaker
) -> None:
    request = a_request(channel=Channel.PHONE, facts=CampaignFacts("Six people", LONG))
    said: set[int] = set()
    for number in range(30):
        appeal = compose(replace(request, seed=f"c:{number}"), pools)
        said |= set(range(6)) - set(appeal.left_out)

        assert 1 <= len(appeal.left_out) < 6
        assert appeal.seconds <= 60
    assert said == {0, 1, 2, 3, 4, 5}


def test_own_words_are_said_where_there_is_time(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(channel=Channel.PHONE, own=OwnWords(why="I am a teacher too")), pools)

    assert "I am a teacher too." in appeal.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_post_has_280_characters_at_most_and_one_whole_demand(
    pools: Pools, a_request: RequestMaker, language: str
) -> None:
    for number in range(30):
        request = a_request(language=language, channel=Channel.SOCIAL, seed=f"c:{number}")
        appeal = compose(request, pools)

        assert len(appeal.text()) <= 280
        assert len(appeal.left_out) == 3
        made = next(piece.demand for piece in appeal.paragraphs[0].pieces)
        assert made is not None
        assert request.facts.demands[made].text[1:] in appeal.text()


def test_a_post_with_room_for_no_demand_names_the_case(pools: Pools, a_request: RequestMaker) -> None:
    long = (Demand("release them " + "and say why in public " * 20),)
    appeal = compose(a_request(channel=Channel.SOCIAL, facts=CampaignFacts("Six people", long)), pools)

    assert "Six people" in appeal.text()
    assert appeal.left_out == (0,)
    assert appeal.fits


def test_a_post_names_whom_it_is_for(pools: Pools, a_request: Callable[..., AppealRequest]) -> None:
    minister = Addressee(name="Minister", social="@minister")
    for number in range(40):
        request = a_request(channel=Channel.SOCIAL, addressee=minister, seed=f"c:{number}")
        assert compose(request, pools).body().count("@minister") == 1


def test_initials_end_a_sentence_with_one_full_stop(pools: Pools, a_request: Callable[..., AppealRequest]) -> None:
    for language in ("de", "en", "es", "fr"):
        for number in range(12):
            request = a_request(language=language, channel=Channel.PHONE, writer=Writer("A. L."), seed=f"c:{number}")
            assert ".." not in compose(request, pools).body()
