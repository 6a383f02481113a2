"""What a sign-up form may say: each field judged, nothing else taken over."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from babel import Locale
from babel.core import get_global

from advocacy.domain import address, zones
from advocacy.domain.supporter import Reminders

LONGEST_NAME = 100
_MOST_MARKS = 8
_TICKED = "yes"
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffd")
_JOINERS = frozenset("\u200c\u200d")

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
COUNTRIES = frozenset(
    code
    for code in map(str, Locale("en").territories)
    if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
)
"""ISO 3166 alpha-2 codes, as CLDR lists them."""

# Where a country has several zones, the one in which most of its people live.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid", "FM": "Pacific/Pohnpei",
    "GL": "America/Godthab", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kiev", "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}  # fmt: skip


class Fault(StrEnum):
    """What can be wrong with a field; a page puts it in words. Those of an address are `address.AddressFault`."""

    NEEDED = "needed"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    TWICE = "twice"


@dataclass(frozen=True)
class Answers:
    """A sign-up as judged. `country` is alpha-2 or None, `timezone` an IANA name, `language` one that we offer."""

    address: str
    name: str
    town: str
    country: str | None
    language: str
    timezone: str
    reminders: Reminders
    alerts: bool


def judge(
    fields: Mapping[str, Sequence[str]], *, languages: Sequence[str], zone: str, language: str
) -> tuple[Answers, dict[str, str]]:
    """Return the answers and the faults by field; answers with faults are for showing the form again, not for keeping.

    `fields` hold every value that came under a name, for a field sent twice is refused. `zone` and `language` stand in
    for what was not told. Unknown fields are not looked at.
    """
    judging = _Judging(fields)
    judged = address.judge(judging.one("email"))
    if judged.fault:
        judging.faults.setdefault("email", judged.fault.value)
    if not judging.ticked("consent"):
        judging.faults.setdefault("consent", Fault.NEEDED.value)
    country = judging.country()
    answers = Answers(
        address=judged.address,
        name=judging.line("name"),
        town=judging.line("city"),
        country=country,
        language=_among(judging.one("language"), languages) or language,
        timezone=_zone(judging.one("timezone")) or zone_of(country) or zone,
        reminders=judging.reminders(),
        alerts=judging.ticked("alerts"),
    )
    return answers, judging.faults


def for_alerts(answers: Answers) -> Answers:
    """Return the same answers as a wish for the alert list alone."""
    return replace(answers, alerts=True, reminders=Reminders.ALL)


def judge_line(text: str) -> tuple[str, Fault | None]:
    """Return one line of a person's own (a name, a town) as kept, and what is wrong with it."""
    if len(text) > LONGEST_NAME * 2:
        return "", Fault.TOO_LONG
    line = unicodedata.normalize("NFC", text.strip(" "))
    if len(line) > LONGEST_NAME:
        return line[:LONGEST_NAME], Fault.TOO_LONG
    if line.isascii() and line.isprintable():
        return line, None
    if any(_refused(sign) for sign in line) or _piled_up(line):
        return "", Fault.UNREADABLE
    return line, None


def zone_of(country: str | None) -> str | None:
    """Return the time zone most people of a country (alpha-2) live in, None where it is not known."""
    if country is None:
        return None
    if country in _MAIN_ZONES:
        return _zone(_MAIN_ZONES[country])
    territories: Mapping[str, str] = get_global("zone_territories")
    found = sorted(zone for zone, territory in territories.items() if territory == country and _zone(zone))
    return found[0] if found else None


class _Judging:
    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields
        self.faults: dict[str, str] = {}

    def one(self, name: str) -> str:
        """Return the only value of a field. Two values are a fault: programs differ in which of them counts."""
        values = self._fields.get(name, ())
        if len(values) > 1:
            self.faults[name] = Fault.TWICE.value
            return ""
        return values[0] if values else ""

    def ticked(self, name: str) -> bool:
        return self.one(name) == _TICKED

    def line(self, name: str) -> str:
        kept, fault = judge_line(self.one(name))
        if fault:
            self.faults.setdefault(name, fault.value)
        return kept

    def country(self) -> str | None:
        code = self.one("country").strip(" ").upper()
        if code and code not in COUNTRIES:
            self.faults.setdefault("country", Fault.UNKNOWN.value)
            return None
        return code or None

    def reminders(self) -> Reminders:
        asked = self.one("reminders")
        if not asked:
            return Reminders.ALL
        try:
            return Reminders(asked)
        except ValueError:
            self.faults.setdefault("reminders", Fault.UNKNOWN.value)
            return Reminders.ALL


def _among(text: str, offered: Sequence[str]) -> str | None:
    return text if text in offered else None


def _zone(name: str) -> str | None:
    return name if name in zones.known() else None


def _refused(sign: str) -> bool:
    if sign in _JOINERS:
        return False
    return sign in _BIDI or unicodedata.category(sign) in {"Cc", "Cs", "Co", "Zl", "Zp"}


def _piled_up(text: str) -> bool:
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if marks > _MOST_MARKS:
            return True
    return False
