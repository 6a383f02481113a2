"""The states of one request to the provider, and every legal move between them."""

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


class Event(StrEnum):
    """What can happen to a request.

    `free`: its holder gave it up, or was proven not to have begun. `give_back`: the provider took nothing, ask later.
    `lose`: nobody knows. `ask_again`: nobody knows, but asking again is harmless. `prove_absent`: the evidence says
    that the provider never had it. `vouch`: a verified report names it, so the provider has it. `resend` and `leave`
    are a person's decisions about one that nobody knows about.
    """

    CLAIM = "claim"
    FREE = "free"
    BEGIN = "begin"
    FIND_NOBODY = "find_nobody"
    ACCEPT = "accept"
    REFUSE = "refuse"
    GIVE_BACK = "give_back"
    LOSE = "lose"
    ASK_AGAIN = "ask_again"
    PROVE_ABSENT = "prove_absent"
    VOUCH = "vouch"
    RESEND = "resend"
    LEAVE = "leave"
    CANCEL = "cancel"


OPEN = (DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)
"""The states that keep a blast from being completed."""

GONE = (DispatchState.INFLIGHT, DispatchState.ACCEPTED, DispatchState.AMBIGUOUS)
"""The states in which a person may have the mail, or get it any moment."""

_S, _E = DispatchState, Event

_NEXT: dict[tuple[DispatchState, Event], DispatchState] = {
    (_S.PLANNED, _E.CLAIM): _S.CLAIMED,
    (_S.PLANNED, _E.CANCEL): _S.CANCELLED,
    (_S.PLANNED, _E.VOUCH): _S.ACCEPTED,
    (_S.CLAIMED, _E.FREE): _S.PLANNED,
    (_S.CLAIMED, _E.BEGIN): _S.INFLIGHT,
    (_S.CLAIMED, _E.FIND_NOBODY): _S.EMPTY,
    (_S.CLAIMED, _E.CANCEL): _S.CANCELLED,
    (_S.CLAIMED, _E.VOUCH): _S.ACCEPTED,
    (_S.REFUSED, _E.VOUCH): _S.ACCEPTED,
    (_S.NOT_ACCEPTED, _E.VOUCH): _S.ACCEPTED,
    (_S.CANCELLED, _E.VOUCH): _S.ACCEPTED,
    (_S.INFLIGHT, _E.LOSE): _S.AMBIGUOUS,
    (_S.AMBIGUOUS, _E.ASK_AGAIN): _S.PLANNED,
    (_S.AMBIGUOUS, _E.PROVE_ABSENT): _S.NOT_ACCEPTED,
    (_S.AMBIGUOUS, _E.RESEND): _S.NOT_ACCEPTED,
    (_S.AMBIGUOUS, _E.LEAVE): _S.CANCELLED,
}
for _state in (_S.INFLIGHT, _S.AMBIGUOUS):
    # A late answer still counts: whoever holds the token may settle what was already given up as lost.
    _NEXT |= {
        (_state, _E.ACCEPT): _S.ACCEPTED,
        (_state, _E.REFUSE): _S.REFUSED,
        (_state, _E.GIVE_BACK): _S.PLANNED,
        (_state, _E.VOUCH): _S.ACCEPTED,
    }


def next_state(state: DispatchState, event: Event) -> DispatchState:
    """Return the state that follows `event`, or `state` itself when the event is no news."""
    return _NEXT.get((state, event), state)


def states_before(event: Event) -> tuple[DispatchState, ...]:
    """Return the states that `event` changes: what an UPDATE names in its WHERE."""
    return tuple(state for state in DispatchState if next_state(state, event) is not state)
