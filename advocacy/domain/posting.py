"""How many days a letter needs from one country to another, and the last useful day to post it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType

_ANYWHERE = "*"
_SATURDAY = 5


@dataclass(frozen=True)
class Aim:
    """How long a letter takes: working days after the day of posting, who says so, and since when or when read.

    `published` is False where no post's aim is known and the figure is our own cautious assumption. `suspended` says that no
    letters are taken at all.
    """

    working_days: int
    source: str
    dated: str
    published: bool
    suspended: bool = False


@dataclass(frozen=True)
class Entry:
    """What an organisation says of a pair of countries (alpha-2, None for anywhere), over what ships.

    `working_days` is None where it says only that the post is suspended.
    """

    from_country: str | None
    to_country: str | None
    working_days: int | None
    suspended: bool
    source: str
    dated: date


OwnAims = Mapping[tuple[str, str], Entry]
"""An organisation's entries by pair of codes; "*" stands for anywhere."""

NO_OWN: OwnAims = MappingProxyType({})


def own_aims(entries: Iterable[Entry]) -> OwnAims:
    """Return entries by pair; of two for the same pair the later one holds."""
    return {(entry.from_country or _ANYWHERE, entry.to_country or _ANYWHERE): entry for entry in entries}


def posting_days(from_country: str, to_country: str) -> int | None:
    """Return the published aim for a letter between two countries (ISO 3166 alpha-2) in working days, None if unknown."""
    found = aim(from_country, to_country)
    return found.working_days if found.published else None


def aim(from_country: str | None, to_country: str | None, own: OwnAims = NO_OWN) -> Aim:
    """Return how long to reckon with for a letter between two countries (ISO 3166 alpha-2, None when unknown).

    What the organisation entered itself goes before what ships. Always answers: without a published aim it is the cautious
    default for letters within a country or abroad.
    """
    shipped = _shipped_aim(from_country, to_country)
    entry = _entry(from_country, to_country, own)
    if entry is None:
        return shipped
    days = shipped.working_days if entry.working_days is None else entry.working_days
    return Aim(days, entry.source, entry.dated.isoformat(), published=True, suspended=entry.suspended)


def shipped() -> list[tuple[str, str, Aim]]:
    """Return the aims that ship: from and to as country, group or "*", and the aim."""
    return [(origin, destination, aim) for (origin, destination), aim in _table().aims.items()]


def assumed(*, abroad: bool) -> int:
    """Return the working days reckoned with where nobody says how long the post takes."""
    return _table().international.working_days if abroad else _table().domestic.working_days


def _entry(from_country: str | None, to_country: str | None, own: OwnAims) -> Entry | None:
    origin, destination = _code(from_country or _ANYWHERE), _code(to_country or _ANYWHERE)
    pairs = [(origin, destination), (_ANYWHERE, destination), (origin, _ANYWHERE)]
    if origin == destination:
        pairs = pairs[:1]  # What holds for letters to or from anywhere says nothing of those within a country.
    return next((own[pair] for pair in pairs if pair in own), None)


def _shipped_aim(from_country: str | None, to_country: str | None) -> Aim:
    table = _table()
    if from_country is not None and to_country is not None and _code(from_country) == _code(to_country):
        return table.aims.get((_code(from_country), _code(to_country)), table.domestic)
    for origin in table.names_of(from_country):
        for destination in (*table.names_of(to_country), _ANYWHERE):
            found = table.aims.get((origin, destination))
            if found is not None:
                return found
    return table.international


def days_to_allow(from_country: str | None, to_countries: Iterable[str | None], own: OwnAims = NO_OWN) -> int:
    """Return the working days in which letters from one country reach all of the others: the slowest of them.

    Raises ValueError without any country to write to.
    """
    return max(aim(from_country, to_country, own).working_days for to_country in to_countries)


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
