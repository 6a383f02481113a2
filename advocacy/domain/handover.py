"""What is handed to a mail provider, and the outcomes it can have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, overload, runtime_checkable


@dataclass(frozen=True)
class Person:
    """One recipient of one request.

    `ref` is opaque (never an address or a database id), `values` are this person's merge values by field name, and
    `unsubscribe_url` is the one-click address (RFC 8058), None for mails that answer the person's own request.
    """

    ref: str
    address: str
    values: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str | None = None


@dataclass(frozen=True)
class Crowd(Sequence[Person]):
    """The people of one request, kept column by column: an object for each of a thousand costs more than all else that
    is done for them. Reads as a sequence of `Person`; each column has one entry for each of them."""

    refs: Sequence[str]
    addresses: Sequence[str]
    values: Mapping[str, Sequence[str]]
    unsubscribe_urls: Sequence[str]

    def __len__(self) -> int:
        return len(self.refs)

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Person]: ...
    def __getitem__(self, at: int | slice) -> Person | Sequence[Person]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        values = {name: column[at] for name, column in self.values.items()}
        return Person(self.refs[at], self.addresses[at], values, self.unsubscribe_urls[at])


@dataclass(frozen=True)
class Request:
    """One request to the provider: one content, 1 to 1,000 people.

    `subject`, `text` and `html` hold merge fields written `{{ name }}`; each person's `values` have them all.
    `public_id` travels with the request and comes back in each report about it. `count_opens` asks for reports of who
    opens it, where the provider has any; nothing else is ever tracked.
    """

    public_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    people: Sequence[Person]
    reply_to: str | None = None
    list_id: str | None = None
    sandbox: bool = False
    count_opens: bool = False


@dataclass(frozen=True)
class Accepted:
    """The provider has it: all of it."""

    message_id: str | None = None
    status: int | None = None


@dataclass(frozen=True)
class Refused:
    """The provider took nothing, because of the content or of one person (`person` is an index when it named one)."""

    reason: str
    status: int | None = None
    person: int | None = None


@dataclass(frozen=True)
class Blocked:
    """The provider takes nothing from this account until somebody mends something."""

    reason: str
    status: int | None = None


@dataclass(frozen=True)
class Busy:
    """The provider said: later. Costs no attempt."""

    retry_after: timedelta | None = None
    status: int | None = None


@dataclass(frozen=True)
class Later:
    """This request alone is to come again: its recipient's server asks for patience. Says nothing about the account,
    and costs no attempt."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class NotSent:
    """Not one byte of the request was written."""

    reason: str


@dataclass(frozen=True)
class Ambiguous:
    """Nobody knows whether the provider took it. Never tried again blindly."""

    reason: str
    status: int | None = None


Outcome = Accepted | Refused | Blocked | Busy | Later | NotSent | Ambiguous


class Provider(Protocol):
    """A mail provider: one gateway file.

    `idempotent`: handing over the same `public_id` again is harmless, so an ambiguous dispatch is simply asked again.
    `reports`: verified reports come back and settle ambiguous dispatches.
    """

    name: str
    idempotent: bool
    reports: bool
    batch: int

    def prepare(self) -> NotSent | None:
        """Open a connection if none is open. Return NotSent when that fails."""

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        """Hand over once: no retry, no redirect. `not_after` is a CLOCK_BOOTTIME reading (seconds) after which not
        one byte may be written and the answer is no longer waited for."""


@runtime_checkable
class Checkable(Protocol):
    """A provider that says beforehand whether it would take a request, and sends nothing then."""

    def would_take(self, request: Request, *, not_after: float) -> Outcome:
        """Ask once. Accepted means yes; Ambiguous and NotSent mean that there was no answer."""


@runtime_checkable
class Wide(Protocol):
    """A provider to which each process may hand over several requests at once: so many as `lanes`."""

    lanes: int


@runtime_checkable
class Searchable(Protocol):
    """A provider whose logs can be asked what became of a request."""

    def found(self, public_id: str, *, address: str, since: datetime) -> bool | None:
        """Return whether it took the request that carried `address` and was begun at `since`, None if it cannot say."""
