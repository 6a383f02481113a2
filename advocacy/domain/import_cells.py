"""Each cell of a list judged: a row becomes a person, or is refused with the fault in its cell."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from babel import Locale

from advocacy.domain import address, zones
from advocacy.domain.csv_text import Row
from advocacy.domain.importing import Column, plain
from advocacy.domain.joining import COUNTRIES, Fault, judge_line, zone_of

T = TypeVar("T")
LONGEST_TAG = 40
MOST_TAGS = 20
_BLANKS = " \t\u00a0"
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][0-9:.+Z-]*)?$", re.ASCII)
_LANGUAGES_READ = ("en", "fr", "es", "de")
_EARLIEST = date(1990, 1, 1)
_YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "vrai", "si", "s", "verdadero", "ja", "j", "wahr"})


class CellFault(StrEnum):
    """Why a row is refused; a page puts it in words and marks the cell."""

    NO_ADDRESS = "no_address"
    NOT_AN_ADDRESS = "not_an_address"
    TWO_ADDRESSES = "two_addresses"
    NOT_ASCII = "not_ascii"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    UNKNOWN_COUNTRY = "unknown_country"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_ZONE = "unknown_zone"
    TAGS = "tags"
    NO_CONSENT = "no_consent"
    NOT_A_DAY = "not_a_day"
    IN_FUTURE = "in_future"
    MORE_CELLS = "more_cells"


@dataclass(frozen=True)
class Person:
    """A row as judged good. `consented` is the day the file says they agreed."""

    line: int
    address: str
    name: str
    town: str
    country: str | None
    language: str
    timezone: str
    tags: tuple[str, ...]
    consented: date | None


@dataclass(frozen=True)
class Refused:
    """A row that is not taken; `faults` by the number of the cell."""

    line: int
    cells: tuple[str, ...]
    faults: dict[int, CellFault]


@dataclass(frozen=True)
class Judge:
    """Judges rows. `columns` says where what stands, `width` how many cells the header has, `today` is in UTC."""

    columns: Mapping[Column, int]
    width: int
    languages: tuple[str, ...]
    language: str
    zone: str
    today: date
    tags: tuple[str, ...] = ()

    def judge(self, row: Row) -> Person | Refused:
        faults: dict[int, CellFault] = {}
        for at, cell in enumerate(row.cells[self.width :], self.width):
            if cell.strip():
                faults[at] = CellFault.MORE_CELLS
        country = self._read(row, Column.COUNTRY, faults, country_of)
        found = Person(
            line=row.line,
            address=self._read(row, Column.EMAIL, faults, _address_of, needed=CellFault.NO_ADDRESS) or "",
            name=self._name(row, faults),
            town=self._read(row, Column.TOWN, faults, _line_of) or "",
            country=country,
            language=self._read(row, Column.LANGUAGE, faults, self._language_of) or self.language,
            timezone=self._read(row, Column.ZONE, faults, _zone_of) or zone_of_country(country) or self.zone,
            tags=tuple(dict.fromkeys((*self.tags, *(self._read(row, Column.TAGS, faults, tags_of) or ())))),
            consented=self._read(row, Column.CONSENTED, faults, self._day_of),
        )
        self._read(row, Column.CONSENT, faults, _consent_of, needed=CellFault.NO_CONSENT)
        return Refused(row.line, row.cells, faults) if faults else found

    def _name(self, row: Row, faults: dict[int, CellFault]) -> str:
        parts = [self._read(row, column, faults, _line_of) for column in (Column.NAME, Column.SURNAME)]
        name = " ".join(part for part in parts if part)
        if Column.NAME in self.columns and judge_line(name)[1]:
            faults.setdefault(self.columns[Column.NAME], CellFault.TOO_LONG)
        return name

    def _read(
        self,
        row: Row,
        column: Column,
        faults: dict[int, CellFault],
        read: Callable[[str], T | CellFault],
        *,
        needed: CellFault | None = None,
    ) -> T | None:
        """Read one cell; a fault is noted by its number. An empty cell is None, and a fault where one is `needed`."""
        at = self.columns.get(column)
        if at is None:
            return None
        text = row.cells[at].strip(_BLANKS) if at < len(row.cells) else ""
        if text:
            value = read(text)
            if not isinstance(value, CellFault):
                return value
            faults[at] = value
        elif needed:
            faults[at] = needed
        return None

    def _language_of(self, text: str) -> str | CellFault:
        return _language_among(text, self.languages) or CellFault.UNKNOWN_LANGUAGE

    def _day_of(self, text: str) -> date | CellFault:
        """Read 2024-03-31, with a time after it or not. Other ways to write a day can be read in two ways."""
        found = _DAY.match(text)
        try:
            day = date.fromisoformat(found[1]) if found else None
        except ValueError:
            day = None
        if day is None or day < _EARLIEST:
            return CellFault.NOT_A_DAY
        return CellFault.IN_FUTURE if day > self.today else day


def _address_of(text: str) -> str | CellFault:
    judged = address.judge(text)
    if judged.fault is None:
        return judged.address
    if text.count("@") > 1 and len(text) <= address.LONGEST:
        return CellFault.TWO_ADDRESSES
    return _ADDRESS_FAULTS.get(judged.fault, CellFault.NOT_AN_ADDRESS)


_ADDRESS_FAULTS = {
    address.AddressFault.TOO_LONG: CellFault.TOO_LONG,
    address.AddressFault.NOT_ASCII: CellFault.NOT_ASCII,
}


def _line_of(text: str) -> str | CellFault:
    line, fault = judge_line(text)
    if fault:
        return CellFault.TOO_LONG if fault is Fault.TOO_LONG else CellFault.UNREADABLE
    return line


def _zone_of(text: str) -> str | CellFault:
    return text if text in zones.known() else CellFault.UNKNOWN_ZONE


def _consent_of(text: str) -> bool | CellFault:
    return True if plain(text) in _YES else CellFault.NO_CONSENT


@lru_cache(maxsize=512)
def tags_of(text: str) -> tuple[str, ...] | CellFault:
    """Read tags parted by commas, semicolons or bars; their case does not count."""
    tags = tuple(dict.fromkeys(tag for part in re.split(r"[,;|]", text) if (tag := " ".join(part.lower().split()))))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG or judge_line(tag)[1] for tag in tags):
        return CellFault.TAGS
    return tags


@lru_cache(maxsize=512)
def country_of(text: str) -> str | CellFault:
    """Read a country's two letters or its name in one of four languages."""
    code = text.upper()
    if len(code) == 2:
        return code if code in COUNTRIES else CellFault.UNKNOWN_COUNTRY
    return _countries().get(plain(text), CellFault.UNKNOWN_COUNTRY)


@lru_cache(maxsize=512)
def zone_of_country(country: str | None) -> str | None:
    return zone_of(country)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    named = {
        plain(str(name)): code
        for language in _LANGUAGES_READ
        for code, name in Locale(language).territories.items()
        if code in COUNTRIES
    }
    return named | {"usa": "US", "uk": "GB", "great britain": "GB", "etats unis": "US", "eeuu": "US"}


@lru_cache(maxsize=512)
def _language_among(text: str, languages: tuple[str, ...]) -> str | None:
    """Return the language of ours that a cell names: by its tag ("fr-CA" is French), or by name in four languages."""
    tag = text.lower().replace("_", "-")
    for offered in languages:
        if tag in {offered.lower(), offered.lower().partition("-")[0]} or tag.partition("-")[0] == offered.lower():
            return offered
        names = {
            Locale.parse(offered, sep="-").get_display_name(language) for language in (*_LANGUAGES_READ, offered[:2])
        }
        if plain(text) in {plain(name) for name in names if name}:
            return offered
    return None
