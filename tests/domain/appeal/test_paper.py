"""Sheets, dates and address blocks follow the supporter's country."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.paper import date_line, envelope_data, letter_data, recipient_lines
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import AppealRequest
from advocacy.domain.appeal.sheets import Envelope, Paper, envelope_for, paper_for

RequestMaker = Callable[..., AppealRequest]
PRISON = Addressee(name="Director Ana Sol", postal_lines=("Central Prison", "Quay 4", "1010 Anselm"), country="PT")


@pytest.mark.parametrize(
    ("country", "paper", "envelope"),
    [
        ("US", Paper.LETTER, Envelope.NO_10),
        ("ca", Paper.LETTER, Envelope.NO_10),
        ("FR", Paper.A4, Envelope.DL),
        (None, Paper.A4, Envelope.DL),
    ],
)
def test_the_sheet_is_the_one_in_use_there(country: str | None, paper: Paper, envelope: Envelope) -> None:
    assert (paper_for(country), envelope_for(country)) == (paper, envelope)


@pytest.mark.parametrize(
    ("language", "country", "city", "written"),
    [
        ("en", "US", "Boston", "March 1, 2026"),
        ("en", "GB", "Leeds", "1 March 2026"),
        ("fr", "CA", "Montréal", "Montréal, le 1er mars 2026"),
        ("fr", "FR", "", "1er mars 2026"),
        ("es", "MX", "Puebla", "Puebla, 1 de marzo de 2026"),
        ("de", "AT", "Graz", "Graz, den 1. März 2026"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(
    pools: Pools, language: str, country: str, city: str, written: str
) -> None:
    assert date_line(date(2026, 3, 1), pools.voice(language), country=country, city=city) == written


def test_a_letter_abroad_names_the_country_in_capitals_and_one_at_home_does_not() -> None:
    assert recipient_lines(PRISON, supporter_country="CA", country_names=("Portugal",))[-1] == "PORTUGAL"
    assert recipient_lines(PRISON, supporter_country="PT", country_names=("Portugal",))[-1] == "1010 Anselm"


def test_a_country_that_is_printed_is_not_repeated() -> None:
    printed = Addressee(name="The President", postal_lines=("1 Avenue", "Washington, DC 20500, USA"), country="US")

    assert (
        recipient_lines(printed, supporter_country="CA", country_names=("United States",))[-1]
        == "Washington, DC 20500, USA"
    )


@pytest.mark.parametrize(
    ("last", "added"),
    [
        ("06000 Oaxaca, México", False),
        ("06000 Oaxaca Mexico", False),
        ("06000 Ciudad de México", True),
        ("06000 Ciudad de México, México", False),
        ("06000 Oaxaca", True),
    ],
)
def test_a_city_named_like_its_country_is_not_taken_for_it(last: str, *, added: bool) -> None:
    palace = Addressee(name="The Governor", postal_lines=("Plaza 1", last), country="MX")

    lines = recipient_lines(palace, supporter_country="CA", country_names=("Mexico", "Mexique", "México"))

    assert (lines[-1] == "MEXICO") is added


def test_the_office_stands_once_under_the_name() -> None:
    lines = recipient_lines(replace(PRISON, office="Central Prison"), supporter_country="PT", country_names=())

    assert lines == ("Director Ana Sol", "Central Prison", "Quay 4", "1010 Anselm")


def test_a_letter_carries_a_return_address_only_if_given(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request()
    appeal = compose(request, pools)
    without = letter_data(appeal, request.addressee, pools.voice("en"), day=request.day, supporter_country="CA")
    given = letter_data(
        appeal,
        request.addressee,
        pools.voice("en"),
        day=request.day,
        supporter_country="CA",
        return_lines=("Ana Lind", " ", "12 Elm St"),
    )

    assert without.sender == ()
    assert given.sender == ("Ana Lind", "12 Elm St")


def test_a_letter_keeps_the_texts_of_the_appeal(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request()
    appeal = compose(request, pools)

    sheet = letter_data(appeal, request.addressee, pools.voice("en"), day=request.day, supporter_country="CA")

    assert [text for _, lines in sheet.paragraphs for text in lines] == [
        text
        for part in appeal.paragraphs
        for text in ([piece.text for piece in part.pieces] if part.bulleted else [part.text])
    ]
    assert sheet.fax == ()


def test_a_fax_page_says_to_whom_from_whom_and_how_many_pages(pools: Pools, a_request: RequestMaker) -> None:
    request = a_request(channel=Channel.FAX)

    sheet = letter_data(
        compose(request, pools), request.addressee, pools.voice("en"), day=request.day, supporter_country="CA"
    )

    assert sheet.fax == (
        ("To", "Minister Ilan Tarek"),
        ("Fax", "+33 1 23 45 67 80"),
        ("From", "Ana Lind, Toronto, Canada"),
        ("Pages, this one included", "1"),
    )


def test_control_characters_never_reach_the_printer(pools: Pools) -> None:
    odd = Addressee(name="A\x00na\u0301", postal_lines=("1\x07 Road",))

    assert envelope_data(odd, pools.voice("en"), supporter_country="CA").recipient == ("A ná", "1  Road")


def test_an_envelope_abroad_goes_by_air(pools: Pools) -> None:
    voice = pools.voice("en")

    assert envelope_data(PRISON, voice, supporter_country="CA").air_mail == "AIR MAIL / PAR AVION"
    assert envelope_data(PRISON, voice, supporter_country="PT").air_mail == ""
    assert envelope_data(PRISON, voice, supporter_country="CA", envelope=Envelope.C5).envelope.millimetres() == (
        229.0,
        162.0,
    )


@pytest.mark.parametrize("printed", ["尊敬的部长：", "سعادة الوزير،", "Уважаемый господин министр!"])
def test_a_salutation_that_ends_in_a_mark_of_its_script_gets_no_comma(
    pools: Pools, a_request: RequestMaker, printed: str
) -> None:
    assert compose(a_request(addressee=replace(PRISON, salutation=printed)), pools).salutation == printed
