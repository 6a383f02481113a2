"""Whether an office answered a letter, and when to ask."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ASKED_AFTER = timedelta(weeks=3)
_AT = time(10, 0)


class ReplyKind(StrEnum):
    ITS_OWN = "its_own"  # it speaks of what was written
    STANDARD = "standard"  # the same to everybody
    RETURNED = "returned"  # the letter came back
    NONE = "none"


def asked_at(told: datetime, zone: ZoneInfo) -> datetime:
    """Return when to ask somebody who told us on this instant (aware) that they wrote: three weeks later, at ten their time."""
    return datetime.combine((told.astimezone(zone) + ASKED_AFTER).date(), _AT, zone)
