"""Sentences: English by themselves, kept with their facts, and refused by errors as they are."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.sentence import Country, Near, Sentence, in_words, kept
from advocacy.domain.wording import locale_for

DAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fact", "english", "french"),
    [
        pytest.param(1234, "1,234", "1\u202f234", id="a number"),
        pytest.param(DAY, "Tuesday 3 March 2026", "mardi 3 mars 2026", id="a day"),
        pytest.param(Near(DAY), "Tuesday 3 March", "mardi 3 mars", id="a day soon"),
        pytest.param(time(9, 5), "09:05", "09:05", id="a time of day"),
        pytest.param(Country("US"), "United States", "États-Unis", id="a country"),
        pytest.param(("a", "b"), "a, b", "a, b", id="a list of words"),
        pytest.param([Sentence("One."), Sentence("Two.")], "One. Two.", "One. Two.", id="a list of sentences"),
    ],
)
def test_a_fact_is_written_as_each_language_writes_it(fact: object, english: str, french: str) -> None:
    assert Sentence("%(fact)s", fact=fact) == english
    assert in_words(fact, locale_for("fr")) == french


def test_an_instant_is_told_in_utc_or_in_the_zone_of_who_reads() -> None:
    assert Sentence("at %(at)s", at=AT) == "at Tuesday 3 March 2026, 15:30 UTC"
    assert in_words(AT, locale_for("fr"), ZoneInfo("America/Toronto")) == "mardi 3 mars 2026, 10:30"


def test_a_percent_sign_is_doubled_only_beside_facts() -> None:
    assert Sentence("All of it, 100%") == "All of it, 100%"
    assert Sentence("%(part)s of 100%%", part=3) == "3 of 100%"


@pytest.mark.parametrize(("number", "said"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_one_and_several_are_counted(number: int, said: str) -> None:
    assert Sentence.counted("%(num)s day", "%(num)s days", number) == said


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence(),
        Sentence("expired"),
        Sentence("Line %(line)s: %(why)s", line=3, why=Sentence("It has %(number)s cells.", number=9)),
        Sentence.counted("%(num)s day before %(day)s", "%(num)s days before %(day)s", 1, day=DAY),
    ],
    ids=["nothing", "words alone", "a sentence within", "counted"],
)
def test_what_was_kept_comes_back_with_its_template(sentence: Sentence) -> None:
    again = Sentence.restored(kept(sentence))

    assert (again, again.template, again.many, list(again.facts)) == (
        sentence,
        sentence.template,
        sentence.many,
        list(sentence.facts),
    )
    assert kept(again) == kept(sentence)


def test_words_without_facts_are_kept_as_they_are() -> None:
    assert kept(Sentence("expired")) == "expired"
    assert kept("provider: {not} json") == "provider: {not} json"


def test_an_error_reads_in_english_and_keeps_what_it_is_made_of() -> None:
    error = ConflictError("“%(title)s” is closed.", title="Weavers")

    assert str(error) == "“Weavers” is closed."
    assert (error.sentence.template, error.sentence.facts) == ("“%(title)s” is closed.", {"title": "Weavers"})


def test_an_error_may_be_raised_with_the_sentence_of_another() -> None:
    said = Sentence("Use at most %(most)s characters.", most=3)
    error = InvalidError(said, faults={"text": said})

    assert error.sentence is said
    assert error.faults["text"] is said
