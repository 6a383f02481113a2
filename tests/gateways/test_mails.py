"""Every mail in every language: whole, with its sender and its way out, and safe whatever the facts hold."""

import re
from datetime import date
from typing import Any

import pytest
from jinja2 import UndefinedError

from advocacy.domain.email import MERGE_FIELDS, Words
from advocacy.domain.merge import fields_of
from advocacy.gateways.mails import LONGEST_SUBJECT, Mails, markdown, shortened

MAILS = Mails()
LANGUAGES = ("en", "fr", "es", "de")
TO_SUPPORTERS = ("launch", "reminder", "last_day", "last_post", "thanks", "manual", "update", "outcome", "reply")
WITHOUT_WAY_OUT = ("confirmation", "test", "invitation", "data_link", "approval")

CAMPAIGN = {
    "title": "WEAVERS HELD WITHOUT CHARGE IN PORT EXAMPLE SINCE JANUARY",
    "summary": "Eleven weavers have been held since January.",
    "countries": ["Exampleland"],
    "demands": ["release the weavers at once", "let their families visit them"],
    "addressee": "Minister Ana Example",
    "url": "https://advocacy.test/a/weavers",
    "deadline": date(2026, 3, 30),
    "timezone": "America/Toronto",
    "ua_number": "1/26",
    "language": "en",
    "sample": False,
}
FACTS: dict[str, Any] = {
    "campaign": CAMPAIGN,
    "days_left": 7,
    "organisation": "Lantern",
    "organisation_address": "1 Harbour Street, Halifax",
    "contact": "office@lantern.example",
    **{name: f"{{{{ {name} }}}}" for name in MERGE_FIELDS},
    "confirm_url": "https://advocacy.test/confirm/abc",
    "link": "https://advocacy.test/desk/enter/abc",
    "subject": "News",
    "words": "They are **free**.",
    "text": "The mail as it will be.",
    "another_channel": True,
    "people": 4211,
    "grew": True,
}


def write(name: str, language: str = "en", **facts: Any) -> Words:
    return MAILS.write(name, language, FACTS | facts)


def test_these_are_all_the_mails() -> None:
    assert set(MAILS.names()) == {*TO_SUPPORTERS, *WITHOUT_WAY_OUT}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*TO_SUPPORTERS, *WITHOUT_WAY_OUT])
def test_every_mail_can_be_written_in_every_language(name: str, language: str) -> None:
    words = write(name, language)

    assert 0 < len(words.subject) <= LONGEST_SUBJECT
    assert "\n" not in words.subject
    assert f'<html lang="{language}"' in words.html
    assert fields_of(words.subject + words.text + words.html) <= set(MERGE_FIELDS)
    assert "\n\n\n" not in words.text


@pytest.mark.parametrize("name", TO_SUPPORTERS)
def test_a_mail_to_supporters_says_in_both_parts_who_sends_it_and_how_to_stop_it(name: str) -> None:
    words = write(name)

    for part in (words.text, words.html):
        assert "Lantern, 1 Harbour Street, Halifax" in part
        assert "{{ unsubscribe_url }}" in part
        assert "{{ preferences_url }}" in part
        assert "You get this" in part


@pytest.mark.parametrize("name", WITHOUT_WAY_OUT)
def test_a_mail_that_answers_ones_own_press_has_no_way_out_that_would_do_nothing(name: str) -> None:
    words = write(name)

    assert "unsubscribe_url" not in words.text + words.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_confirmation_has_fewer_than_sixty_words_and_nothing_a_stranger_typed(language: str) -> None:
    words = write("confirmation", language, campaign=CAMPAIGN | {"title": "BUY NOW"})

    assert len(words.text.split()) < 60
    assert "BUY" not in words.text + words.html
    assert words.html.count("https://advocacy.test/confirm/abc") == 2


def test_each_language_is_its_own() -> None:
    assert len({write("launch", language).text for language in LANGUAGES}) == len(LANGUAGES)
    assert write("launch", "pt").text == write("launch", "en").text
    assert write("launch", "fr-CA").subject.startswith("À écrire d’ici au 30 mars")


def test_dates_carry_their_weekday_and_zone() -> None:
    assert "Monday 30 March, 23:59 in Toronto" in write("reminder").text


def test_one_day_is_one_day() -> None:
    assert write("reminder", days_left=1).subject.startswith("1 day left: ")


def test_a_fact_that_is_missing_is_an_error_and_not_a_hole() -> None:
    facts = {name: value for name, value in FACTS.items() if name != "act_url"}

    with pytest.raises(UndefinedError):
        MAILS.write("launch", "en", facts)


def test_text_of_documents_is_escaped_in_html_and_as_it_is_in_plain_text() -> None:
    words = write("launch", campaign=CAMPAIGN | {"summary": "<script>alert('x')</script> & more"})

    assert "<script>" not in words.html
    assert "&lt;script&gt;" in words.html
    assert "<script>alert('x')</script> & more" in words.text


@pytest.mark.parametrize("hostile", ["{{ act_url_x }}", "{{config}}", "{{ 7*7 }}", "{% raw %}", "{{", "}}"])
def test_braces_in_a_document_leave_no_field_that_nobody_fills(hostile: str) -> None:
    words = write("launch", campaign=CAMPAIGN | {"title": f"Case {hostile}", "demands": [hostile]})

    assert fields_of(words.subject + words.text + words.html) <= set(MERGE_FIELDS)
    assert "49" not in words.text


@pytest.mark.parametrize("where", ["title", "summary", "demands"])
@pytest.mark.parametrize("name", ["launch", "reminder", "manual"])
def test_a_document_cannot_carry_off_a_persons_own_link(name: str, where: str) -> None:
    trap = "https://elsewhere.example/?of={{ act_url }}"
    facts = FACTS | {"campaign": CAMPAIGN | {where: [trap] if where == "demands" else trap}}

    words = MAILS.write(name, "en", facts)

    assert not re.search(r"of=\{\{", words.subject + words.text + words.html)


@pytest.mark.parametrize(
    "link",
    [
        "[x](https://elsewhere.example/?of={{ act_url }})",
        "[x](&#104;ttps://elsewhere.example/{{ act_url }})",
        "[x](<https://elsewhere.example/a b{{ act_url }}>)",
        "[x][1]\n\n[1]: https://elsewhere.example/?of={{ act_url }}",
        "https://elsewhere.example/?of={{ act_url }}",
    ],
)
def test_words_written_by_hand_give_no_link_with_a_persons_own_one_inside(link: str) -> None:
    assert not re.search(r"""href=["'][^"']+\{\{""", str(markdown(link)))


def test_letters_right_after_a_field_make_no_other_field_of_it() -> None:
    assert fields_of(str(markdown("See {{ act_url }}x or {{ act_url }}_now"))) == {"act_url"}


def test_a_subject_is_one_line_whatever_the_title_holds() -> None:
    words = write("launch", campaign=CAMPAIGN | {"title": "Case\r\nBcc: x@y.org"})

    assert "\n" not in words.subject
    assert "\r" not in words.subject


def test_words_written_by_hand_become_safe_html_with_their_fields_still_open() -> None:
    html = str(markdown("# Hi\n\n[Act]({{ act_url }}) <img src=x> [x](javascript:alert(1)) ![p](https://x/p.png)"))

    assert '<a href="{{ act_url }}"' in html
    assert "<img" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("short", "short"),
        ("one two three four", "one two…"),
        ("x" * 30, f"{'x' * 11}…"),
        ("a\n b", "a b"),
    ],
)
def test_subjects_are_cut_between_words(text: str, short: str) -> None:
    assert shortened(text, 12) == short


@pytest.mark.parametrize("name", [*TO_SUPPORTERS, *WITHOUT_WAY_OUT])
def test_the_html_needs_nothing_from_elsewhere(name: str) -> None:
    html = write(name).html

    assert not re.search(r"<(?:img|link|script|iframe|object)\b|url\(", html)
    assert 'role="presentation"' in html
    assert "max-width:600px" in html
    assert "prefers-color-scheme: dark" in html


def test_a_sample_says_that_it_is_one() -> None:
    words = write("launch", campaign=CAMPAIGN | {"sample": True})

    assert "Sample:" in words.text
    assert "Sample:" in words.html


@pytest.mark.parametrize("name", ["reminder", "last_day", "last_post"])
def test_a_reminder_carries_the_page_that_asks_whether_it_was_sent(name: str) -> None:
    words = write(name)

    assert f"{FACTS['act_url']}/sent" in words.text
    assert f'href="{FACTS["act_url"]}/sent"' in words.html
