"""The states of a dispatch."""

from enum import StrEnum


class DispatchState(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    INFLIGHT = "inflight"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    NOT_ACCEPTED = "not_accepted"
    EMPTY = "empty"
    CANCELLED = "cancelled"
