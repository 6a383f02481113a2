"""What an answer of the provider means for the row that carried the request: one table for dispatches and singles."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from advocacy.domain.dispatch import Event
from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, Later, NotSent, Outcome, Refused

_COOLS_FOR = timedelta(seconds=30)
_LONGEST_COOL = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(minutes=5)
_LONGEST_ERROR = 500


@dataclass(frozen=True)
class Meaning:
    """The event for the state table, and what else the row keeps."""

    event: Event
    values: dict[str, Any]


def meaning(outcome: Outcome, *, now: datetime, attempts: int) -> Meaning:
    """Return what to write. `attempts` is how often it was tried before this time."""
    match outcome:
        case Accepted(message_id=message_id, status=status):
            return Meaning(
                Event.ACCEPT,
                _settled(now) | {"provider_message_id": message_id, "http_status": status, "error": None},
            )
        case Refused(reason=reason, status=status):
            return Meaning(Event.REFUSE, _settled(now) | {"http_status": status, "error": _cut(reason)})
        case Blocked(reason=reason, status=status):
            wait = {"hold_until": now + _COOLS_FOR}
            return Meaning(Event.GIVE_BACK, _freed() | wait | {"http_status": status, "error": _cut(reason)})
        case Busy(retry_after=retry_after, status=status):
            wait = {"hold_until": now + min(retry_after or _COOLS_FOR, _LONGEST_COOL)}
            return Meaning(Event.GIVE_BACK, _freed() | wait | {"http_status": status})
        case Later(reason=reason, retry_after=retry_after):
            wait = {"hold_until": now + min(retry_after or _COOLS_FOR, _LONGEST_COOL)}
            return Meaning(Event.GIVE_BACK, _freed() | wait | {"error": _cut(reason)})
        case NotSent(reason=reason):
            tried = {"attempts": attempts + 1, "error": _cut(reason)}
            return Meaning(Event.GIVE_BACK, _freed() | {"hold_until": now + backoff(attempts + 1)} | tried)
        case Ambiguous(reason=reason, status=status):
            # The token stays: a late answer or the reaper must still be able to settle it.
            return Meaning(Event.LOSE, {"attempts": attempts + 1, "http_status": status, "error": _cut(reason)})


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after failed attempt number `attempt` (the first is 1): 5 s, doubled up to 5 minutes."""
    return min(timedelta(seconds=5 * 2 ** min(attempt - 1, 10)), _LONGEST_WAIT)


def _settled(now: datetime) -> dict[str, Any]:
    return {"settled_at": now, "settled_how": "answer", "lease_token": None, "lease_until": None}


def _freed() -> dict[str, Any]:
    return {"lease_token": None, "lease_until": None, "inflight_at": None, "answer_by": None}


def _cut(reason: str) -> str:
    return reason[:_LONGEST_ERROR]
