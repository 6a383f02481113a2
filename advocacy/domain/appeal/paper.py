"""Letters on paper: where the blocks stand, how the date is written, what goes on the envelope."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from advocacy.domain.addressee import Addressee, Channel
from advocacy.domain.appeal.pools import Voice
from advocacy.domain.appeal.sheets import Envelope, Paper, envelope_for, paper_for
from advocacy.domain.appeal.text import Appeal, Paragraph
from advocacy.domain.appeal.window import Window, window_for

# Countries that write the addressee on the right and the sender on the left (French custom).
_ADDRESSEE_ON_THE_RIGHT = frozenset(
    {"FR", "BE", "LU", "MC", "CH", "IT", "DZ", "MA", "TN", "SN", "CI", "ML", "BF", "NE", "TG", "BJ", "CM", "CD", "MG"}
)
# Countries that put the month first in English dates.
_MONTH_FIRST = frozenset({"US", "CA", "PH", "PR", "BZ"})
# Names by which a printed address may already carry its country.
_COUNTRY_ON_PRINT = {
    "US": ("usa", "u.s.a.", "united states", "united states of america", "états-unis", "estados unidos"),
    "GB": ("uk", "u.k.", "united kingdom", "great britain", "england", "scotland", "wales", "northern ireland"),
    "RU": ("russia", "russian federation"),
    "CN": ("china", "people's republic of china"),
    "IR": ("iran", "islamic republic of iran"),
    "SY": ("syria", "syrian arab republic"),
    "BY": ("belarus", "republic of belarus"),
}
_A_CITY = re.compile(r"\b(?:ciudad|cidade|city|ville) (?:de|do|of) [^,]+$")


@dataclass(frozen=True)
class LetterSheet:
    """A letter or fax page as its template prints it: plain text only, no rule left to decide.

    `paragraphs` are (is a list, lines). `sender` is empty unless the supporter wants a return address. `fax` are rows of label and value.
    `window` is None for a plain envelope.
    """

    language: str
    paper: Paper
    addressee_right: bool
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    date_line: str
    subject: str
    salutation: str
    paragraphs: tuple[tuple[bool, tuple[str, ...]], ...]
    closing: str
    signature: tuple[str, ...]
    fax: tuple[tuple[str, str], ...] = ()
    window: Window | None = None

    def in_window(self, envelope: Envelope) -> "LetterSheet":
        """Return this letter with its address where a window envelope of this size shows it."""
        return replace(self, window=window_for(envelope, self.paper, on_the_right=self.addressee_right))


@dataclass(frozen=True)
class EnvelopeSheet:
    """One side of an envelope, the size of the envelope. `air_mail` is empty within a country."""

    language: str
    envelope: Envelope
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    air_mail: str


def letter_data(
    appeal: Appeal,
    addressee: Addressee,
    voice: Voice,
    *,
    day: date,
    supporter_country: str | None,
    city: str = "",
    return_lines: Sequence[str] = (),
    country_names: Sequence[str] = (),
) -> LetterSheet:
    """Return the sheet that prints an appeal by post or fax.

    `return_lines` is the supporter's name and postal address, printed only if given and kept nowhere. `country_names` are names of
    the addressee's country; the first is printed, in capitals, on letters that leave the supporter's country.
    """
    country = (supporter_country or "").upper()
    return LetterSheet(
        language=appeal.language,
        paper=paper_for(country),
        addressee_right=country in _ADDRESSEE_ON_THE_RIGHT,
        sender=_clean_lines(return_lines),
        recipient=recipient_lines(addressee, supporter_country=country, country_names=country_names),
        date_line=date_line(day, voice, country=country, city=city),
        subject=_clean(appeal.subject),
        salutation=_clean(appeal.salutation),
        paragraphs=tuple((part.bulleted, _texts(part)) for part in appeal.paragraphs),
        closing=_clean(appeal.closing),
        signature=_clean_lines(appeal.signature),
        fax=_fax_rows(appeal, addressee, voice) if appeal.channel is Channel.FAX else (),
    )


def envelope_data(
    addressee: Addressee,
    voice: Voice,
    *,
    supporter_country: str | None,
    return_lines: Sequence[str] = (),
    country_names: Sequence[str] = (),
    envelope: Envelope | None = None,
) -> EnvelopeSheet:
    """Return the envelope sheet for an addressee, in the size usual where the supporter lives unless one is named."""
    country = (supporter_country or "").upper()
    abroad = bool(country and addressee.country and addressee.country.upper() != country)
    return EnvelopeSheet(
        language=voice.language,
        envelope=envelope or envelope_for(country),
        sender=_clean_lines(return_lines),
        recipient=recipient_lines(addressee, supporter_country=country, country_names=country_names),
        air_mail=voice.words["air_mail"] if abroad else "",
    )


def recipient_lines(addressee: Addressee, *, supporter_country: str, country_names: Sequence[str]) -> tuple[str, ...]:
    """Return the address block: name, office, address as printed and, abroad, the country in capitals unless it stands there."""
    printed = _clean_lines((addressee.name, addressee.office or "", *addressee.postal_lines))
    lines = tuple(line for at, line in enumerate(printed) if line not in printed[:at])
    code = (addressee.country or "").upper()
    if not code or code == supporter_country or not country_names or _names_country(lines, code, country_names):
        return lines
    return (*lines, country_names[0].upper())


def _names_country(lines: Sequence[str], code: str, country_names: Sequence[str]) -> bool:
    """Return whether the address ends with its country. "Ciudad de México" ends with a city."""
    end = " ".join(lines[-1].casefold().split()) if lines else ""
    if _A_CITY.search(end):
        return False
    known = {*(name.casefold() for name in country_names), *_COUNTRY_ON_PRINT.get(code, ())}
    return any(end == name or end.endswith((f" {name}", f",{name}", f"({name})")) for name in known)


def date_line(day: date, voice: Voice, *, country: str, city: str) -> str:
    """Return the date as the letter's language writes it, with the town in front where that is the custom and it is known."""
    us = country in _MONTH_FIRST and "date_us" in voice.words
    number = voice.words.get("first_day", "1") if day.day == 1 else str(day.day)
    words = voice.words["date_us" if us else "date"].format(
        day=number, month=voice.months[day.month - 1], year=day.year
    )
    return voice.words["date_with_city"].format(city=_clean(city), date=words) if city.strip() else words


def _texts(part: Paragraph) -> tuple[str, ...]:
    return tuple(_clean(piece.text) for piece in part.pieces) if part.bulleted else (_clean(part.text),)


def _fax_rows(appeal: Appeal, addressee: Addressee, voice: Voice) -> tuple[tuple[str, str], ...]:
    rows = (
        (voice.words["fax_to"], addressee.name),
        (voice.words["fax_number"], " / ".join(addressee.faxes)),
        (voice.words["fax_from"], ", ".join(appeal.signature)),
        (voice.words["fax_pages"], "1"),
    )
    return tuple((label, _clean(value)) for label, value in rows if value.strip())


def _clean_lines(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in (_clean(line) for line in lines) if line)


def _clean(text: str) -> str:
    """Return text composed (NFC) and without control characters, which no font has; line breaks stay."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign if sign == "\n" or unicodedata.category(sign) != "Cc" else " " for sign in composed).strip()
