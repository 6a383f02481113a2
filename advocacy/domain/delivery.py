"""What one person sees as the state of one mail to them: derived, never stored."""

from enum import StrEnum

from advocacy.domain.dispatch import DispatchState
from advocacy.domain.sentence import Sentence


class DeliveryState(StrEnum):
    """`waiting` has not begun; `unknown` may or may not have been taken by the provider; the last five are reports."""

    SKIPPED = "skipped"
    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    COMPLAINED = "complained"


class Skip(StrEnum):
    """Why a person who was planned did not get the mail after all, besides the reasons of `audience.LeftOut`."""

    REFUSED = "refused"
    UNREADABLE = "unreadable"
    TRIAL = "trial"

    @property
    def sentence(self) -> Sentence:
        return _SENTENCES[self]


_SENTENCES = {
    Skip.REFUSED: Sentence("The mail provider refused this address."),
    Skip.UNREADABLE: Sentence("The address could not be decrypted: it was sealed under a key that is not in the ring."),
    Skip.TRIAL: Sentence("Until the sending domain is ready, only the team gets mail."),
}


_BY_DISPATCH = {
    DispatchState.PLANNED: DeliveryState.WAITING,
    DispatchState.CLAIMED: DeliveryState.WAITING,
    DispatchState.INFLIGHT: DeliveryState.SENDING,
    DispatchState.ACCEPTED: DeliveryState.ACCEPTED,
    DispatchState.AMBIGUOUS: DeliveryState.UNKNOWN,
    DispatchState.REFUSED: DeliveryState.SKIPPED,
    DispatchState.NOT_ACCEPTED: DeliveryState.CANCELLED,
    DispatchState.EMPTY: DeliveryState.SKIPPED,
    DispatchState.CANCELLED: DeliveryState.CANCELLED,
}

RANKS = {
    "deferred": 2,
    "delivered": 3,
    "blocked": 4,
    "bounced": 5,
    "dropped": 6,
    "complained": 7,
}
"""Reports about a mail, the gravest last: whatever order they come in, the gravest one stays. "processed" is evidence
that the request was accepted and says nothing more of a person."""

_BY_OUTCOME = {
    "deferred": DeliveryState.DEFERRED,
    "delivered": DeliveryState.DELIVERED,
    "blocked": DeliveryState.BOUNCED,
    "bounced": DeliveryState.BOUNCED,
    "dropped": DeliveryState.DROPPED,
    "complained": DeliveryState.COMPLAINED,
}

DEPENDABLE = ("processed", "deferred", "delivered", "blocked", "bounced", "dropped")
"""Reports that the provider sends for each mail, whatever its reader does: their absence tells something."""

SUPPRESSES = ("bounced", "complained")
"""Reports after which the address is never written to again."""


def delivery_state(skip_reason: str | None, dispatch: DispatchState | None, outcome: str | None) -> DeliveryState:
    """Return what became of one mail to one person."""
    if skip_reason is not None or dispatch is None:
        return DeliveryState.SKIPPED
    if outcome in _BY_OUTCOME:
        return _BY_OUTCOME[outcome]
    return _BY_DISPATCH[dispatch]


def graver(kept: str | None, news: str) -> str | None:
    """Return the outcome to keep of one kept and one reported. Reports that say nothing of a mail's way are no news."""
    if news not in RANKS:
        return kept
    return news if RANKS[news] > RANKS.get(kept or "", 0) else kept
