"""Addresses: which are refused, in which form the rest are kept, and which slips are asked about."""

import time

import pytest

from advocacy.domain.address import AddressFault, did_you_mean, judge, mailbox_of

REFUSED = {
    "no dot in the domain": "a@b",
    "a header smuggled in": "a@example.com\r\nBcc: x@y.org",
    "a newline at the end": "a@example.com\n",
    "two with a comma": "a@example.com,b@example.com",
    "two with a semicolon": "a@example.com;b@example.com",
    "with a name": "Name <a@example.com>",
    "a quoted local part": '"a b"@example.com',
    "a network address": "a@[127.0.0.1]",
    "this machine": "a@localhost",
    "a domain for tests": "a@x.test",
    "an onion": "a@x.onion",
    "a local part of 65": f"{'a' * 65}@example.com",
    "a full-width at": "ａ＠example.com",
    "a zero-width sign": "a\u200b@example.com",
    "a change of direction": "a\u202e@example.com",
    "a byte order mark": "\ufeffa@example.com",
    "a NUL": "a\0@example.com",
    "a lone surrogate": "a\ud800@example.com",
    "a tab": "\ta@example.com",
    "no local part": "@example.com",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_address_is_refused(text: str) -> None:
    assert judge(text).fault in {AddressFault.NOT_AN_ADDRESS, AddressFault.NOT_ASCII}
    assert judge(text).address == ""


@pytest.mark.parametrize("text", ["аdmin@example.com", "ſ@example.com", "josé@example.com"])
def test_a_local_part_that_the_provider_would_drop_is_refused_with_its_own_reason(text: str) -> None:
    assert judge(text).fault is AddressFault.NOT_ASCII


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_told_apart_from_nonsense(text: str) -> None:
    assert judge(text).fault is AddressFault.EMPTY


def test_ten_megabytes_are_refused_by_their_length_alone() -> None:
    text = "a" * 10_000_000
    began = time.perf_counter()

    assert judge(text).fault is AddressFault.TOO_LONG
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" a@example.com ", "a@example.com"),
        ("A@EXAMPLE.COM", "a@example.com"),
        ("a+weavers@example.com", "a+weavers@example.com"),
        ("=cmd|x!A1@example.com", "=cmd|x!a1@example.com"),
        ("a@xn--80ak6aa92e.com", "a@xn--80ak6aa92e.com"),
        ("a@münchen.de", "a@xn--mnchen-3ya.de"),
    ],
    ids=["blanks around", "capitals", "a tag", "a formula", "a domain in Cyrillic", "a domain with an umlaut"],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert judge(typed).address == kept


def test_spellings_of_one_mailbox_are_counted_together() -> None:
    assert mailbox_of("a.b+one@gmail.com") == mailbox_of("ab+two@googlemail.com") == "ab@gmail.com"
    assert mailbox_of("a.b@example.org") == "a.b@example.org"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@gmail.con", "a@gmail.com"),
        ("a@gmial.com", "a@gmail.com"),
        ("a@ggmail.com", "a@gmail.com"),
        ("a@gmai.com", "a@gmail.com"),
        ("a@yahoo.cmo", "a@yahoo.com"),
        ("a@gmail.com", None),
        ("a@mail.com", None),
        ("a@web.de", None),
        ("a@example.org", None),
        ("a@lantern.example", None),
    ],
)
def test_a_slip_in_a_common_domain_is_asked_about(typed: str, meant: str | None) -> None:
    assert did_you_mean(typed) == meant
