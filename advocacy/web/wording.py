"""How dates, days, numbers and countries read on a page, in the page's language: template filters, and `locale()`."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_skeleton, format_time, get_timezone_location
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from advocacy.domain.campaign import Deadline


def register(app: Flask) -> None:
    app.jinja_env.globals["locale"] = _locale
    app.jinja_env.filters.update(
        day=day,
        instant=instant,
        days_left=days_left,
        until=until,
        country=country,
        grouped=grouped,
        zone_name=zone_name,
        clock_time=clock_time,
    )


def day(value: date) -> str:
    """Return a date with its weekday: "Monday, March 30, 2026"."""
    return str(format_skeleton("yMMMMEEEEd", value, locale=_locale()))


def instant(value: datetime, zone: str | tzinfo = UTC) -> str:
    """Return an instant as read in a zone: "Monday, March 30, 2026 at 14:05 (Toronto)"."""
    where = ZoneInfo(zone) if isinstance(zone, str) else zone
    return f"{day(value.astimezone(where).date())}, {clock_time(value, where)} ({zone_name(where)})"


def clock_time(value: datetime, zone: str | tzinfo = UTC) -> str:
    where = ZoneInfo(zone) if isinstance(zone, str) else zone
    return str(format_time(value, "short", tzinfo=where, locale=_locale()))


def zone_name(zone: str | tzinfo) -> str:
    """Return the city a zone is named after, in the page's language: "Toronto"; "UTC" for UTC."""
    name = zone if isinstance(zone, str) else str(getattr(zone, "key", "UTC"))
    if name in {"UTC", "Etc/UTC", "Etc/GMT", "GMT"}:
        return "UTC"
    return str(get_timezone_location(name, locale=_locale(), return_city=True))


def days_left(days: int) -> str:
    """Return "11 days left", "Last day today" or "The deadline has passed"."""
    if days < 0:
        return str(gettext("The deadline has passed"))
    if days == 0:
        return str(gettext("Today is the last day"))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def until(deadline: Deadline) -> str:
    """Return "until Monday, March 30, 2026, 23:59 in Toronto"."""
    last_minute = datetime(2000, 1, 1, 23, 59, tzinfo=UTC)
    return str(
        gettext(
            "until %(day)s, %(time)s, %(zone)s time",
            day=day(deadline.day),
            time=format_datetime(last_minute, "HH:mm", tzinfo=UTC, locale=_locale()),
            zone=zone_name(deadline.zone),
        )
    )


def country(code: str | None) -> str:
    """Return a country's name in the page's language; the code where it has none."""
    return str(_locale().territories.get(code or "", code or ""))


def grouped(number: int) -> str:
    """Return a number with the thousands parted as the language does."""
    return str(format_decimal(number, locale=_locale()))


def _locale() -> Locale:
    return get_locale() or Locale("en")
