"""Which people: those a mail written by hand is for, a page of the desk lists, or a file takes out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from advocacy.domain.addressee import Channel
from advocacy.domain.errors import InvalidError
from advocacy.domain.sentence import Sentence
from advocacy.domain.supporter import SupporterState

_LISTS = ("countries", "languages", "zones", "tags", "states", "ways", "had", "missed")
_WORDS = {"country": "countries", "language": "languages", "zone": "zones", "tag": "tags", "state": "states"}
_EARLIER = ("had", "missed")
_YES_NO = {"yes": True, "no": False}
_LONGEST_NUMBER = 18
YEARS = range(1900, 2200)
"""Of days that somebody names: others are slips, and have no day before or after them on every clock."""

_SPAN = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")


@dataclass(frozen=True)
class Selection:
    """Empty lists mean everyone. `countries` are alpha-2, `states` those of supporters, `acted` None means whether or not they did, `ways` by which
    channels they did. `had` and `missed` are earlier mails (ids of blasts): any of the ones, none of the others.

    `joined_from` and `joined_until` are days (both included, UTC) on which a person's address was confirmed. `share`
    is the percentage of the chosen people, picked by chance, who try out subjects; None takes all of them. `local` is
    the wall time (naive) at which each person gets it, None when all get it at one instant.
    """

    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    acted: bool | None = None
    ways: tuple[str, ...] = ()
    had: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()
    joined_from: date | None = None
    joined_until: date | None = None
    share: int | None = None
    local: datetime | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Self:
        """Read what `as_json` wrote into `blast.audience`."""
        given = dict(value or {})
        return cls(
            **{name: tuple(given.get(name, ())) for name in _LISTS},
            acted=given.get("acted"),
            joined_from=_day(given.get("joined_from")),
            joined_until=_day(given.get("joined_until")),
            share=given.get("share"),
            local=datetime.fromisoformat(given["local"]) if given.get("local") else None,
        )

    def as_json(self) -> dict[str, Any]:
        kept: dict[str, Any] = {name: list(getattr(self, name)) for name in _LISTS if getattr(self, name)}
        kept |= {name: getattr(self, name) for name in ("acted", "share") if getattr(self, name) is not None}
        for name in ("joined_from", "joined_until"):
            if (day := getattr(self, name)) is not None:
                kept[name] = day.isoformat()
        if self.local is not None:
            kept["local"] = self.local.isoformat(timespec="minutes")
        return kept

    @classmethod
    def parse(cls, text: str, *, local: datetime | None = None) -> Self:
        """Read an expression such as "country=CA,GB language=fr acted=no". Raises InvalidError."""
        values: dict[str, Any] = {}
        for part in text.split():
            word, _, value = part.partition("=")
            read = _READERS.get(word)
            found = read(value) if read is not None and value else None
            if found is None:
                raise InvalidError(
                    "“%(part)s” is no part of an audience. Write for example: country=CA,GB language=fr tag=press "
                    "acted=no (or yes, or post,email) joined=2026-03-01..2026-03-31 had=12 missed=13",
                    part=part,
                    faults={"audience": Sentence("“%(part)s” is not understood.", part=part)},
                )
            values |= found
        return cls(**values, local=local)

    def expression(self) -> str:
        """Return the expression that `parse` reads back into the same people."""
        parts = [f"{word}={','.join(getattr(self, name))}" for word, name in _WORDS.items() if getattr(self, name)]
        if self.acted is not None:
            parts.append(f"acted={','.join(self.ways) or ('yes' if self.acted else 'no')}")
        if self.joined_from or self.joined_until:
            parts.append(f"joined={self.joined_from or ''}..{self.joined_until or ''}")
        parts += [f"{name}={','.join(map(str, getattr(self, name)))}" for name in _EARLIER if getattr(self, name)]
        return " ".join(parts)


def _items(value: str) -> tuple[str, ...]:
    return tuple(item for item in value.split(",") if item)


def _list(name: str) -> Callable[[str], dict[str, Any] | None]:
    return lambda value: {name: _items(value)} if _items(value) else None


def _acted(value: str) -> dict[str, Any] | None:
    if value in _YES_NO:
        return {"acted": _YES_NO[value]}
    ways = _items(value)
    return {"acted": True, "ways": ways} if ways and set(ways) <= set(Channel) else None


def _joined(value: str) -> dict[str, Any] | None:
    span = _SPAN.fullmatch(value)
    try:
        days = (_day(span.group(1)), _day(span.group(2))) if span else (None, None)
    except ValueError:
        return None
    if any(day is not None and day.year not in YEARS for day in days):
        return None
    return {"joined_from": days[0], "joined_until": days[1]} if any(days) else None


def _numbers(name: str) -> Callable[[str], dict[str, Any] | None]:
    def read(value: str) -> dict[str, Any] | None:
        items = _items(value)
        fit = all(item.isascii() and item.isdigit() and len(item) <= _LONGEST_NUMBER for item in items)
        return {name: tuple(int(item) for item in items)} if items and fit else None

    return read


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _states(value: str) -> dict[str, Any] | None:
    states = _items(value)
    return {"states": states} if states and set(states) <= set(SupporterState) else None


_READERS: dict[str, Callable[[str], dict[str, Any] | None]] = {
    **{word: _list(name) for word, name in _WORDS.items()},
    "state": _states,
    "acted": _acted,
    "joined": _joined,
    **{name: _numbers(name) for name in _EARLIER},
}
