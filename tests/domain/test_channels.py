"""Links carry the appeal unharmed; the ways to reach someone come best first, each with its reason."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.channels import LONGEST_MAILTO, WEBMAIL, mailto, mailto_length, offered, tel, webmail

EVERYWHERE = Addressee(
    name="Minister Tarek",
    postal_lines=("5 Harbour Road",),
    emails=("minister@example.org",),
    phones=("+33 1 23 45 67 89",),
    faxes=("+33 1 23 45 67 80",),
    web_form="https://example.org/contact",
    social="@minister",
)


def test_blanks_are_percent_20_and_lines_end_in_crlf() -> None:
    link = mailto("a@example.org", subject="Free them", body="Dear Sir,\n\n50% & more?")

    assert link.url == "mailto:a@example.org?subject=Free%20them&body=Dear%20Sir%2C%0D%0A%0D%0A50%25%20%26%20more%3F"
    assert link.has_body


def test_an_address_cannot_add_a_header() -> None:
    assert (
        mailto("a@example.org?bcc=spy@example.org", subject="", body="").url
        == "mailto:a@example.org%3Fbcc%3Dspy@example.org"
    )


def test_no_part_is_empty() -> None:
    assert mailto("a@example.org", subject="", body="Hi").url == "mailto:a@example.org?body=Hi"


def test_a_body_that_is_too_long_is_left_out_and_said_so() -> None:
    link = mailto("a@example.org", subject="Free them", body="word " * 400)

    assert link.url == "mailto:a@example.org?subject=Free%20them"
    assert not link.has_body


def test_the_limit_is_met_to_the_character() -> None:
    frame = len(mailto("a@example.org", subject="S", body="x").url) - 1

    assert mailto("a@example.org", subject="S", body="x" * (LONGEST_MAILTO - frame - 1)).has_body
    assert not mailto("a@example.org", subject="S", body="x" * (LONGEST_MAILTO - frame)).has_body


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
def test_a_link_is_measured_as_long_as_it_is_and_gives_its_text_back(body: str, subject: str) -> None:
    link = mailto("a@example.org", subject=subject, body=body)

    assert len(link.url) == mailto_length("a@example.org", subject=subject, body=body) or not link.has_body
    fields = dict(part.split("=", 1) for part in urlsplit(link.url).query.split("&") if part)
    if link.has_body:
        assert unquote(fields["body"]).replace("\r\n", "\n") == body.replace("\r\n", "\n").replace("\r", "\n")
    assert unquote(fields.get("subject", "")) == subject


def test_each_web_mail_gets_its_own_names_for_the_fields() -> None:
    links = webmail("a@example.org", subject="Free them", body="One\nTwo")

    assert [link.name for link in links] == list(WEBMAIL)
    gmail = parse_qs(urlsplit(links[0].url).query)
    assert (gmail["to"], gmail["su"], gmail["body"]) == (["a@example.org"], ["Free them"], ["One\r\nTwo"])
    for link in links[1:]:
        fields = parse_qs(urlsplit(link.url).query)
        assert (fields["to"], fields["subject"], fields["body"]) == (["a@example.org"], ["Free them"], ["One\r\nTwo"])
        assert "+" not in link.url


def test_a_web_mail_link_too_long_for_a_server_leaves_the_body_out() -> None:
    assert not any(
        link.has_body or "body=" in link.url for link in webmail("a@example.org", subject="S", body="é" * 3_000)
    )


@pytest.mark.parametrize(
    ("printed", "country", "links"),
    [
        (
            "(613) 555-0135 / 555-0188 (24h)",
            "CA",
            [("(613) 555-0135", "tel:+1-613-555-0135"), ("555-0188 (24h)", "tel:+1-613-555-0188")],
        ),
        ("+33 1 23 45 67 89", "FR", [("+33 1 23 45 67 89", "tel:+33-1-23-45-67-89")]),
        ("613-555-0135 ext. 234", "CA", [("613-555-0135 ext. 234", "tel:+1-613-555-0135;ext=234")]),
        ("ask the operator", "CA", [("ask the operator", None)]),
        (
            "020 7946 0000 or 020 7946 0001",
            "GB",
            [("020 7946 0000", "tel:+44-20-7946-0000"), ("020 7946 0001", "tel:+44-20-7946-0001")],
        ),
    ],
)
def test_numbers_stay_as_printed_and_become_links(
    printed: str, country: str, links: list[tuple[str, str | None]]
) -> None:
    assert [(link.printed, link.url) for link in tel(printed, country)] == links


def test_with_time_a_letter_comes_first_and_says_until_when() -> None:
    offers = offered(EVERYWHERE, supporter_country="CA", days_left=21, posting_days=7)

    assert offers[0].channel is Channel.POST
    assert offers[0].reason.sentence == "A letter takes about 7 days: post it within 14 days."
    assert all(offer.works for offer in offers)


def test_too_late_for_the_post_the_fast_ways_come_first_and_the_post_says_why_not() -> None:
    offers = offered(EVERYWHERE, supporter_country="CA", days_left=3, posting_days=7)

    assert offers[0].channel is Channel.EMAIL
    assert offers[-1].channel is Channel.POST
    assert not offers[-1].works
    assert (
        offers[-1].reason.sentence == "A letter takes about 7 days and there are 3 days left: it would come too late."
    )


def test_on_the_last_useful_day_a_letter_is_to_be_posted_today() -> None:
    (offer,) = offered(Addressee("X", postal_lines=("1 Road",)), supporter_country="CA", days_left=7, posting_days=7)

    assert offer.works
    assert offer.reason.key == "post_today"


def test_an_unknown_posting_time_is_said_and_not_guessed() -> None:
    offers = offered(EVERYWHERE, supporter_country="CA", days_left=2, posting_days=None)

    assert offers[0].reason.key == "post_unknown"


def test_after_the_deadline_nothing_works() -> None:
    assert not any(offer.works for offer in offered(EVERYWHERE, supporter_country="CA", days_left=-1, posting_days=1))


def test_an_embassy_in_another_country_is_not_for_this_supporter() -> None:
    embassy = Addressee("Embassy", postal_lines=("1 Quay",), for_countries=("CA",))

    (offer,) = offered(embassy, supporter_country="FR", days_left=9, posting_days=1)

    assert (offer.works, offer.reason.key) == (False, "elsewhere")
