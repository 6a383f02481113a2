"""The sign-up form: each field judged, and nothing else taken over."""

from typing import Any

import pytest

from advocacy.domain.joining import Answers, Fault, judge, judge_line, zone_of
from advocacy.domain.supporter import Reminders

GOOD = {"email": "robin@example.org", "consent": "yes"}


def judged(**fields: Any) -> tuple[Answers, dict[str, str]]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in (GOOD | fields).items()}
    return judge(lists, languages=("en", "fr"), zone="Europe/Paris", language="en")


def test_the_least_that_is_needed_is_an_address_and_a_tick() -> None:
    answers, faults = judged()

    assert faults == {}
    assert answers == Answers("robin@example.org", "", "", None, "en", "Europe/Paris", Reminders.ALL, alerts=False)


@pytest.mark.parametrize("tick", ["", "false", "0", "on", "true"])
def test_only_our_own_tick_is_consent(tick: str) -> None:
    assert judged(consent=tick)[1] == {"consent": Fault.NEEDED.value}


@pytest.mark.parametrize("name", ["email", "consent", "name", "alerts", "reminders", "country"])
def test_a_field_sent_twice_is_refused(name: str) -> None:
    assert judged(**{name: ["yes", "no"]})[1][name] == Fault.TWICE.value


def test_fields_that_are_not_ours_are_not_looked_at() -> None:
    assert judged(role="admin", confirmed="true", id="1")[1] == {}


@pytest.mark.parametrize(
    "name",
    [
        "Ann\r\nBcc: x@y",
        "A\0nn",
        "A\u202enn",
        "A\u2028nn",
        "A\ufffdnn",
        "a" + "\u0301" * 10,
        "a" * 101,
        "a" * 10_000,
    ],
    ids=[
        "a header",
        "a NUL",
        "a change of direction",
        "a line separator",
        "broken UTF-8",
        "ten marks on one letter",
        "101 letters",
        "long",
    ],
)
def test_names_that_could_do_harm_are_refused(name: str) -> None:
    assert "name" in judged(name=name)[1]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "{{7*7}}",
        "%0d%0a",
        "javascript:",
        "https://x.com/",
        "🙂",
        "👩‍👩‍👧",
        "رضا",
        "Ann",
        "R. S.",
    ],
)
def test_strange_names_are_kept_as_they_are(name: str) -> None:
    assert judged(name=name)[0].name == name


def test_a_name_of_blanks_is_no_name() -> None:
    assert judge_line("   ") == ("", None)


@pytest.mark.parametrize("country", ["'; DROP TABLE", "ZZ", "XA", "Canada", "%"])
def test_only_countries_of_the_list_are_countries(country: str) -> None:
    assert judged(country=country)[1] == {"country": Fault.UNKNOWN.value}


@pytest.mark.parametrize("language", ["../../etc", "xx", "en\r\nSet-Cookie"])
def test_a_language_we_do_not_have_becomes_the_pages_own(language: str) -> None:
    answers, faults = judged(language=language)

    assert (answers.language, faults) == ("en", {})


@pytest.mark.parametrize(
    ("country", "zone", "expected"),
    [
        ("CA", "", "America/Toronto"),
        ("CA", "America/Vancouver", "America/Vancouver"),
        ("", "Mars/Phobos", "Europe/Paris"),
        ("JP", "Mars/Phobos", "Asia/Tokyo"),
    ],
    ids=["from the country", "as told", "from the campaign", "from the country when nonsense is told"],
)
def test_the_time_zone_is_told_or_guessed(country: str, zone: str, expected: str) -> None:
    assert judged(country=country, timezone=zone)[0].timezone == expected


def test_a_country_without_a_zone_of_its_own_is_no_error() -> None:
    assert zone_of("BV") is None
