"""The body handed to SendGrid, judged by the stand-in's rules and by merging the words ourselves."""

import time
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.domain.handover import Person, Request
from advocacy.domain.merge import merge, merge_html
from advocacy.gateways.sendgrid_body import MOST_BODY, UnfitError, build
from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.arriving import filled
from advocacy.sendgrid_double.rules import refusals
from tests.gateways.requests_to_send import a_person, a_request

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def _arrived(request: Request) -> list[tuple[str, str, str, str]]:
    """Return (address, subject, text, HTML) of each person as the provider would fill them in."""
    body = orjson.loads(build(request))
    assert refusals(body, Account(), time.time()) == []
    texts = {one["type"]: one["value"] for one in body["content"]}
    return [
        (
            one["to"][0]["email"],
            filled(body["subject"], one.get("substitutions", {})),
            filled(texts["text/plain"], one.get("substitutions", {})),
            filled(texts["text/html"], one.get("substitutions", {})),
        )
        for one in body["personalizations"]
    ]


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5), words=TEXT)
def test_everybody_gets_the_words_with_their_own_values(values: list[tuple[str, str]], words: str) -> None:
    people = [a_person(number, greeting=one, act_url=two) for number, (one, two) in enumerate(values)]
    subject, text, html = (
        f"S {words}",
        f"{words}{{{{ greeting }}}}{{{{act_url}}}}",
        f"<b>{{{{ greeting }}}}</b>{words}",
    )
    request = a_request(*people, subject="{{ greeting }} " + subject, text=text, html=html)

    for person, (address, got_subject, got_text, got_html) in zip(people, _arrived(request), strict=True):
        assert address == person.address
        assert got_subject.split() == merge(request.subject, person.values).split()
        assert "\n" not in got_subject
        assert "\r" not in got_subject
        assert got_text == merge(text, person.values)
        assert got_html == merge_html(html, person.values)


def test_a_supporter_who_types_a_merge_field_or_a_tag_gets_what_they_typed() -> None:
    typed = "Dear {{ act_url }} -0000000000000000"

    ((_, _, text, html),) = _arrived(a_request(a_person(greeting=typed)))

    assert text.startswith(typed)
    assert typed in html


def test_two_requests_never_share_a_tag() -> None:
    tags = [set(orjson.loads(build(a_request()))["personalizations"][0]["substitutions"]) for _ in range(2)]

    assert not tags[0] & tags[1]


def test_a_mail_that_counts_opens_counts_nothing_else() -> None:
    body = orjson.loads(build(replace(a_request(), count_opens=True)))

    assert refusals(body, Account(), time.time()) == []
    assert [name for name, one in body["tracking_settings"].items() if one["enable"]] == ["open_tracking"]


def test_tracking_is_off_in_every_mail_and_the_custom_arguments_are_opaque() -> None:
    body = orjson.loads(build(a_request(a_person(7))))

    assert {name: one["enable"] for name, one in body["tracking_settings"].items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
        "ganalytics": False,
    }
    assert body["tracking_settings"]["click_tracking"]["enable_text"] is False
    assert body["personalizations"][0]["custom_args"] == {"adv_mid": "d1a2b3c4d5e6f7", "adv_person": "ref00007"}
    assert body["mail_settings"]["sandbox_mode"] == {"enable": False}


def test_each_person_has_their_own_one_click_headers_and_one_recipient() -> None:
    body = orjson.loads(build(a_request(a_person(1), replace(a_person(2), unsubscribe_url=None))))

    first, second = body["personalizations"]
    assert first["headers"] == {
        "Auto-Submitted": "auto-generated",
        "List-Id": "<actions.example.org>",
        "List-Unsubscribe": "<https://advocacy.test/unsubscribe/1.x>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert "List-Unsubscribe" not in second["headers"]
    assert [len(one["to"]) for one in (first, second)] == [1, 1]
    assert "name" not in first["to"][0]


def test_only_the_values_that_the_words_use_leave_the_house() -> None:
    body = build(a_request(a_person(preferences_url="https://advocacy.test/preferences/secret")))

    assert b"preferences/secret" not in body


def test_a_domain_in_other_letters_is_sent_in_ascii() -> None:
    body = orjson.loads(build(a_request(replace(a_person(), address="ann@bücher.example.org"))))

    assert body["personalizations"][0]["to"] == [{"email": "ann@xn--bcher-kva.example.org"}]


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ({"address": "usér@example.org"}, "ASCII"),
        ({"address": "no address"}, "ASCII"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "ASCII"),
        ({"address": "a" * 320 + "@example.org"}, "ASCII"),
        ({"address": "Person1@example.org"}, "twice"),
        ({"ref": "ann@example.org"}, "opaque"),
        ({"ref": 'x"y'}, "opaque"),
        ({"values": {}}, "no value for"),
        ({"unsubscribe_url": 'https://a.example/"x'}, "unsubscribe address"),
        ({"unsubscribe_url": "https://a.example/\r\nBcc: x"}, "unsubscribe address"),
        ({"values": a_person().values | {"greeting": "x" * 10_001}}, "10000 bytes"),
        ({"values": a_person().values | {"greeting": "\ud800"}}, "half a character"),
    ],
)
def test_one_person_who_cannot_be_sent_to_is_named(spoiled: dict[str, object], reason: str) -> None:
    people: list[Person] = [a_person(number) for number in range(4)]
    people[2] = replace(people[2], **spoiled)  # type: ignore[arg-type]

    with pytest.raises(UnfitError, match=reason) as refused:
        build(a_request(*people))

    assert refused.value.person == 2


def test_a_request_over_thirty_megabytes_is_refused_so_that_it_is_split() -> None:
    people = [a_person(number, greeting="é" * 4500) for number in range(1000)]
    few = a_request(*people[:10], text="{{ greeting }}" + "x" * MOST_BODY)

    assert len(build(a_request(*people, html="{{ greeting }}"))) < MOST_BODY
    with pytest.raises(UnfitError, match="bytes") as refused:
        build(few)
    assert refused.value.person is None


@pytest.mark.parametrize("count", [0, 1001])
def test_a_request_carries_1_to_1000_people(count: int) -> None:
    request = replace(a_request(), people=tuple(a_person(number) for number in range(count)))

    with pytest.raises(UnfitError, match="1 to 1000"):
        build(request)
