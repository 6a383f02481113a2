"""The states of a blast."""

from enum import StrEnum


class BlastState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    BLOCKED = "blocked"
    MISSED = "missed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


ENDED = (BlastState.COMPLETED, BlastState.CANCELLED)
