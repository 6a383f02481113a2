"""What a letter does not say twice."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.choosing import Chooser
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.phrases import parse_phrase
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand

RequestMaker = Callable[..., AppealRequest]


def test_a_chooser_passes_over_a_phrase_that_begins_like_one_before() -> None:
    first, second, third = (parse_phrase(text) for text in ("I ask you now.", "I ask you soon.", "Please act."))
    chooser = Chooser("x")

    chooser.choose("one", (first,), {})

    assert chooser.choose("two", (second, third), {}, at=0) == "Please act."


def test_a_chooser_passes_over_a_phrase_that_begins_as_the_sentence_right_before_it() -> None:
    phrases = tuple(parse_phrase(text) for text in ("J'espère beaucoup.", "Une réponse compte."))

    assert Chooser("x").choose("reply", phrases, {}, at=0, after="Je vous écris.") == "Une réponse compte."
    assert Chooser("x").choose("reply", phrases, {}, at=0, after="Cela compte.") == "J'espère beaucoup."


def test_a_chooser_says_no_short_opening_twice_also_before_another_mark() -> None:
    first, second, third = (parse_phrase(text) for text in ("De même\u00a0: agissez.", "De même, je veux.", "Et puis."))
    chooser = Chooser("x")

    chooser.choose("one", (first,), {})

    assert chooser.choose("two", (second, third), {}, at=0) == "Et puis."


def test_one_phrasing_never_leads_two_spoken_demands_in_a_row(pools: Pools, a_request: RequestMaker) -> None:
    demands = tuple(Demand(f"{verb} el derecho de Inés") for verb in ("respetar", "proteger", "reconocer", "anunciar"))
    request = a_request(language="es", channel=Channel.PHONE, facts=CampaignFacts("Tres", demands))
    for number in range(30):
        lines = compose(replace(request, seed=f"c:{number}"), pools).body().split("\n\n")
        asked = [line.partition(" el derecho")[0].rpartition(" ")[0] for line in lines if "el derecho" in line]
        assert all(one != other for one, other in pairwise(asked)), asked


def test_a_chooser_passes_over_a_word_that_came_before_but_rather_repeats_it_than_a_run() -> None:
    first, word, run, other = (
        parse_phrase(text)
        for text in (
            "It concerns me deeply now.",
            "A concern leads me.",
            "It concerns me deeply now and ever.",
            "Rights matter.",
        )
    )
    chooser = Chooser("x")
    chooser.choose("one", (first,), {})

    assert chooser.choose("two", (word, other), {}, at=0) == "Rights matter."
    assert chooser.choose("three", (run, word), {}, at=0) == "A concern leads me."
