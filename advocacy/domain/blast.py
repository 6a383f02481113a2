"""The states of a blast and every legal move between them."""

from enum import StrEnum


class BlastState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    BLOCKED = "blocked"
    MISSED = "missed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can happen to a blast. A missed one is scheduled again when a person sends it after all; a draft may be
    proposed to a second person, who schedules or returns it; so is a scheduled one whose audience grew too large."""

    PROPOSE = "propose"
    RETURN = "return"
    SCHEDULE = "schedule"
    BEGIN_PLANNING = "begin_planning"
    BEGIN_SENDING = "begin_sending"
    PAUSE = "pause"
    RESUME = "resume"
    BLOCK = "block"
    UNBLOCK = "unblock"
    MISS = "miss"
    COMPLETE = "complete"
    CANCEL = "cancel"


ENDED = (BlastState.COMPLETED, BlastState.CANCELLED)

RUNNING = (BlastState.SCHEDULED, BlastState.PLANNING, BlastState.SENDING)
"""The states in which the engine plans and sends by itself."""

_S, _M = BlastState, Move

_NEXT: dict[tuple[BlastState, Move], BlastState] = {
    (_S.DRAFT, _M.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, _M.PROPOSE): _S.PROPOSED,
    (_S.SCHEDULED, _M.PROPOSE): _S.PROPOSED,
    (_S.PROPOSED, _M.RETURN): _S.DRAFT,
    (_S.PROPOSED, _M.SCHEDULE): _S.SCHEDULED,
    (_S.MISSED, _M.SCHEDULE): _S.SCHEDULED,
    (_S.SCHEDULED, _M.BEGIN_PLANNING): _S.PLANNING,
    (_S.SCHEDULED, _M.MISS): _S.MISSED,
    (_S.PLANNING, _M.BEGIN_SENDING): _S.SENDING,
    (_S.SCHEDULED, _M.PAUSE): _S.PAUSED,
    (_S.PLANNING, _M.PAUSE): _S.PAUSED,
    (_S.SENDING, _M.PAUSE): _S.PAUSED,
    (_S.BLOCKED, _M.PAUSE): _S.PAUSED,
    (_S.PLANNING, _M.BLOCK): _S.BLOCKED,
    (_S.SENDING, _M.BLOCK): _S.BLOCKED,
    (_S.BLOCKED, _M.UNBLOCK): _S.SENDING,
    (_S.SENDING, _M.COMPLETE): _S.COMPLETED,
}
for _state in BlastState:
    if _state not in ENDED:
        _NEXT[_state, _M.CANCEL] = _S.CANCELLED


def next_state(state: BlastState, move: Move, *, started: bool = False, begun: bool = False) -> BlastState:
    """Return the state that follows `move`, or `state` itself when the blast cannot make it.

    Resuming goes back to where the pause found it: `begun` when planning had begun, `started` when its requests go.
    A blast that sends may still be planned further.
    """
    if (state, move) == (BlastState.PAUSED, Move.RESUME):
        if started:
            return BlastState.SENDING
        return BlastState.PLANNING if begun else BlastState.SCHEDULED
    return _NEXT.get((state, move), state)
