"""A second reader finds printed letters whole: their text, their tags and their fonts."""

import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from pypdf import PdfReader

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.paper import LetterSheet, letter_data
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, OwnWords, Tone, Writer
from advocacy.gateways.pdf import Press
from advocacy.gateways.phrases import load_pools
from tests.proving import FULL

LETTERS = 200 if FULL else 12
_PER_SECOND = 30
_HOSTILE = '#read("/etc/passwd") *b* _i_ $x^2$ <label> @ref `raw` // \\u{41}'
_DEMANDS = {
    "en": ("release the four teachers at once", "open an independent inquiry"),
    "fr": ("libérer les quatre enseignantes", "l'ouverture d'une enquête indépendante"),
    "es": ("poner en libertad a las cuatro maestras", "que se abra una investigación"),
    "de": ("die vier Lehrerinnen freizulassen", "eine unabhängige Untersuchung"),
}
_MINISTER = Addressee(
    name="Ministra Ilana Tarék",
    salutation="Dear Minister Tarék,",
    postal_lines=("Ministry of Justice", "5 Harbour Road", "Port Anselm 1010"),
    country="FR",
)


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def _letter(number: int) -> LetterSheet:
    language, pools = tuple(_DEMANDS)[number % 4], load_pools()
    country = ("CA", "FR", "MX", "DE", "US", "IT")[number % 6]
    demands = tuple(Demand(text) for text in _DEMANDS[language])
    request = AppealRequest(
        language=language,
        channel=Channel.POST,
        addressee=_MINISTER,
        facts=CampaignFacts("Four teachers held", demands),
        day=date(2026, 3, 1),
        seed=f"proof:{number}",
        tone=tuple(Tone)[number % 3],
        writer=Writer("Ana Łindström", "Győr"),
        own=OwnWords(why=_HOSTILE if number % 5 == 0 else ""),
    )
    return letter_data(
        compose(request, pools),
        _MINISTER,
        pools.voice(language),
        day=request.day,
        supporter_country=country,
        city="Győr",
        return_lines=("Ana Łindström", "12 Elm St") if number % 2 else (),
        country_names=("France",),
    )


@pytest.mark.proof
@pytest.mark.parametrize("reader", ["poppler", "pypdf"])
def test_a_second_reader_finds_letters_whole_tagged_and_with_their_fonts(
    press: Press, tmp_path: Path, reader: str
) -> None:
    if reader == "poppler" and which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed; the other reader looks at the same letters")
    for number in range(LETTERS):
        sheet, file = _letter(number), tmp_path / f"{number}.pdf"
        printed = press.letter(sheet)
        file.write_bytes(printed.content)

        text, tagged, embedded = _by_poppler(file) if reader == "poppler" else _by_pypdf(file)

        assert _signs(text) == _signs("".join([*sheet.sender, *_lines(sheet)])), number
        assert (printed.pages, tagged, embedded) == (1, True, True), number


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="a rate is measured only where nothing else runs: make prove")
def test_thirty_letters_a_second_are_printed(press: Press) -> None:
    sheets = [_letter(number) for number in range(LETTERS)]
    press.letter(sheets[0])
    began = time.perf_counter()
    for sheet in sheets:
        press.letter(sheet)

    assert LETTERS / (time.perf_counter() - began) >= _PER_SECOND


def test_the_readers_would_tell_another_letter(press: Press, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(press.letter(replace(_letter(1), subject="Another")).content)

    assert _signs(_by_pypdf(file)[0]) != _signs("".join([*_letter(1).sender, *_lines(_letter(1))]))


def _lines(sheet: LetterSheet) -> Sequence[str]:
    said = [line for _bulleted, lines in sheet.paragraphs for line in lines]
    return (*sheet.recipient, sheet.date_line, sheet.subject, sheet.salutation, *said, sheet.closing, *sheet.signature)


def _by_poppler(file: Path) -> tuple[str, bool, bool]:
    def told(*command: str) -> str:
        return subprocess.run([*command], capture_output=True, text=True, check=True).stdout

    fonts = told("pdffonts", str(file)).splitlines()[2:]
    embedded = bool(fonts) and all(" yes yes yes " in f"{row} " for row in fonts)
    tagged = re.search(r"^Tagged:\s+yes", told("pdfinfo", str(file)), re.MULTILINE) is not None
    return told("pdftotext", "-layout", str(file), "-"), tagged, embedded


def _by_pypdf(file: Path) -> tuple[str, bool, bool]:
    document = PdfReader(file)
    root: Any = document.trailer["/Root"]
    tagged = bool(root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root
    pages: list[Any] = [*document.pages]
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    files = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    embedded = bool(files) and all({"/FontFile2", "/FontFile3"} & {*descriptor} for descriptor in files)
    return "".join(page.extract_text() for page in pages), tagged, embedded


def _signs(text: str) -> str:
    """Return the signs of a text without blanks and bullets: readers part lines as they please."""
    return re.sub(r"[\s\u00a0•]", "", text)
