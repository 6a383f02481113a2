"""What an organisation decides once for all its campaigns: hours, caps, thresholds and how long things are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from typing import Any, Self

from advocacy.domain.cadence import Cadence, QuietHours
from advocacy.domain.errors import InvalidError
from advocacy.domain.sentence import Sentence

_MOST_PEOPLE = 10_000_000
_GROWTH = 1.1
_LIMITS = {
    "cap_hours": (0, 14 * 24),
    "type_from": (1, _MOST_PEOPLE),
    "approve_from": (0, _MOST_PEOPLE),
    "undo_seconds": (0, 600),
    "keep_reports_days": (7, 365),
    "keep_left_days": (7, 3650),
    "keep_mails_days": (31, 3650),
}
"""The least and the most of each number."""


@dataclass(frozen=True)
class Preferences:
    """Raises InvalidError, with the field at fault, for numbers that cannot be.

    `quiet` and `cap_hours` are what a new campaign's cadence begins with. A mail to `type_from` people or more asks for
    the number to be typed; one to `approve_from` or more for a second person's yes (0: never). After "Send", nothing
    leaves for `undo_seconds`. The provider's reports are kept for `keep_reports_days`, and the address of who left for
    good for `keep_left_days`; the keyed hash that keeps us from writing again stays. Who got which mail is kept for
    `keep_mails_days` after a campaign was closed (nobody can act any more by then), then only in numbers.
    """

    quiet: QuietHours = field(default_factory=QuietHours)
    cap_hours: int = 24
    type_from: int = 1000
    approve_from: int = 0
    undo_seconds: int = 60
    keep_reports_days: int = 30
    keep_left_days: int = 90
    keep_mails_days: int = 90

    def __post_init__(self) -> None:
        faults = {
            name: Sentence("Give a whole number from %(least)s to %(most)s.", least=least, most=most)
            for name, (least, most) in _LIMITS.items()
            if not least <= getattr(self, name) <= most
        }
        plain = Cadence()
        if any(self.quiet.cover(at) for at in (plain.reminder_time, plain.last_day_time)):
            faults["quiet_end"] = Sentence(
                "Reminders leave at %(last_day_time)s and %(reminder_time)s: let the quiet hours end before.",
                last_day_time=plain.last_day_time,
                reminder_time=plain.reminder_time,
            )
        if faults:
            raise InvalidError("These rules cannot be kept: %(reasons)s", reasons=tuple(faults.values()), faults=faults)

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Self:
        """Return what `as_json` wrote; what is not named keeps its default."""
        given = dict(value or {})
        known = {each.name: given[each.name] for each in fields(cls) if each.name in given and each.name != "quiet"}
        hours = given.get("quiet")
        if hours:
            known["quiet"] = QuietHours(time.fromisoformat(hours["start"]), time.fromisoformat(hours["end"]))
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {name: getattr(self, name) for name in _LIMITS}
        return written | {"quiet": {"start": f"{self.quiet.start:%H:%M}", "end": f"{self.quiet.end:%H:%M}"}}

    def cadence_json(self) -> dict[str, object]:
        """Return the cadence that a new campaign begins with, as a campaign keeps it."""
        return Cadence(quiet=self.quiet, cap=timedelta(hours=self.cap_hours)).as_json()

    def asks_to_type(self, people: int) -> bool:
        """Whether a mail to so many asks for the number to be typed."""
        return people >= self.type_from

    def asks_for_approval(self, people: int, *, approved: int = 0) -> bool:
        """Whether a mail to so many waits for a second person's yes, when one was given for `approved` people.

        A yes holds for a tenth more, so that whoever joins meanwhile does not stop what was looked at.
        """
        return self.approve_from > 0 and people >= self.approve_from and people > approved * _GROWTH
