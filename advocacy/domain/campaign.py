"""A campaign's states and its deadline."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class CampaignState(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True)
class Deadline:
    """The last day to act, and the zone whose day it is (design.md section 4, rule 2)."""

    day: date
    zone: ZoneInfo

    def end(self) -> datetime:
        """Return the first instant (aware, UTC) at which it is too late: midnight after `day` in `zone`."""
        return datetime.combine(self.day + timedelta(days=1), time(), self.zone).astimezone(UTC)

    def passed(self, now: datetime) -> bool:
        return now >= self.end()

    def days_left(self, now: datetime) -> int:
        """Return the calendar days from today to the deadline in its zone: 0 on the last day, negative after it."""
        return (self.day - now.astimezone(self.zone).date()).days
