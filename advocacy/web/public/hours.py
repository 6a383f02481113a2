"""When an office answers its phone, in words: by its own clock and by the supporter's."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask_babel import gettext as _

from advocacy.domain import opening
from advocacy.domain.addressee import Addressee
from advocacy.domain.joining import zone_of
from advocacy.web.wording import clock_time, locale, near_day, zone_name


@dataclass(frozen=True)
class Hours:
    """`lines` are the hours by weekday, empty where nobody told us; `now` says whether they answer now, or when next."""

    lines: tuple[str, ...]
    place: str
    now: str


def of_office(addressee: Addressee, *, zone: str, now: datetime) -> Hours:
    """Return an office's hours for a supporter in `zone` (IANA name)."""
    stretches = opening.parse(addressee.opening_hours)
    lines = tuple(_line(weekdays, hours) for weekdays, hours in opening.written(stretches))
    there = addressee.timezone or zone_of(addressee.country)
    if there is None:
        return Hours(lines, "", "")
    following = opening.coming(stretches, ZoneInfo(there), now)
    told = _told(following, there, zone, now) if following else _clock(there, now)
    return Hours(lines, zone_name(there), told)


def _line(weekdays: tuple[int, ...], hours: tuple[tuple[time, time], ...]) -> str:
    names = [str(locale().days["format"]["wide"][weekday]) for weekday in weekdays]
    days = names[0] if len(names) == 1 else str(_("%(first)s to %(last)s", first=names[0], last=names[-1]))
    return f"{days}: {', '.join(f'{_short(begins)}–{_short(ends)}' for begins, ends in hours)}"


def _short(value: time) -> str:
    return str(format_time(value, "short", locale=locale()))


def _told(following: opening.Opening, there: str, here: str, now: datetime) -> str:
    instant = following.ends if following.begins <= now else following.begins
    words = {
        "there": clock_time(instant, there),
        "here": clock_time(instant, here),
        "day": near_day(instant.astimezone(ZoneInfo(there)).date()),
        "own_day": near_day(instant.astimezone(ZoneInfo(here)).date()),
        "place": zone_name(here),
    }
    apart = instant.astimezone(ZoneInfo(there)).utcoffset() != instant.astimezone(ZoneInfo(here)).utcoffset()
    if instant == following.ends:
        if apart:
            return str(_("They answer now, until %(there)s there: %(here)s where you are (%(place)s).", **words))
        return str(_("They answer now, until %(there)s.", **words))
    if apart:
        return str(
            _(
                "They answer again on %(day)s from %(there)s there: %(own_day)s, %(here)s where you are (%(place)s).",
                **words,
            )
        )
    return str(_("They answer again on %(day)s from %(there)s.", **words))


def _clock(there: str, now: datetime) -> str:
    return str(_("It is %(time)s there now (%(place)s).", time=clock_time(now, there), place=zone_name(there)))
