"""How dates, days, numbers and countries read on a page, in the page's language: template filters, and `locale()`."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_time
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from advocacy.domain import wording
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.campaign import Deadline


def register(app: Flask) -> None:
    app.jinja_env.globals["locale"] = locale
    app.jinja_env.filters.update(
        day=day,
        near_day=near_day,
        instant=instant,
        days_left=days_left,
        until=until,
        country=country,
        language_name=language_name,
        grouped=grouped,
        zone_name=zone_name,
        clock_time=clock_time,
        headline=as_subject,
    )


def locale() -> Locale:
    """Return the page's locale."""
    chosen = get_locale()
    return wording.locale_for(str(chosen).replace("_", "-") if chosen else "en")


def day(value: date) -> str:
    """Return a date with its weekday: "Monday 30 March 2026"."""
    return wording.long_day(value, locale())


def near_day(value: date) -> str:
    """Return a date without its year: "Monday 30 March"."""
    return wording.near_day(value, locale())


def instant(value: datetime, zone: str | tzinfo = UTC) -> str:
    """Return an instant as read in a zone: "Monday 30 March 2026, 14:05 (Toronto)"."""
    where = _zone(zone)
    return f"{day(value.astimezone(where).date())}, {clock_time(value, where)} ({zone_name(where)})"


def clock_time(value: datetime, zone: str | tzinfo = UTC) -> str:
    return str(format_time(value, "short", tzinfo=_zone(zone), locale=locale()))


def zone_name(zone: str | tzinfo) -> str:
    """Return the city a zone is named after, in the page's language: "Toronto"."""
    return wording.city_of(zone if isinstance(zone, str) else str(getattr(zone, "key", "UTC")), locale())


def days_left(days: int) -> str:
    """Return "11 days left", "Today is the last day" or "The deadline has passed"."""
    if days < 0:
        return str(gettext("The deadline has passed"))
    if days == 0:
        return str(gettext("Today is the last day"))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def until(deadline: Deadline) -> str:
    """Return "until Monday 30 March, 23:59 in Toronto"."""
    words = {"day": near_day(deadline.day), "time": wording.last_minute(locale()), "place": zone_name(deadline.zone)}
    return str(gettext("until %(day)s, %(time)s in %(place)s", **words))


def country(code: str | None) -> str:
    """Return a country's name in the page's language; the code where it has none."""
    return wording.country_name(code, locale())


def language_name(tag: str) -> str:
    """Return a language's name in the page's language."""
    return str(wording.locale_for(tag).get_language_name(locale().language) or tag)


def grouped(number: int) -> str:
    """Return a number with the thousands parted as the language does."""
    return wording.grouped(number, locale())


def _zone(zone: str | tzinfo) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
