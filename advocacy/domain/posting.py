"""How many days a letter needs from one country to another, and the last useful day to post it."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

_ANYWHERE = "*"
_SATURDAY = 5


@dataclass(frozen=True)
class Aim:
    """How long a letter takes: working days after the day of posting, who says so, and since when or when read.

    `published` is False where no post's aim is known and the figure is our own cautious assumption.
    """

    working_days: int
    source: str
    dated: str
    published: bool


def posting_days(from_country: str, to_country: str) -> int | None:
    """Return the published aim for a letter between two countries (ISO 3166 alpha-2) in working days, None if unknown."""
    found = aim(from_country, to_country)
    return found.working_days if found.published else None


def aim(from_country: str | None, to_country: str | None) -> Aim:
    """Return how long to reckon with for a letter between two countries (ISO 3166 alpha-2, None when unknown).

    Always answers: without a published aim it is the cautious default for letters within a country or abroad.
    """
    table = _table()
    if from_country is not None and to_country is not None and _code(from_country) == _code(to_country):
        return table.aims.get((_code(from_country), _code(to_country)), table.domestic)
    for origin in table.names_of(from_country):
        for destination in (*table.names_of(to_country), _ANYWHERE):
            found = table.aims.get((origin, destination))
            if found is not None:
                return found
    return table.international


def days_to_allow(from_country: str | None, to_countries: Iterable[str | None]) -> int:
    """Return the working days in which letters from one country reach all of the others: the slowest of them.

    Raises ValueError without any country to write to.
    """
    return max(aim(from_country, to_country).working_days for to_country in to_countries)


def last_posting_day(deadline_day: date, working_days: int) -> date:
    """Return the last day on which a letter that takes so many working days is posted in time for the deadline's day.

    Saturdays and Sundays are not working days; public holidays are not known here.
    """
    day = _working_day_up_to(deadline_day)
    for _ in range(working_days):
        day = _working_day_up_to(day - timedelta(days=1))
    return day


@dataclass(frozen=True)
class _Table:
    aims: dict[tuple[str, str], Aim]
    groups: dict[str, frozenset[str]]
    domestic: Aim
    international: Aim

    def names_of(self, country: str | None) -> tuple[str, ...]:
        """Return the country's code and the groups it belongs to, the most particular first."""
        if country is None:
            return ()
        code = _code(country)
        return (code, *(name for name, members in self.groups.items() if code in members))


@cache
def _table() -> _Table:
    text = resources.files("advocacy.domain").joinpath("data/posting_days.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    defaults = read["defaults"]
    return _Table(
        aims={
            (row["from"], row["to"]): Aim(row["working_days"], row["source"], row["dated"], published=True)
            for row in read["aims"]
        },
        groups={name: frozenset(members) for name, members in read["groups"].items()},
        domestic=Aim(defaults["domestic"], defaults["source"], defaults["dated"], published=False),
        international=Aim(defaults["international"], defaults["source"], defaults["dated"], published=False),
    )


def _code(country: str) -> str:
    return country.upper()


def _working_day_up_to(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))
