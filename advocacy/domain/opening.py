"""When an office answers: hours as an organiser types them, whether it is open now, and when it opens next."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FRENCH = ("lu", "ma", "me", "je", "ve", "sa", "di")
_NUMBERS = {name: at for names in (DAYS, _FRENCH) for at, name in enumerate(each.lower() for each in names)}
_DASH = re.compile(r"\s*[-–—]\s*|\s+(?:to|à)\s+")
_LINE = re.compile(r"(?P<days>[^\d]+?)[\s:]*(?P<hours>\d.*)")
_HOUR = re.compile(r"(?P<hour>\d{1,2})(?:[:.hH](?P<minute>\d{2})?)?")
_DAYS_AHEAD = 8


@dataclass(frozen=True)
class Stretch:
    """A stretch of one weekday, by the clock of the office. `weekday` 0 is Monday."""

    weekday: int
    begins: time
    ends: time


@dataclass(frozen=True)
class Opening:
    """A stretch of one day, as instants in the office's zone."""

    begins: datetime
    ends: datetime


def parse(lines: Iterable[str]) -> tuple[Stretch, ...]:
    """Return the hours written as "Mo-Fr 9:00-12:30, 14:00-17:00", by weekday; days in English or French, in full or short.

    Raises ValueError naming the line that cannot be understood.
    """
    found = {stretch for line in lines for stretch in _line(line)}
    return tuple(sorted(found, key=lambda stretch: (stretch.weekday, stretch.begins)))


def written(stretches: Iterable[Stretch]) -> tuple[tuple[tuple[int, ...], tuple[tuple[time, time], ...]], ...]:
    """Return the hours for reading: weekdays that follow each other and have the same hours stand together."""
    by_day = groupby(stretches, key=lambda stretch: stretch.weekday)
    rows: list[tuple[tuple[int, ...], tuple[tuple[time, time], ...]]] = []
    for weekday, of_day in by_day:
        hours = tuple((stretch.begins, stretch.ends) for stretch in of_day)
        if rows and rows[-1][1] == hours and rows[-1][0][-1] == weekday - 1:
            rows[-1] = ((*rows[-1][0], weekday), hours)
        else:
            rows.append(((weekday,), hours))
    return tuple(rows)


def coming(stretches: Iterable[Stretch], zone: ZoneInfo, now: datetime) -> Opening | None:
    """Return the stretch that runs `now` (aware), or the next one; None without any."""
    known = tuple(stretches)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    openings = (opening for day in days for opening in _of_day(known, zone, day))
    return next((opening for opening in openings if opening.ends > now), None)


def _of_day(stretches: Iterable[Stretch], zone: ZoneInfo, day: date) -> Iterator[Opening]:
    for stretch in stretches:
        if stretch.weekday == day.weekday():
            yield Opening(datetime.combine(day, stretch.begins, zone), datetime.combine(day, stretch.ends, zone))


def _line(line: str) -> Iterator[Stretch]:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(line)
    for weekday in _weekdays(found["days"], line):
        for hours in re.split(r"\s*[,;&]\s*", found["hours"]):
            begins, ends = _hours(hours, line)
            yield Stretch(weekday, begins, ends)


def _weekdays(text: str, line: str) -> Iterator[int]:
    for part in re.split(r"\s*[,;&/]\s*", text.strip(" ,:.")):
        ends = [_weekday(name, line) for name in _DASH.split(part)]
        if len(ends) > 2:
            raise ValueError(line)
        yield from ((ends[0] + at) % 7 for at in range((ends[-1] - ends[0]) % 7 + 1))


def _weekday(name: str, line: str) -> int:
    found = _NUMBERS.get(name.strip(" .")[:2].lower())
    if found is None or " " in name.strip():
        raise ValueError(line)
    return found


def _hours(text: str, line: str) -> tuple[time, time]:
    ends = _DASH.split(text.strip())
    if len(ends) != 2:
        raise ValueError(line)
    begins, closes = (_time(end, line) for end in ends)
    if begins >= closes:
        raise ValueError(line)
    return begins, closes


def _time(text: str, line: str) -> time:
    found = _HOUR.fullmatch(text.strip())
    if found is None or int(found["hour"]) > 23 or int(found["minute"] or 0) > 59:
        raise ValueError(line)
    return time(int(found["hour"]), int(found["minute"] or 0))
