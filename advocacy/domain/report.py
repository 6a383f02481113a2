"""What a mail provider tells us about one mail, in our own words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportType(StrEnum):
    """What happened. `blocked` is a refusal that says nothing about the address; `unknown` is kept but not understood."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    OPENED = "opened"
    OPENED_BY_MACHINE = "machine_opened"
    CLICKED = "clicked"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


class Opened(StrEnum):
    """Who loaded a mail's picture: a program that loads all of them, as far as the provider knows one, or else somebody."""

    MACHINE = "machine"
    PERSON = "person"


OPENS = {ReportType.OPENED_BY_MACHINE.value: Opened.MACHINE, ReportType.OPENED.value: Opened.PERSON}


@dataclass(frozen=True)
class Told:
    """One report before it is stored.

    `identity` is the same for every copy of one report and differs between reports; it may hold an address, so only a
    keyed hash of it is kept. `public_id` and `person_ref` are our own words that came back, None where they were lost;
    `address` is normalised and never stored. `reason` is scrubbed.
    """

    type: ReportType
    at: datetime
    identity: str
    public_id: str | None = None
    person_ref: str | None = None
    address: str | None = None
    reason: str | None = None
