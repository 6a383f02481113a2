"""Which mails a campaign's cadence asks for, and on which days before the deadline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from advocacy.domain.campaign import Deadline
from advocacy.domain.errors import InvalidError
from advocacy.domain.posting import last_posting_day
from advocacy.domain.sentence import Sentence

_MOST_OFFSETS = 20
_LONGEST_OFFSET = 365
_LONGEST_CAP = 14 * 24
_FIELDS = frozenset({"offsets", "last_morning", "reminder_time", "last_day_time", "quiet", "cap_hours"})


class StepKind(StrEnum):
    LAUNCH = "launch"
    REMINDER = "reminder"
    LAST_POST = "last-post"
    LAST_DAY = "last-day"


@dataclass(frozen=True)
class QuietHours:
    """The hours of a supporter's own day in which no mail of ours arrives: from `start` to just before `end`.

    They may pass midnight. Equal times mean that there are none.
    """

    start: time = time(21)
    end: time = time(8)

    def cover(self, local: time) -> bool:
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True)
class Cadence:
    """The rules that place a campaign's mails: days before the deadline, hours of the day, and the rest between two.

    `offsets` are days before the deadline, in any order; `cap` is the least time between two mails to one person.
    Raises InvalidError when the rules cannot be kept together.
    """

    offsets: tuple[int, ...] = (14, 7, 3, 1)
    last_morning: bool = True
    reminder_time: time = time(10)
    last_day_time: time = time(8, 30)
    quiet: QuietHours = field(default_factory=QuietHours)
    cap: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        faults = _faults(self)
        if faults:
            raise InvalidError(
                "These reminders cannot be kept: %(reasons)s", reasons=tuple(faults.values()), faults=faults
            )
        object.__setattr__(self, "offsets", tuple(sorted(self.offsets, reverse=True)))

    @classmethod
    def from_json(cls, value: Mapping[str, object] | None) -> Self:
        """Return the cadence stored in a campaign's JSON column; what is not named keeps its default.

        Raises InvalidError, with the field at fault, for anything that `as_json` could not have written.
        """
        given = dict(value or {})
        unknown = sorted(set(given) - _FIELDS)
        if unknown:
            raise InvalidError(
                "A cadence has no %(unknown)s. It has: %(fields)s.",
                unknown=unknown,
                fields=sorted(_FIELDS),
                faults={name: Sentence("There is no such setting.") for name in unknown},
            )
        plain = cls()
        return cls(
            offsets=_whole_numbers("offsets", given.get("offsets", list(plain.offsets))),
            last_morning=_yes_or_no("last_morning", given.get("last_morning", plain.last_morning)),
            reminder_time=_clock_time("reminder_time", given.get("reminder_time", _written(plain.reminder_time))),
            last_day_time=_clock_time("last_day_time", given.get("last_day_time", _written(plain.last_day_time))),
            quiet=_quiet_hours(given.get("quiet", {})),
            cap=timedelta(hours=_hours("cap_hours", given.get("cap_hours", plain.cap / timedelta(hours=1)))),
        )

    def as_json(self) -> dict[str, object]:
        return {
            "offsets": list(self.offsets),
            "last_morning": self.last_morning,
            "reminder_time": _written(self.reminder_time),
            "last_day_time": _written(self.last_day_time),
            "quiet": {"start": _written(self.quiet.start), "end": _written(self.quiet.end)},
            "cap_hours": self.cap / timedelta(hours=1),
        }


@dataclass(frozen=True)
class Step:
    """One mail of the cadence: `days_before` the deadline's day, at `local_time` of each supporter's own day.

    `key` is the occurrence's lasting name: "launch", "before-14", "last-post", "last-day". For the launch, both
    `days_before` and `local_time` only place it among the others: it leaves when the campaign is launched.
    """

    key: str
    kind: StepKind
    days_before: int
    local_time: time

    def day(self, deadline: Deadline) -> date:
        """Return the calendar day, the same date in each zone, on which this step falls."""
        return deadline.day - timedelta(days=self.days_before)


def steps(
    cadence: Cadence,
    *,
    launched_at: datetime,
    deadline: Deadline,
    post_only: bool = False,
    posting_days: int | None = None,
) -> tuple[Step, ...]:
    """Return a campaign's steps in the order in which they fall, the launch first.

    Steps on or before the day of the launch (in the deadline's zone) are dropped. Where the addressee can be reached by
    post only, the last day on which a letter still arrives in time gets a step of its own, and all later ones are
    dropped with it: they would ask for a letter that comes too late. `posting_days` are the working days a letter takes
    from the supporter's country to the addressee's (`posting.days_to_allow`). Raises ValueError when post_only is given
    without them.
    """
    launch_day = launched_at.astimezone(deadline.zone).date()
    reminders = [Step(f"before-{days}", StepKind.REMINDER, days, cadence.reminder_time) for days in cadence.offsets]
    if cadence.last_morning:
        reminders.append(Step("last-day", StepKind.LAST_DAY, 0, cadence.last_day_time))
    if post_only:
        if posting_days is None or posting_days < 1:
            raise ValueError(f"a campaign by post only needs its posting days, got {posting_days}")
        last_post = (deadline.day - last_posting_day(deadline.day, posting_days)).days
        reminders = [step for step in reminders if step.days_before > last_post]
        reminders.append(Step("last-post", StepKind.LAST_POST, last_post, cadence.reminder_time))
    launch = Step("launch", StepKind.LAUNCH, (deadline.day - launch_day).days, cadence.reminder_time)
    return (launch, *(step for step in reminders if step.day(deadline) > launch_day))


def rest_before(step: Step, cadence: Cadence) -> timedelta:
    """Return how long a person must have had no mail from us before this step: the frequency cap.

    A launch is never left out for it. The last day needs only that nothing came since its midnight: a mail the day
    before does not keep it back, one that same night does.
    """
    if step.kind is StepKind.LAUNCH:
        return timedelta()
    if step.kind is StepKind.LAST_DAY:
        since_midnight = timedelta(hours=step.local_time.hour, minutes=step.local_time.minute)
        return min(cadence.cap, since_midnight)
    return cadence.cap


def _faults(cadence: Cadence) -> dict[str, str]:
    faults: dict[str, str] = {}
    if len(cadence.offsets) > _MOST_OFFSETS or len(set(cadence.offsets)) != len(cadence.offsets):
        faults["offsets"] = Sentence("Give each day once, and at most %(most)s of them.", most=_MOST_OFFSETS)
    elif any(not 1 <= days <= _LONGEST_OFFSET for days in cadence.offsets):
        faults["offsets"] = Sentence("Reminders come 1 to %(most)s days before the deadline.", most=_LONGEST_OFFSET)
    if cadence.quiet.cover(cadence.reminder_time):
        faults["reminder_time"] = Sentence(
            "%(time)s is in the quiet hours: choose another time.", time=cadence.reminder_time
        )
    if cadence.quiet.cover(cadence.last_day_time):
        faults["last_day_time"] = Sentence(
            "%(time)s is in the quiet hours: choose another time.", time=cadence.last_day_time
        )
    if not timedelta() <= cadence.cap <= timedelta(hours=_LONGEST_CAP):
        faults["cap_hours"] = Sentence("The rest between two mails is 0 to %(most)s hours.", most=_LONGEST_CAP)
    return faults


def _written(local: time) -> str:
    return local.strftime("%H:%M")


def _refused(name: str, wanted: str, value: object) -> InvalidError:
    return InvalidError(
        "The cadence's %(name)s must be %(wanted)s, not %(value)s.",
        name=name,
        wanted=wanted,
        value=repr(value),
        faults={name: Sentence("Give %(wanted)s.", wanted=wanted)},
    )


def _whole_numbers(name: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        raise _refused(name, Sentence("a list of days"), value)
    if not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
        raise _refused(name, Sentence("a list of whole days"), value)
    return tuple(value)


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, Sentence("true or false"), value)
    return value


def _hours(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _LONGEST_CAP:
        raise _refused(name, Sentence("0 to %(most)s hours", most=_LONGEST_CAP), value)
    return value


def _clock_time(name: str, value: object) -> time:
    if not isinstance(value, str):
        raise _refused(name, Sentence("a time such as 10:00"), value)
    try:
        return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007  (a time of day has no zone)
    except ValueError:
        raise _refused(name, Sentence("a time such as 10:00"), value) from None


def _quiet_hours(value: object) -> QuietHours:
    if not isinstance(value, Mapping) or set(value) - {"start", "end"}:
        raise _refused("quiet", Sentence("a start and an end"), value)
    plain = QuietHours()
    return QuietHours(
        start=_clock_time("quiet", value.get("start", _written(plain.start))),
        end=_clock_time("quiet", value.get("end", _written(plain.end))),
    )
