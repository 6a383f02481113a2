"""What a rehearsal shows: who got what and when, day by day, and every promise it found broken."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from advocacy.domain.cadence import QuietHours
from advocacy.domain.sentence import Sentence

THANKS = "thanks"
"""The one mail that answers an action: it may come at night, and after the person has acted."""


@dataclass(frozen=True)
class Rehearsed:
    """One mail of the rehearsal. `rule` is the cadence step or the kind of a single mail; `local` is the person's own
    time, `why` one sentence."""

    at: datetime
    local: datetime
    person: str
    country: str
    zone: str
    rule: str
    why: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Row:
    """So many mails of one rule in one zone on one day, between two local times."""

    rule: str
    zone: str
    first: datetime
    last: datetime
    people: int


@dataclass(frozen=True)
class Day:
    """One day: who got what on this date of their own, and how many told us they acted on it in the campaign's zone."""

    day: date
    rows: tuple[Row, ...]
    acted: int


@dataclass(frozen=True)
class Rehearsal:
    """The outcome. `faults` lists every broken promise found in it, and must be empty."""

    people: int
    made_up: bool
    started_at: datetime
    deadline: date
    days: tuple[Day, ...]
    mails: tuple[Rehearsed, ...]
    silent: int
    faults: tuple[str, ...]


_WHY = {
    "launch": Sentence("the action itself, once, to everyone who asked for it"),
    "last-post": Sentence("the last day on which a letter still arrives in time; this person had not acted yet"),
    "last-day": Sentence("the morning of the last day; this person had not acted yet"),
    THANKS: Sentence("thanks for the action this person told us of"),
}


def why(rule: str) -> str:
    """Return one sentence on why a mail of this rule went to a person of the rehearsal."""
    return _WHY.get(rule, Sentence("a step of the cadence; this person had not acted yet"))


def days(mails: Sequence[Rehearsed], acted: Mapping[str, datetime], zone: ZoneInfo) -> tuple[Day, ...]:
    """Return a day-by-day table: mails on each person's own date, as their times are, actions on that of `zone`."""
    by_day: dict[date, list[Rehearsed]] = {}
    for mail in mails:
        by_day.setdefault(mail.local.date(), []).append(mail)
    actions = Counter(at.astimezone(zone).date() for at in acted.values())
    return tuple(
        Day(day=day, rows=tuple(_rows(by_day.get(day, []))), acted=actions[day]) for day in sorted({*by_day, *actions})
    )


def broken(
    mails: Sequence[Rehearsed], acted: Mapping[str, datetime], *, end: datetime, quiet: QuietHours
) -> Iterator[str]:
    """Check the promises on the mails themselves: none after the deadline's end, to someone who acted, at night, twice."""
    seen: set[tuple[str, str]] = set()
    for mail in mails:
        if mail.at >= end:
            yield Sentence("%(rule)s to %(person)s after the deadline", rule=mail.rule, person=mail.person)
        if (mail.person, mail.rule) in seen:
            yield Sentence("%(rule)s twice to %(person)s", rule=mail.rule, person=mail.person)
        seen.add((mail.person, mail.rule))
        if mail.rule == THANKS:
            continue
        if mail.person in acted and mail.at > acted[mail.person]:
            yield Sentence("%(rule)s to %(person)s, who had acted", rule=mail.rule, person=mail.person)
        if quiet.cover(mail.local.time()):
            yield Sentence(
                "%(rule)s to %(person)s at %(local)s of their own night",
                rule=mail.rule,
                person=mail.person,
                local=mail.local.time(),
            )


def _rows(mails: Sequence[Rehearsed]) -> Iterator[Row]:
    grouped: dict[tuple[str, str], list[datetime]] = {}
    for mail in mails:
        grouped.setdefault((mail.rule, mail.zone), []).append(mail.local)
    for (rule, zone), times in sorted(grouped.items(), key=lambda item: min(item[1])):
        yield Row(rule=rule, zone=zone, first=min(times), last=max(times), people=len(times))
