"""A supporter's states, what they can ask for, and how an action is told."""

from enum import StrEnum


class SupporterState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    ERASED = "erased"


class Reminders(StrEnum):
    """Which mails a subscription to a campaign is for: the action and all reminders, the last one only, or none."""

    ALL = "all"
    LAST = "last"
    NONE = "none"


class ConsentAction(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    IMPORTED = "imported"
    COMPLAINED = "complained"
