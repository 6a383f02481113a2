"""One document with everything to post, and the sheets for a table at an event."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from advocacy.domain.addressee import Addressee, Channel, Role
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.packet import Enclosure, PacketSheet, packet_data
from advocacy.domain.appeal.paper import LetterSheet, envelope_data, letter_data
from advocacy.domain.appeal.request import AppealRequest, CampaignFacts, Demand, Tone, Writer
from advocacy.domain.appeal.sheets import Envelope
from advocacy.domain.appeal.stall import stall_data
from advocacy.domain.errors import InvalidError
from advocacy.gateways.pdf import Press, Printed
from advocacy.gateways.phrases import load_pools, paper_words

MINISTER = Addressee(
    name="Minister Ilan Tarek",
    salutation="Dear Minister Tarek,",
    postal_lines=("Ministry of Justice", "5 Harbour Road", "Port Anselm 1010"),
    country="FR",
)
EMBASSY = Addressee(
    name="Ambassador Rosa Neve", role=Role.COPY, postal_lines=("Embassy of Anselm", "12 Elm Street", "Ottawa K1A 0B1"), country="CA"
)  # fmt: skip
SPEAKER = Addressee(name="Speaker Jon Ade", emails=("speaker@example.org",), phones=("+33 1 23 45 67 89",))
FACTS = CampaignFacts(
    "Four teachers held",
    (
        Demand("release the four teachers at once"),
        Demand("open an independent inquiry"),
        Demand("uphold the right to assembly"),
    ),
    summary="Four teachers were taken from their school and have not been seen since.",
)
DEADLINE = date(2026, 3, 30)


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def letter_to(addressee: Addressee, *, seed: str = "9:1", country: str = "CA", tone: Tone = Tone.FORMAL) -> LetterSheet:
    pools = load_pools()
    request = AppealRequest(
        language="en", channel=Channel.POST, addressee=addressee, facts=FACTS, day=date(2026, 3, 1), seed=seed, tone=tone,
        writer=Writer("Ana Lind", "Toronto", "Canada"), primary=MINISTER if addressee.role is Role.COPY else None,
    )  # fmt: skip
    return letter_data(
        compose(request, pools), addressee, pools.voice("en"), day=request.day, supporter_country=country,
        return_lines=("Ana Lind", "12 Elm St", "Toronto ON"), country_names=("France",),
    )  # fmt: skip


def enclosure(addressee: Addressee, *, country: str = "CA", in_time: bool = True) -> Enclosure:
    return Enclosure(
        addressee=addressee,
        letter=letter_to(addressee, country=country),
        envelope=envelope_data(
            addressee, load_pools().voice("en"), supporter_country=country, country_names=("France",)
        ),
        post_by=date(2026, 3, 19),
        in_time=in_time,
        abroad=addressee.country != country,
    )


def packet(*, country: str = "CA", language: str = "en", window: Envelope | None = None) -> PacketSheet:
    return packet_data(
        [enclosure(MINISTER, country=country), enclosure(EMBASSY, country=country)], [SPEAKER], paper_words(language),
        title=FACTS.title, deadline_day=DEADLINE, window=window,
    )  # fmt: skip


def pages(printed: Printed) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(printed.content)).pages]


def sizes(printed: Printed) -> list[tuple[int, int]]:
    found = PdfReader(io.BytesIO(printed.content)).pages
    return [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in found]


def test_a_packet_is_what_to_do_then_the_letters_then_the_envelopes(press: Press) -> None:
    printed = press.packet(packet())

    found = pages(printed)
    assert (printed.pages, printed.tagged, printed.warnings) == (5, True, ())
    assert "Your letters, ready to send" in found[0]
    assert "Monday 30 March 2026" in found[0]
    assert "Thursday 19 March" in found[0]
    assert "Speaker Jon Ade: from your page, by e-mail, phone" in found[0]
    assert "Dear Minister Tarek," in found[1]
    assert "Ambassador Rosa Neve" in found[2]
    assert "FRANCE" in found[3]
    assert "AIR MAIL" in found[3]
    assert "AIR MAIL" not in found[4]
    assert sizes(printed) == [(612, 792)] * 3 + [(684, 297)] * 2


@pytest.mark.parametrize("language", ["en", "fr", "es", "de"])
def test_the_page_on_top_is_in_the_supporters_language(press: Press, language: str) -> None:
    sheet = packet(country="DE", language=language)

    found = pages(press.packet(sheet))

    assert all(" ".join(step.split()) in found[0] for step in sheet.cover.steps)
    assert not re.search(r"[{}]", found[0])
    assert press.packet(sheet).pages == 5


def test_a_letter_that_would_come_too_late_is_said_to(press: Press) -> None:
    late = packet_data(
        [enclosure(MINISTER, in_time=False)], [], paper_words("en"), title=FACTS.title, deadline_day=DEADLINE
    )

    assert "may come too late" in pages(press.packet(late))[0]


def test_window_envelopes_need_no_envelope_page(press: Press) -> None:
    sheet = packet(country="DE", window=Envelope.DL)

    printed = press.packet(sheet)

    assert (printed.pages, printed.tagged) == (3, True)
    assert "small marks" in pages(printed)[0]


def test_an_address_too_long_for_the_window_keeps_its_envelope() -> None:
    long = replace(MINISTER, postal_lines=tuple(f"Line {number}" for number in range(12)))

    sheet = packet_data(
        [enclosure(long)], [], paper_words("en"), title=FACTS.title, deadline_day=DEADLINE, window=Envelope.NO_10
    )

    assert sheet.letters[0].window is None
    assert len(sheet.envelopes) == 1
    assert "too long for the window" in sheet.cover.rows[0][1]


@pytest.mark.parametrize(
    ("envelope", "country"),
    [(Envelope.DL, "DE"), (Envelope.C5, "DE"), (Envelope.DL, "FR"), (Envelope.C5, "FR"), (Envelope.NO_10, "US")],
)
def test_the_address_stands_inside_the_window_and_nothing_else_does(
    press: Press, envelope: Envelope, country: str
) -> None:
    sheet = letter_to(MINISTER, country=country).in_window(envelope)
    window = sheet.window
    assert window is not None
    where: dict[str, tuple[float, float]] = {}
    page = PdfReader(io.BytesIO(press.letter(sheet).content)).pages[0]
    high = float(page.mediabox.height)

    def note(text: str, page: Sequence[float], line: Sequence[float], _font: object, _size: object) -> None:
        across = line[4] * page[0] + line[5] * page[2] + page[4]
        up = line[4] * page[1] + line[5] * page[3] + page[5]
        if text.strip():
            where[text.strip()] = (across / 72 * 25.4, (high - up) / 72 * 25.4)

    page.extract_text(visitor_text=note)

    inside = [
        text
        for text, (left, down) in where.items()
        if window.left - 0.1 <= left <= window.left + window.width and window.top <= down <= window.top + window.height
    ]
    address = "".join(sheet.recipient).replace(" ", "")
    assert "".join(inside).replace(" ", "").replace("\n", "") == address


def test_a_stall_has_letters_that_differ_places_to_sign_and_the_way_to_the_page(press: Press) -> None:
    url = "https://example.org/a/four-teachers-held"
    letters = [letter_to(MINISTER, seed=f"stall:{number}") for number in range(5)]
    sheet = stall_data(letters, paper_words("fr"), paper_words("en"), title=FACTS.title, url=url, deadline_day=DEADLINE)

    printed = press.stall(sheet)

    found = pages(printed)
    assert (printed.pages, printed.tagged, printed.warnings) == (6, True, ())
    assert "Signez une lettre ici" in found[0]
    assert len(set(found[1:])) == 5
    assert all(url in page for page in found)
    assert all("Signature" in page and "Ana Lind" not in page for page in found[1:])


def test_only_a_letter_that_needs_it_is_set_smaller_on_a_stall(press: Press) -> None:
    plain = letter_to(MINISTER)
    line = "I ask you once more to look at the case of the four teachers, and to act while there is time. " * 3
    long = replace(plain, paragraphs=((False, (line,)),) * 6)
    both = stall_data(
        [plain, long], paper_words("en"), paper_words("en"), title="x", url="https://example.org/a/x", deadline_day=None
    )

    printed = press.stall(both)

    assert (printed.pages, printed.warnings) == (3, ())
    far_too_long = replace(both, letters=(replace(long, paragraphs=((False, (line,)),) * 30),))
    assert "two pages" in press.stall(far_too_long).warnings[0]


@pytest.mark.parametrize("count", [0, 101])
def test_a_stall_takes_one_to_a_hundred_letters(count: int) -> None:
    letters = [letter_to(MINISTER)] * count

    with pytest.raises(InvalidError, match="1 to 100"):
        stall_data(
            letters, paper_words("en"), paper_words("en"), title="x", url="https://example.org", deadline_day=None
        )


def test_hostile_text_prints_literally_in_packets_and_on_stalls(press: Press) -> None:
    hostile = '#eval("1") *b* $x^2$ #read("/etc/passwd") <label> @ref `raw` {day} https://example.org //'
    plain = letter_to(MINISTER)
    attacked = replace(plain, recipient=(hostile,), salutation=hostile, paragraphs=((True, (hostile, hostile)),))
    one = replace(enclosure(replace(MINISTER, name=hostile)), letter=attacked)
    whole = packet_data(
        [one], [replace(SPEAKER, name=hostile)], paper_words("en"), title=hostile, deadline_day=DEADLINE
    )
    stall = stall_data(
        [attacked],
        paper_words("en"),
        paper_words("en"),
        title=hostile,
        url="https://example.org/a/x",
        deadline_day=None,
    )

    for printed, times in ((press.packet(whole), 8), (press.stall(stall), 5)):
        text = "".join(pages(printed)).replace(" ", "")
        assert text.count(hostile.replace(" ", "")) == times
        assert "root:" not in text
