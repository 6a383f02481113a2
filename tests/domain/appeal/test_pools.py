"""The pools that ship are whole, and faults in them are named by file, part and phrase."""

from itertools import product

import pytest

from advocacy.domain.appeal.pools import REQUIRED, Pools, parse_pools
from advocacy.domain.appeal.request import Tone
from advocacy.domain.appeal.voicing import untidiness
from advocacy.domain.errors import InvalidError, NotFoundError

LANGUAGES = ("de", "en", "es", "fr")


def test_letters_can_be_written_in_four_languages(pools: Pools) -> None:
    assert pools.languages() == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_part_of_a_letter_has_many_phrasings(pools: Pools, language: str) -> None:
    voice = pools.voice(language)

    for part, tone in product(("opening", "concern", "principle", "conviction", "reply", "thanks"), Tone):
        assert sum(phrase.variants() for phrase in voice.phrases(part, tone)) >= 12, f"{part} {tone}"
    for tone in Tone:
        assert len(voice.phrases("further.infinitive", tone)) >= 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_chosen_is_one_tidy_sentence(pools: Pools, language: str) -> None:
    for (part, _), phrases in pools.voice(language).parts.items():
        for phrase in phrases:
            assert not untidiness(phrase, part, language), phrase.source


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrasing_stands_in_two_parts(pools: Pools, language: str) -> None:
    seen: dict[str, str] = {}
    for (part, tone), phrases in pools.voice(language).parts.items():
        if tone is Tone.FORMAL and part.partition(".")[0] in {
            "opening",
            "who",
            "concern",
            "principle",
            "conviction",
            "reply",
            "thanks",
        }:
            for phrase in phrases:
                assert seen.setdefault(phrase.source, part) == part


def test_a_dialect_gets_the_phrasings_of_its_language(pools: Pools) -> None:
    assert pools.voice("fr-CA").language == "fr"


def test_a_language_without_phrasings_is_said(pools: Pools) -> None:
    with pytest.raises(NotFoundError, match="de, en, es, fr"):
        pools.voice("tlh")


def test_the_best_language_is_the_first_that_exists(pools: Pools) -> None:
    assert pools.best("fa", "fr-CH", "en") == "fr"
    assert pools.best(None, "") == "en"


def test_all_faults_are_named_at_once() -> None:
    faulty = """
    [opening]
    any = ["I (ask|urge you."]
    loud = ["Listen."]
    [opning]
    any = ["Hello."]
    [who]
    any = ["I am {nme}."]
    """

    with pytest.raises(InvalidError) as refused:
        parse_pools({"en/letter.toml": faulty, "en/broken.toml": "any = ["})

    faults = refused.value.faults
    assert "en/letter.toml [opening] any, phrase 1" in faults
    assert "en/letter.toml [opening] loud" in faults
    assert faults["en/letter.toml [opning] any"] == "no such part"
    assert "nme" in faults["en/letter.toml [who] any, phrase 1"]
    assert "en/broken.toml" in faults
    assert {f"en [{part}] formal" for part in REQUIRED if part not in {"opening", "who"}} <= faults.keys()


def test_a_part_must_do_without_the_facts_that_may_be_missing() -> None:
    with pytest.raises(InvalidError) as refused:
        parse_pools({"en/letter.toml": '[opening]\nany = ["I write about {topic}."]'})

    assert refused.value.faults["en [opening] warm"].startswith("one phrasing at least")


def test_french_marks_are_set_with_an_unbreakable_blank(pools: Pools) -> None:
    leads = pools.voice("fr").phrases("list.neutral", Tone.FORMAL)

    assert all(lead.render(b"\0", {}).endswith("\u00a0:") for lead in leads)
