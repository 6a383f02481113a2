"""A campaign's own phrasings are judged like those that ship, and join or replace them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.campaign_phrasings import CampaignPhrasings
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.model_letter import flaw_of
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest, OwnWords, Tone
from advocacy.domain.appeal.text import Kind
from advocacy.domain.appeal.voicing import flaws_in

MODEL = "I write about the four teachers.\n\n{own}\n\nTo be plain:\n\n{demands}\n\nI shall follow what comes of it."


def own(*, locked: tuple[str, ...] = (), model: str = "", **added: str) -> CampaignPhrasings:
    parts = {part.replace("__", "."): tuple(text.split("\n")) for part, text in added.items()}
    return CampaignPhrasings(tuple(sorted(parts.items())), frozenset(locked), model)


@pytest.mark.parametrize(
    ("part", "source", "said", "place"),
    [
        ("opening", "I (ask|urge you.", "a bar “|” outside", "|"),
        ("opening", "I am {nme}.", "unknown slot {nme}", "{nme}"),
        ("opening", "I write from {city}} today.", "a brace", "}"),
        ("opening", "i write to you.", "begin it with a capital", "i write to you."),
        ("opening", "I write to you", "end it with a full stop", "I write to you"),
        ("opening", "I write (today |) .", "a stray mark", "I write (today |) ."),
        ("further__infinitive", "I ask for it.", "it must say the demand", "I ask for it."),
        ("opening", "(|)", "it can become empty", None),
        ("opening", "A" + "(a|b|c|d)" * 7 + ".", "16,384 ways", None),
    ],
)
def test_a_flaw_is_told_with_its_place(part: str, source: str, said: str, place: str | None) -> None:
    opening = f"I trust in your office.\n{source}" if part == "opening" else ""
    flaw, *others = flaws_in("en", own(opening=opening) if opening else own(further__infinitive=source))

    assert others == []
    assert said in flaw.sentence
    assert (flaw.part, flaw.line) == (part.replace("__", "."), 2 if part == "opening" else 1)
    assert place is None or flaw.text[flaw.start : flaw.end] == place


def test_a_part_is_locked_only_with_a_phrasing_that_everybody_can_use() -> None:
    empty = flaws_in("en", own(locked=("opening",)))
    needy = flaws_in("en", own(locked=("opening",), opening="I write from {city}."))

    assert [flaw.sentence[:27] for flaw in empty] == ["write at least one phrasing"]
    assert "must do without" in needy[0].sentence
    assert flaws_in("en", own(locked=("opening",), opening="I write from {city}.\nI write to you.")) == ()


def test_a_locked_part_reads_the_same_in_all_letters_and_an_open_one_varies(
    pools: Pools, a_request: Callable[..., AppealRequest]
) -> None:
    mine = "This is about four teachers."
    locked, open_ = (
        [
            compose(replace(a_request(seed=f"c:{number}", tone=tone), phrasings=words), pools).body()
            for number in range(40)
            for tone in Tone
        ]
        for words in (own(locked=("opening",), opening=mine), own(opening=mine))
    )

    assert all(body.startswith(mine) for body in locked)
    assert 0 < sum(body.startswith(mine) for body in open_) < len(open_) / 2
    assert len(set(locked)) == len(locked)


def test_a_model_letter_stands_in_with_own_words_and_demands_in_their_places(
    pools: Pools, a_request: Callable[..., AppealRequest]
) -> None:
    request = replace(a_request(own=OwnWords(why="My sister teaches.")), phrasings=own(model=MODEL))

    letter = compose(request, pools)

    texts = [part.text for part in letter.paragraphs]
    assert (texts[0], texts[1], texts[2]) == ("I write about the four teachers.", "My sister teaches.", "To be plain:")
    assert texts[-1] == "I shall follow what comes of it."
    assert {piece.demand for part in letter.paragraphs for piece in part.pieces} >= set(request.chosen_demands())
    assert letter.paragraphs[0].kind is Kind.SUMMARY
    assert letter.closing
    assert (
        compose(replace(request, channel=Channel.PHONE), pools).body()
        == compose(replace(request, channel=Channel.PHONE, phrasings=own()), pools).body()
    )


def test_without_a_place_own_words_stand_before_the_last_paragraph_of_a_model(
    pools: Pools, a_request: Callable[..., AppealRequest]
) -> None:
    request = replace(a_request(own=OwnWords(why="My sister teaches.")), phrasings=own(model="One.\n\nTwo.\n\nThree."))

    assert [part.text for part in compose(request, pools).paragraphs] == [
        "One.",
        "Two.",
        "My sister teaches.",
        "Three.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MODEL, ""),
        ("Dear Minister,\n\nI write to you.", "Leave out the salutation"),
        ("I write to you.\n\nYours sincerely\nN. N.", "Leave out the closing"),
        ("I write from {city}.", "Only {own} and {demands}"),
        ("I write {own} today.", "Only {own} and {demands}"),
        ("{demands}\n\n{demands}\n\nNow.", "Each of {own}"),
        ("{own}\n\n{demands}", "Write the letter itself"),
        ("a" * 4_001, "Use at most 4,000"),
    ],
)
def test_what_keeps_a_text_from_being_a_model_letter_is_said(text: str, said: str) -> None:
    assert flaw_of(text).startswith(said)
    assert bool(flaw_of(text)) is bool(said)
