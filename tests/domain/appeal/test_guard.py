"""A leftover hint, an empty placeholder or a merge sign blocks sending, and its place is marked."""

from collections.abc import Callable

import pytest

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.guard import NudgeKind, ProblemKind, nudges, problems, problems_of
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, OwnWords, Writer

RequestMaker = Callable[..., AppealRequest]


@pytest.mark.parametrize(
    ("text", "kind", "excerpt"),
    [
        ("My name is [your name].", ProblemKind.PLACEHOLDER, "[your name]"),
        ("I live in ____ and", ProblemKind.PLACEHOLDER, "____"),
        ("I am XXX years old", ProblemKind.PLACEHOLDER, "XXX"),
        ("Dear {name}, hello", ProblemKind.MERGE_SIGN, "{name}"),
        ("Dear {{ first_name }}, hello", ProblemKind.MERGE_SIGN, "{{ first_name }}"),
        ("Hello *|FNAME|*!", ProblemKind.MERGE_SIGN, "*|FNAME|*"),
        ("Hello <<First Name>>!", ProblemKind.MERGE_SIGN, "<<First Name>>"),
        ("Hello %FIRSTNAME%!", ProblemKind.MERGE_SIGN, "%FIRSTNAME%"),
        ("Dear ,\n\nhello", ProblemKind.EMPTY, "Dear ,"),
        ("I write from ( ) today", ProblemKind.EMPTY, "( )"),
        ("Why does this matter to you? Because.", ProblemKind.HINT, "Why does this matter to you?"),
    ],
)
def test_what_blocks_sending_is_found_where_it_stands(pools: Pools, text: str, kind: ProblemKind, excerpt: str) -> None:
    found = problems(text, pools.voice("en"))

    assert [(problem.kind, problem.excerpt) for problem in found] == [(kind, excerpt)]
    assert text[found[0].start : found[0].end] == excerpt


@pytest.mark.parametrize(
    "text",
    [
        "He said “the law [sic] is clear […]” in 2020 [1].",
        "Prices rose 20% and 30% more... I hope for the best.",
        "Why? Because it matters to me (and to my sister).",
        "Chère Madame, je vous écris.",
        "I gave 100 % of {",
    ],
)
def test_ordinary_text_passes(pools: Pools, text: str) -> None:
    assert problems(text, pools.voice("en")) == ()


def test_places_count_from_the_start_of_the_subject(pools: Pools, a_request: RequestMaker) -> None:
    appeal = compose(a_request(own=OwnWords(why="I am [your age] years old")), pools)

    (problem,) = problems_of(appeal, pools.voice("en"))

    assert f"{appeal.subject}\n{appeal.text()}"[problem.start : problem.end] == "[your age]"


def test_a_letter_without_a_word_of_ones_own_is_nudged(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request()

    assert [nudge.kind for nudge in nudges(compose(request, pools), request)] == [NudgeKind.NOT_PERSONAL]


def test_a_personal_signed_letter_is_left_in_peace(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request(own=OwnWords("I am a teacher"), channel=Channel.EMAIL)

    assert nudges(compose(request, pools), request) == ()


def test_shouting_length_and_a_missing_name_are_pointed_out(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request(own=OwnWords(why="FREE THEM RIGHT NOW " * 60), writer=Writer(city="Toronto"))

    kinds = {nudge.kind for nudge in nudges(compose(request, pools), request)}
    assert kinds == {NudgeKind.SHOUTING, NudgeKind.LONG, NudgeKind.UNSIGNED}
