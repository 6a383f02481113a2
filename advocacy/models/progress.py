"""How far a blast has come: sums over its dispatches, which carry up to a thousand people each, never over people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import DispatchState
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.counting import Number
from advocacy.models.tally import Tally

_LEFT_OUT = "skipped"
_OPEN = (DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT)


@dataclass(frozen=True)
class Progress:
    """People by what became of their mail. `accepted` are those whose mail the provider has taken.

    `left_out` counts people by reason; `next_at` is when the next request is due.
    """

    accepted: int = 0
    open: int = 0
    held: int = 0
    cancelled: int = 0
    refused: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    next_at: datetime | None = None

    @property
    def planned(self) -> int:
        """Everyone who gets, got or was to get it."""
        return self.accepted + self.open + self.held + self.cancelled + self.refused

    @property
    def percent(self) -> int:
        return 100 * self.accepted // self.planned if self.planned else 0

    @property
    def everyone_left_out(self) -> int:
        return sum(self.left_out.values())


def progress_of(session: Session, blast_ids: Sequence[int]) -> dict[int, Progress]:
    """Return the progress of each of these blasts. A person left out of a request counts as left out, not as sent."""
    by_state: dict[int, dict[DispatchState, int]] = {blast_id: {} for blast_id in blast_ids}
    next_at: dict[int, datetime | None] = {}
    rows = session.execute(
        select(Dispatch.blast_id, Dispatch.state, func.sum(Dispatch.n), func.min(Dispatch.due_at))
        .where(Dispatch.blast_id.in_(blast_ids))
        .group_by(Dispatch.blast_id, Dispatch.state)
    )
    for blast_id, state, people, first_due in rows:
        by_state[blast_id][state] = int(people)
        if state is DispatchState.PLANNED:
            next_at[blast_id] = first_due
    reasons: dict[int, dict[str, int]] = {blast_id: {} for blast_id in blast_ids}
    skipped_inside: dict[tuple[int, DispatchState], int] = {}
    for blast_id, reason, inside, number in _left_out(session, blast_ids):
        reasons[blast_id][reason] = reasons[blast_id].get(reason, 0) + number
        if inside is not None:
            skipped_inside[blast_id, inside] = skipped_inside.get((blast_id, inside), 0) + number
    return {
        blast_id: _progress(
            {state: people - skipped_inside.get((blast_id, state), 0) for state, people in states.items()},
            reasons[blast_id],
            next_at.get(blast_id),
        )
        for blast_id, states in by_state.items()
    }


def _left_out(session: Session, blast_ids: Sequence[int]) -> list[tuple[int, str, DispatchState | None, int]]:
    rows = session.execute(
        select(Delivery.blast_id, Delivery.skip_reason, Dispatch.state, func.count())
        .outerjoin(Dispatch, (Dispatch.blast_id == Delivery.blast_id) & (Dispatch.no == Delivery.dispatch_no))
        .where(Delivery.blast_id.in_(blast_ids), Delivery.skip_reason.is_not(None))
        .group_by(Delivery.blast_id, Delivery.skip_reason, Dispatch.state)
    )
    found = [(blast_id, reason or "", state, people) for blast_id, reason, state, people in rows]
    return found + _left_out_of_reduced(session, blast_ids)


def left_out_numbers(session: Session, blast_id: int) -> list[Number]:
    """Return who was left out of a mail as numbers to keep, once the people's own rows go."""
    return [
        (_LEFT_OUT, blast_id, f"{reason}/{state.value if state else ''}", people)
        for _blast_id, reason, state, people in _left_out(session, [blast_id])
    ]


def _left_out_of_reduced(
    session: Session, blast_ids: Sequence[int]
) -> list[tuple[int, str, DispatchState | None, int]]:
    reduced = session.execute(
        select(Blast.campaign_id, Blast.id).where(Blast.id.in_(blast_ids), Blast.reduced_at.is_not(None))
    ).all()
    if not reduced:
        return []
    rows = session.execute(
        select(Tally.blast_id, Tally.key, Tally.number).where(
            Tally.campaign_id.in_({campaign_id for campaign_id, _id in reduced}),
            Tally.what == _LEFT_OUT,
            Tally.blast_id.in_([id_ for _campaign_id, id_ in reduced]),
        )
    )
    parted = ((blast_id, key.partition("/"), people) for blast_id, key, people in rows)
    return [(id_, why, DispatchState(state) if state else None, people) for id_, (why, _, state), people in parted]


def _progress(states: dict[DispatchState, int], reasons: dict[str, int], next_at: datetime | None) -> Progress:
    return Progress(
        accepted=states.get(DispatchState.ACCEPTED, 0),
        open=sum(states.get(state, 0) for state in _OPEN),
        held=states.get(DispatchState.AMBIGUOUS, 0),
        cancelled=states.get(DispatchState.CANCELLED, 0),
        refused=0,
        left_out=reasons,
        next_at=next_at,
    )
