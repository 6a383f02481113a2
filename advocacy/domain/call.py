"""How a phone call went."""

from enum import StrEnum


class CallOutcome(StrEnum):
    REACHED = "reached"
    VOICEMAIL = "voicemail"
    BUSY = "busy"  # or nobody there: nothing was said, so nothing is counted
