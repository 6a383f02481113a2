"""A mail written by hand: its fields are filled, and what cannot be is refused with its place."""

from time import process_time

import pytest

from advocacy.domain.handwriting import CAMPAIGN_FIELDS, UnwritableError, check_lengths, fill

FACTS = {
    "organisation": "Lantern",
    "campaign": dict.fromkeys(CAMPAIGN_FIELDS, "") | {"title": "Weavers held", "demands": ["release them", "pay them"]},
}


def test_the_campaigns_fields_are_filled_and_each_persons_stay_open() -> None:
    text = "{{ campaign.title }}{% for demand in campaign.demands %}, {{ demand }}{% endfor %}: {{ act_url }}"

    assert fill("text", text, FACTS) == "Weavers held, release them, pay them: {{ act_url }}"


@pytest.mark.parametrize(
    ("text", "line", "marked"),
    [
        ("One\n{{ campaign.titel }}", 2, "campaign.titel"),
        ("{{ act_ulr }}", 1, "act_ulr"),
        ("{{ greeting }}", 1, "greeting"),
        ("{% assign all = campaign %}{{ all }}", 1, "campaign"),
    ],
    ids=["near miss", "a person's field", "the frame greets already", "the whole campaign"],
)
def test_an_unknown_field_is_refused_where_it_stands(text: str, line: int, marked: str) -> None:
    with pytest.raises(UnwritableError) as refused:
        fill("text", text, FACTS)

    assert refused.value.place is not None
    assert (refused.value.place.line, refused.value.place.marked) == (line, marked)
    assert "text" in refused.value.faults


def test_the_nearest_field_is_proposed() -> None:
    with pytest.raises(UnwritableError, match=r"Did you mean \{\{ campaign.title \}\}"):
        fill("text", "{{ campaign.titel }}", FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'secrets' %}",
        "{% render 'secrets' %}",
        "{% for number in (1..1000000) %}x{% endfor %}",
        "{{ campaign['__class__'] }}",
        "{{ 'a' | no_such_filter }}",
        "{% assign x = 'aaaa' %}{{ x | replace: 'a', x | replace: 'a', x | size }}",
        "{{ 'aaaa' | base64_encode | base64_encode }}",
        "{{ 'a,b' | split: ',' | join: 'c' }}",
        "{{ campaign.title",
        "{% if campaign.title %}never ended",
        "{{ env.SECRET_KEY }}",
    ],
)
def test_a_hostile_or_broken_text_is_refused(text: str) -> None:
    with pytest.raises(UnwritableError):
        fill("text", text, FACTS)


def test_a_value_is_never_read_again() -> None:
    hostile = {"organisation": "{{ act_url }}", "campaign": FACTS["campaign"]}

    assert fill("text", "{{ organisation }}", hostile) == "{{ act_url }}"
    assert fill("text", "{{ campaign.title }}", FACTS) == "Weavers held"


@pytest.mark.parametrize(
    ("subject", "text"), [("", "Words"), ("Subject", " "), ("x" * 151, "Words"), ("Subject", "x" * 20_001)]
)
def test_a_mail_has_a_subject_and_a_text_of_fair_length(subject: str, text: str) -> None:
    with pytest.raises(UnwritableError):
        check_lengths(subject, text)


@pytest.mark.parametrize(
    "text",
    [
        "https://elsewhere.example/?of={{ act_url }}",
        "[Act](https://elsewhere.example/{{ act_url }})",
        "elsewhere.example/?of={{unsubscribe_url}}",
        "[Act](//elsewhere.example?of={{ preferences_url }})",
        "[Write](mailto:someone@elsewhere.example?body={{ act_url }})",
        "{% assign own = act_url %}https://elsewhere.example/?of={{ own }}",
        "{{ campaign.url }}?of={{ act_url }}",
        "elsewhere.рф/{{ act_url }}",
        "{{ act_url }}//elsewhere.example/{{ act_url }}",
    ],
)
def test_a_persons_own_link_does_not_go_into_another_one(text: str) -> None:
    facts = FACTS | {"campaign": FACTS["campaign"] | {"url": "https://advocacy.test/a/weavers"}}  # type: ignore[operator]
    with pytest.raises(UnwritableError, match="inside another link"):
        fill("text", text, facts)


@pytest.mark.parametrize(
    "text",
    [
        "Act here: {{ act_url }}",
        "[Act.now]({{ act_url }})",
        "See https://lantern.example and\n{{ act_url }}.",
        "({{ act_url }})",
    ],
)
def test_a_persons_own_link_stands_by_itself(text: str) -> None:
    assert fill("text", text, FACTS) == text


def test_looking_for_links_takes_no_longer_than_the_text_is_long() -> None:
    slashes = "{% for row in (1..50) %}" + "/" * 1_000 + "{% endfor %}"
    before = process_time()

    assert len(fill("text", slashes, FACTS)) == 50_000
    assert process_time() - before < 2


def test_braces_in_a_campaigns_facts_are_words_and_no_field() -> None:
    facts = FACTS | {"campaign": FACTS["campaign"] | {"summary": "https://elsewhere.example/?of={{ act_url }}"}}  # type: ignore[operator]

    assert fill("text", "{{ campaign.summary }}", facts) == "https://elsewhere.example/?of={ { act_url } }"
