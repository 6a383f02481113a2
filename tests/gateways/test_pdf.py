"""A PDF says what the letter says, on the right sheet, on one page, and no text can act in it."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.paper import LetterSheet, envelope_data, letter_data
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, OwnWords, Tone, Writer
from advocacy.domain.appeal.sheets import Envelope, Paper
from advocacy.gateways.pdf import Press, Printed, font_folders
from advocacy.gateways.phrases import load_pools

MINISTER = Addressee(
    name="Minister Ilan Tarek",
    salutation="Dear Minister Tarek,",
    postal_lines=("Ministry of Justice", "5 Harbour Road", "Port Anselm 1010"),
    country="FR",
    faxes=("+33 1 23 45 67 80",),
)
FACTS = CampaignFacts(
    "Four teachers held",
    (
        Demand("release the four teachers at once"),
        Demand("open an independent inquiry"),
        Demand("uphold the right to assembly"),
    ),
    summary="Four teachers were taken from their school and have not been seen since.",
)
HOSTILE = '#eval("1") *bold* _it_ #read("/etc/passwd") $x^2$ \\ <label> @ref https://example.org // /* `raw` "quoted" #import "@preview/x:1.0.0"'

NOTHING = OwnWords()


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def sheet(
    country: str = "CA",
    *,
    own: OwnWords = NOTHING,
    channel: Channel = Channel.POST,
    language: str = "en",
) -> LetterSheet:
    pools = load_pools()
    request = AppealRequest(
        language=language, channel=channel, addressee=MINISTER, facts=FACTS, day=date(2026, 3, 1), seed="9:1",
        tone=Tone.FORMAL, own=own, writer=Writer("Ana Lind", "Toronto", "Canada"),
    )  # fmt: skip
    return letter_data(
        compose(request, pools), MINISTER, pools.voice(language), day=request.day, supporter_country=country, city="Toronto",
        return_lines=("Ana Lind", "12 Elm St", "Toronto ON"), country_names=("France",),
    )  # fmt: skip


def words(printed: Printed) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages).split())


def in_order(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        found = text.find(" ".join(part.split()), at)
        if found < 0:
            return False
        at = found + 1
    return True


def test_the_letter_says_what_was_composed_in_order(press: Press) -> None:
    letter = sheet()

    printed = press.letter(letter)

    expected = [
        *letter.sender, *letter.recipient, letter.date_line, letter.subject, letter.salutation,
        *(text for _, lines in letter.paragraphs for text in lines), letter.closing, *letter.signature,
    ]  # fmt: skip
    assert in_order(words(printed), expected)
    assert "FRANCE" in words(printed)
    assert (printed.pages, printed.tagged, printed.warnings) == (1, True, ())


def test_a_hyphen_at_the_end_of_a_line_is_not_lost(press: Press) -> None:
    line = "We ask for non-discrimination, self-determination and long-standing well-being of asylum-seekers. " * 6

    printed = press.letter(replace(sheet(), paragraphs=((False, (line,)),)))

    pages = PdfReader(io.BytesIO(printed.content)).pages
    assert not [row for page in pages for row in page.extract_text().splitlines() if row.rstrip().endswith("-")]
    assert words(printed).count("non-discrimination") == 6


@pytest.mark.parametrize(("country", "points"), [("CA", (612, 792)), ("DE", (595, 842))])
def test_the_sheet_is_that_of_the_supporters_country(press: Press, country: str, points: tuple[int, int]) -> None:
    page = PdfReader(io.BytesIO(press.letter(sheet(country)).content)).pages[0]

    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == points


def test_it_is_tagged_titled_and_in_its_language_with_fonts_inside(press: Press) -> None:
    reader = PdfReader(io.BytesIO(press.letter(sheet(language="fr")).content))

    catalog = reader.root_object
    assert catalog["/Lang"] == "fr"
    assert catalog["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_hostile_text_prints_literally_everywhere(press: Press) -> None:
    attacked = replace(
        sheet(), sender=(HOSTILE,), recipient=(HOSTILE,), subject=HOSTILE, salutation=HOSTILE,
        paragraphs=((False, (HOSTILE,)), (True, (HOSTILE, HOSTILE))), closing=HOSTILE, signature=(HOSTILE,),
    )  # fmt: skip

    text = words(press.letter(attacked))

    assert text.replace(" ", "").count(HOSTILE.replace(" ", "")) == 9
    assert "root:" not in text


@pytest.mark.parametrize(
    "own",
    ["Привет из Софии", "Καλημέρα", "عزيزي السيد", "नमस्ते", "Łódź Đorđe Çağrı"],
    ids=["Cyrillic", "Greek", "Arabic", "Devanagari", "Latin"],
)
def test_scripts_of_the_kept_fonts_are_tagged_and_whole(press: Press, own: str) -> None:
    printed = press.letter(sheet(own=OwnWords(why=own)))

    assert (printed.tagged, printed.missing) == (True, ())


def test_a_sign_without_a_font_never_loses_the_letter(press: Press) -> None:
    printed = press.letter(sheet(own=OwnWords(why="My name is \U00012000 and I ask you to act.")))

    assert printed.pages == 1
    assert "I ask you to act" in words(printed)
    assert printed.tagged or printed.missing == ("\U00012000",)
    assert printed.tagged or "\U00012000" in printed.warnings[0]


def test_a_long_letter_is_set_smaller_before_it_takes_a_second_page(press: Press) -> None:
    short = sheet()
    line = "I ask you once more to look at the case of the four teachers, and to act while there is time. " * 3
    longer = replace(short, paragraphs=((False, (line,)),) * 8)

    assert press.letter(longer).pages == 1
    far_too_long = press.letter(replace(short, paragraphs=((False, (line,)),) * 30))
    assert far_too_long.pages > 1
    assert "pages" in far_too_long.warnings[0]


def test_a_fax_page_has_its_head_and_is_one_page(press: Press) -> None:
    printed = press.letter(sheet("DE", channel=Channel.FAX))

    assert in_order(
        words(printed), ["To: Minister Ilan Tarek", "Fax: +33 1 23 45 67 80", "From: Ana Lind", "Dear Minister Tarek,"]
    )
    assert printed.pages == 1


@pytest.mark.parametrize("envelope", list(Envelope))
def test_an_envelope_is_a_page_of_its_own_size(press: Press, envelope: Envelope) -> None:
    data = envelope_data(
        MINISTER,
        load_pools().voice("en"),
        supporter_country="CA",
        return_lines=("Ana Lind", "12 Elm St"),
        country_names=("France",),
        envelope=envelope,
    )

    printed = press.envelope(data)

    page = PdfReader(io.BytesIO(printed.content)).pages[0]
    width, height = envelope.millimetres()
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        (width * 72 / 25.4, height * 72 / 25.4), abs=0.5
    )
    assert in_order(words(printed), ["Ana Lind", "AIR MAIL / PAR AVION", "Minister Ilan Tarek", "FRANCE"])
    assert (printed.pages, printed.tagged) == (1, True)


def test_an_address_longer_than_its_envelope_is_warned_about(press: Press) -> None:
    long = replace(MINISTER, postal_lines=tuple(f"Line {number}" for number in range(30)))

    assert press.envelope(envelope_data(long, load_pools().voice("en"), supporter_country="CA")).warnings


def test_the_fonts_are_found_where_they_are_installed() -> None:
    assert len(font_folders()) == 3


def test_papers_are_named_as_the_printer_knows_them(press: Press) -> None:
    for paper in Paper:
        assert press.letter(replace(sheet(), paper=paper)).pages == 1


def test_arabic_runs_from_the_right_and_an_arabic_address_stands_where_addresses_stand(press: Press) -> None:
    arabic = "نطلب منكم."
    page = PdfReader(
        io.BytesIO(press.letter(replace(sheet("DE"), recipient=(arabic,), paragraphs=((False, (arabic,)),))).content)
    ).pages[0]
    starts: list[float] = []

    def note(text: str, cm: Sequence[float], tm: Sequence[float], _font: object, _size: object) -> None:
        if any("\u0600" <= sign <= "\u06ff" for sign in text):
            starts.append(tm[4] * cm[0] + tm[5] * cm[2] + cm[4])

    page.extract_text(visitor_text=note)

    # The sheet is 595 points wide: the address begins 25 mm (71 points) from its left edge, the paragraph ends 22 mm from the right.
    assert starts
    assert min(starts) < 150
    assert max(starts) > 440
