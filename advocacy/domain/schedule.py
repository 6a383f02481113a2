"""When each step falls due in a supporter's zone, until when it is worth sending, and what a moved deadline changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from advocacy.domain.cadence import Cadence, QuietHours, Step, StepKind, rest_before, steps
from advocacy.domain.campaign import Deadline

# A blast that goes out late stops early enough not to crowd out the next step, unless that leaves less than this.
_LEAST_ROOM = timedelta(hours=6)

# How soon after someone's press a mail still counts as its answer and may come at night.
_PROMPT = timedelta(hours=1)

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Planned:
    """One step in one zone: when it is due and the first instant at which it is no longer worth sending (aware, UTC)."""

    step: Step
    due_at: datetime
    send_by: datetime


@dataclass(frozen=True)
class Occurrence:
    """One step over all zones and countries: what the row of its blast needs (aware, UTC)."""

    key: str
    kind: StepKind
    first_due: datetime
    last_due: datetime
    send_by: datetime


@dataclass(frozen=True)
class Change:
    """What a moved deadline or an edited cadence does to one step; `was` or `becomes` is None where it is not planned."""

    key: str
    was: datetime | None
    becomes: datetime | None

    @property
    def word(self) -> str:
        """Return "kept", "moved", "dropped" or "added"."""
        if self.was is None:
            return "added"
        if self.becomes is None:
            return "dropped"
        return "kept" if self.was == self.becomes else "moved"


def itinerary(
    cadence: Cadence,
    *,
    launched_at: datetime,
    deadline: Deadline,
    zone: ZoneInfo,
    post_only: bool = False,
    posting_days: int | None = None,
) -> tuple[Planned, ...]:
    """Return what a campaign plans for the supporters of one zone (and, by post, one country), in order of time.

    Whoever is in the bucket has the same due times: the rules about single people only leave some of them out. A launch
    in the last night before the deadline has a `due_at` that is not before its `send_by`: it goes only to who joins
    that night, in answer to their press.
    """
    wanted = steps(cadence, launched_at=launched_at, deadline=deadline, post_only=post_only, posting_days=posting_days)
    launch, *reminders = wanted
    opening = next_civil(launched_at, zone, cadence.quiet)
    launch_day = opening.astimezone(zone).date()
    dues = [(launch, opening)] if launched_at < deadline.end() else []
    for step in reminders:
        due = due_at(step, deadline, zone, cadence=cadence)
        if due is not None and step.day(deadline) > launch_day:
            dues.append((step, due))
    dues = _keep_rest(dues, cadence, deadline=deadline, zone=zone)
    return tuple(Planned(step, due, send_by(step, dues, deadline, zone, cadence=cadence)) for step, due in dues)


def due_at(step: Step, deadline: Deadline, zone: ZoneInfo, *, cadence: Cadence) -> datetime | None:
    """Return when a reminder is due for supporters in `zone` (aware, UTC), or None if that is not before the deadline.

    It is the step's date and time on their own clocks, never in quiet hours. A time that a clock change skips becomes
    the first instant after the change; a time that comes twice means the first.
    """
    due = next_civil(instant(step.day(deadline), step.local_time, zone), zone, cadence.quiet)
    return due if due < deadline.end() else None


def launch_at(launched_at: datetime, zone: ZoneInfo, *, cadence: Cadence, deadline: Deadline) -> datetime | None:
    """Return when the action itself goes to supporters in `zone` (aware, UTC): at once, or at the end of their quiet
    hours; None if the deadline is not after that.
    """
    due = next_civil(launched_at, zone, cadence.quiet)
    return due if due < deadline.end() else None


def answer_at(pressed_at: datetime, now: datetime, zone: ZoneInfo, *, cadence: Cadence) -> datetime:
    """Return when the action goes to someone who joined a live campaign at `pressed_at` (aware, UTC; never before now).

    It answers their own press, so it comes at once, at night too. If the engine stood still for more than an hour
    since, they no longer wait for it, and it keeps the quiet hours like any other mail.
    """
    if now <= pressed_at + _PROMPT:
        return max(pressed_at, now)
    return next_civil(now, zone, cadence.quiet)


def send_by(
    step: Step, dues: Iterable[tuple[Step, datetime]], deadline: Deadline, zone: ZoneInfo, *, cadence: Cadence
) -> datetime:
    """Return the first instant at which this step is stale in one zone, given that zone's dues in order (aware, UTC).

    The launch is worth sending until the deadline: it is the action itself. The last posting day ends at its midnight.
    A reminder is stale as soon as sending it would crowd out the next one by the frequency cap; after that the next
    one speaks for both.
    """
    if step.kind is StepKind.LAUNCH:
        return deadline.end()
    if step.kind is StepKind.LAST_POST:
        return min(deadline.end(), instant(step.day(deadline) + timedelta(days=1), time(), zone))
    ordered = list(dues)
    at = next(index for index, (other, _) in enumerate(ordered) if other.key == step.key)
    if at + 1 == len(ordered):
        return deadline.end()
    due = ordered[at][1]
    following, following_due = ordered[at + 1]
    early = following_due - rest_before(following, cadence)
    return early if early - due >= _LEAST_ROOM else following_due


def newest(planned: Iterable[Planned], now: datetime) -> Planned | None:
    """Return the reminder that speaks for all that are due at `now` and not sent: the latest not yet stale, or None."""
    due = [each for each in planned if each.due_at <= now < each.send_by and each.step.kind is not StepKind.LAUNCH]
    return max(due, key=lambda each: each.due_at, default=None)


def occurrences(itineraries: Iterable[Iterable[Planned]]) -> tuple[Occurrence, ...]:
    """Return each step of a campaign once, over all its zones and countries, in order of first due time.

    `send_by` is the latest of any zone's: each zone's own is in its itinerary.
    """
    grouped: dict[str, list[Planned]] = {}
    for plan in itineraries:
        for each in plan:
            grouped.setdefault(each.step.key, []).append(each)
    return tuple(
        sorted(
            (
                Occurrence(
                    key=key,
                    kind=group[0].step.kind,
                    first_due=min(each.due_at for each in group),
                    last_due=max(each.due_at for each in group),
                    send_by=max(each.send_by for each in group),
                )
                for key, group in grouped.items()
            ),
            key=lambda occurrence: (occurrence.first_due, occurrence.last_due),
        )
    )


def before_and_after(old: Mapping[str, datetime], new: Mapping[str, datetime]) -> tuple[Change, ...]:
    """Return what becomes of each step, given due times by step key before and after, in order of time."""
    changes = [Change(key, old.get(key), new.get(key)) for key in {**old, **new}]
    return tuple(sorted(changes, key=lambda change: (change.becomes or change.was, change.key)))


def dues_by_key(planned: Iterable[Planned]) -> dict[str, datetime]:
    """Return a plan as due times by step key, as `before_and_after` takes them."""
    return {each.step.key: each.due_at for each in planned}


def next_civil(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return `now`, or the end of the quiet hours that cover it in `zone` (aware, UTC)."""
    local = now.astimezone(zone)
    if not quiet.cover(local.time()):
        return now.astimezone(UTC)
    ends = (
        _at(local.date() + timedelta(days=days), quiet.end, zone, fold=fold) for days in range(-1, 4) for fold in (0, 1)
    )
    return min(end for end in ends if end > now and not quiet.cover(end.astimezone(zone).time()))


def civil_until(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> datetime:
    """Return when the quiet hours next begin in `zone` after `at` (aware, UTC): what is late by then waits for morning."""
    local = at.astimezone(zone)
    starts = (
        _at(local.date() + timedelta(days=days), quiet.start, zone, fold=fold)
        for days in range(-1, 4)
        for fold in (0, 1)
    )
    return min(start for start in starts if start > at)


def instant(day: date, local: time, zone: ZoneInfo) -> datetime:
    """Return the instant (aware, UTC) at which clocks in `zone` show this date and time.

    A time that comes twice means the first; one that is skipped, the first instant after the gap.
    """
    return _at(day, local, zone, fold=0)


def _at(day: date, local: time, zone: ZoneInfo, *, fold: int) -> datetime:
    """As `instant`, with `fold` 1 for the second of two."""
    wall = datetime.combine(day, local, zone)
    before = wall.replace(fold=0).astimezone(UTC)
    after = wall.replace(fold=1).astimezone(UTC)
    if before <= after:
        return after if fold else before
    return _change_between(after, before, zone)


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second after `low` and up to `high` (both UTC) with the offset that holds at `high`."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def _keep_rest(
    dues: list[tuple[Step, datetime]], cadence: Cadence, *, deadline: Deadline, zone: ZoneInfo
) -> list[tuple[Step, datetime]]:
    """Where a day lost an hour to a clock change, let the next day's step wait for the whole frequency cap."""
    kept: list[tuple[Step, datetime]] = []
    for step, due in dues:
        if kept and kept[-1][0].kind is not StepKind.LAUNCH:
            rested = kept[-1][1] + rest_before(step, cadence)
            hour_short = timedelta() < rested - due <= timedelta(hours=1)
            if hour_short and rested < deadline.end() and not cadence.quiet.cover(rested.astimezone(zone).time()):
                kept.append((step, rested))
                continue
        kept.append((step, due))
    return kept
