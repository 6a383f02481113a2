"""Whole translations are used, half or stale ones are not."""

import pytest

from advocacy.domain.translation import Part, Texts, Translation, said_in

ENGLISH = Texts(
    "en",
    {"title": "Weavers held", "summary": "Eleven are held.", "concern": "", "case_text": "", "background": "Old."},
    ("Release them", "Pay them"),
)
WHOLE = Translation(
    "fr",
    {
        "title": Part.made("Tisserandes détenues", "Weavers held"),
        "summary": Part.made("Onze sont détenues.", "Eleven are held."),
        "background": Part.made("Ancien.", "Old."),
    },
    (Part.made("Libérez-les", "Release them"), Part.made("Payez-les", "Pay them")),
)


def changed(**values: object) -> Texts:
    return Texts("en", {**ENGLISH.fields, **{k: str(v) for k, v in values.items() if k != "demands"}}, ENGLISH.demands)


def test_a_whole_translation_is_what_a_reader_of_that_language_sees() -> None:
    french = said_in("fr", ENGLISH, [WHOLE])

    assert (french.language, french.title, french.demands) == (
        "fr",
        "Tisserandes détenues",
        ("Libérez-les", "Payez-les"),
    )
    assert said_in("fr-CA", ENGLISH, [WHOLE]) == french


@pytest.mark.parametrize("language", ["en", "en-GB", "de"], ids=["its own", "a kind of its own", "none there"])
def test_other_readers_see_the_original(language: str) -> None:
    assert said_in(language, ENGLISH, [WHOLE]) is ENGLISH


def test_a_text_that_is_missing_keeps_the_whole_translation_back() -> None:
    half = Translation("fr", {name: part for name, part in WHOLE.fields.items() if name != "summary"}, WHOLE.demands)

    assert half.missing(ENGLISH) == ("summary",)
    assert said_in("fr", ENGLISH, [half]) is ENGLISH


def test_a_changed_original_makes_its_translation_stale_and_keeps_the_words() -> None:
    now = changed(summary="Twelve are held.")

    assert WHOLE.stale(now) == ("summary",)
    assert WHOLE.kept("summary", now) == "Onze sont détenues."
    assert said_in("fr", now, [WHOLE]) is now


def test_demands_may_change_places_and_a_changed_one_is_found_by_its_place() -> None:
    turned = Texts("en", ENGLISH.fields, ("Pay them", "Release them"))
    edited = Texts("en", ENGLISH.fields, ("Release them at once", "Pay them"))

    assert said_in("fr", turned, [WHOLE]).demands == ("Payez-les", "Libérez-les")
    assert WHOLE.missing(edited) == ("demands[0]",)
    assert WHOLE.kept("demands[0]", edited) == "Libérez-les"


def test_what_is_written_is_read_again() -> None:
    assert Translation.from_json("fr", WHOLE.as_json()) == WHOLE
    assert Translation.from_json("fr", None).missing(ENGLISH)
