"""How days, zones, countries and numbers read in a language. Locales are Babel's."""

from datetime import UTC, date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import format_decimal

_UNIVERSAL = frozenset({"UTC", "Etc/UTC", "Etc/GMT", "GMT"})
_DAY_FIRST = "en_GB"
"""English dates read "Monday 2 March 2026", but for regions that put the month first."""

_NEAR = {
    "en": "EEEE d MMMM",
    "en_US": "EEEE, MMMM d",
    "en_CA": "EEEE, MMMM d",
    "fr": "EEEE d MMMM",
    "es": "EEEE d 'de' MMMM",
    "de": "EEEE, d. MMMM",
}
_SHORT = {"en": "d MMMM", "en_US": "MMMM d", "en_CA": "MMMM d", "fr": "d MMMM", "es": "d 'de' MMMM", "de": "d. MMMM"}
_YEAR = {"en": " y", "en_US": ", y", "en_CA": ", y", "fr": " y", "es": " 'de' y", "de": " y"}


@lru_cache(maxsize=64)
def locale_for(language: str) -> Locale:
    """Return the locale of a BCP 47 tag; plain English is read with the day first. English for an unknown tag."""
    if language == "en":
        return Locale.parse(_DAY_FIRST)
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_DAY_FIRST)


def long_day(value: date, locale: Locale) -> str:
    """Return a date with weekday and year: "Monday 2 March 2026"."""
    near, year = _pattern(_NEAR, locale), _pattern(_YEAR, locale)
    return str(format_date(value, f"{near}{year}" if near and year else "full", locale=locale))


def near_day(value: date, locale: Locale) -> str:
    """Return a date with its weekday, for days within a year: "Monday 2 March"."""
    return str(format_date(value, _pattern(_NEAR, locale) or "full", locale=locale))


def short_day(value: date, locale: Locale) -> str:
    """Return a date for a subject line: "2 March"."""
    return str(format_date(value, _pattern(_SHORT, locale) or "medium", locale=locale))


def last_minute(locale: Locale) -> str:
    """Return how the last minute of a day is written: "23:59", "11:59 PM"."""
    return str(format_time(datetime(2000, 1, 1, 23, 59, tzinfo=UTC), "short", locale=locale))


def city_of(zone: str, locale: Locale) -> str:
    """Return the city that a zone (IANA name) is named after: "Toronto"; "UTC" for UTC."""
    return "UTC" if zone in _UNIVERSAL else str(get_timezone_location(zone, locale=locale, return_city=True))


def country_name(code: str | None, locale: Locale) -> str:
    """Return a country's name; the code itself where it has none."""
    return str(locale.territories.get(code or "", code or ""))


def grouped(number: int, locale: Locale) -> str:
    """Return a number with its thousands parted."""
    return str(format_decimal(number, locale=locale))


def _pattern(patterns: dict[str, str], locale: Locale) -> str | None:
    """Babel's own patterns for these lengths abbreviate the weekday, so the languages we write in have theirs here."""
    return patterns.get(str(locale)) or patterns.get(locale.language)
