"""What must always hold of blasts, as queries. `advocacy engine check` runs them; tests run them after each step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import GONE, OPEN, DispatchState
from advocacy.domain.supporter import SupporterState
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.eligibility import chain_of
from advocacy.models.installation import AuditEntry
from advocacy.models.supporter import Supporter, Suppression
from advocacy.operations.claiming import LEASE

_SHOWN = 5
_CALLED_DOUBLE = "duplicate"
_CLOCK_STEP = timedelta(seconds=1)
"""A server's clock may be set back a little between the claim and the beginning."""


@dataclass(frozen=True)
class Broken:
    """One invariant that does not hold: which, how often, and where it is seen first."""

    rule: str
    times: int
    examples: tuple[str, ...]


def check(session: Session) -> list[Broken]:
    """Return the invariants that are broken; none when all is well. Changes nothing."""
    found = []
    for rule, query in _CHECKS:
        examples = list(query(session))
        if examples:
            found.append(Broken(rule, len(examples), tuple(examples[:_SHOWN])))
    session.rollback()
    return found


def _written_to_twice(session: Session) -> Iterator[str]:
    """A person in doubt or served in a blast is in neither state in one that it supersedes."""
    for blast in session.scalars(select(Blast).where(Blast.supersedes.is_not(None))):
        chain = chain_of(session, blast)
        here, there = aliased(Delivery), aliased(Delivery)
        one, other = aliased(Dispatch), aliased(Dispatch)
        rows = session.execute(
            select(here.supporter_id)
            .join(one, and_(one.blast_id == here.blast_id, one.no == here.dispatch_no))
            .join(there, and_(there.supporter_id == here.supporter_id, there.blast_id.in_(chain)))
            .join(other, and_(other.blast_id == there.blast_id, other.no == there.dispatch_no))
            .where(
                here.blast_id == blast.id,
                here.skip_reason.is_(None),
                there.skip_reason.is_(None),
                one.state.in_(GONE),
                other.state.in_(GONE),
                _not_called_double(one),
                _not_called_double(other),
            )
        )
        yield from (f"supporter {supporter_id} in blasts {blast.id} and {chain}" for (supporter_id,) in rows)


def _without_place(session: Session) -> Iterator[str]:
    carried = exists().where(Dispatch.blast_id == Delivery.blast_id, Dispatch.no == Delivery.dispatch_no)
    lost = and_(Delivery.skip_reason.is_(None), or_(Delivery.dispatch_no.is_(None), ~carried))
    return _deliveries(session, select(Delivery.blast_id, Delivery.supporter_id).where(lost))


def _miscounted(session: Session) -> Iterator[str]:
    people = select(func.count()).where(Delivery.blast_id == Blast.id, Delivery.dispatch_no.is_not(None))
    carried = select(func.coalesce(func.sum(Dispatch.n), 0)).where(Dispatch.blast_id == Blast.id)
    rows = session.execute(
        select(Blast.id, people.scalar_subquery(), carried.scalar_subquery()).where(
            Blast.reduced_at.is_(None), people.scalar_subquery() != carried.scalar_subquery()
        )
    )
    return (f"blast {blast_id}: {there} people, {counted} counted" for blast_id, there, counted in rows)


def _out_of_time(session: Session) -> Iterator[str]:
    wrong = or_(Dispatch.inflight_at >= Dispatch.send_by, Dispatch.inflight_at < Dispatch.due_at)
    rows = session.execute(
        select(Dispatch.blast_id, Dispatch.no, Dispatch.inflight_at, Dispatch.due_at, Dispatch.send_by).where(wrong)
    )
    return (
        f"dispatch {blast_id}.{no}"
        for blast_id, no, begun_at, due_at, send_by in rows
        if begun_at is not None and (begun_at >= send_by or due_at - begun_at > _CLOCK_STEP)
    )


def _in_spite_of_suppression(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Dispatch.blast_id, Supporter.id, Suppression.at, Dispatch.inflight_at)
        .join(Delivery, and_(Delivery.blast_id == Dispatch.blast_id, Delivery.dispatch_no == Dispatch.no))
        .join(Supporter, Supporter.id == Delivery.supporter_id)
        .join(
            Suppression,
            and_(Suppression.suppression_key == Supporter.suppression_key, Suppression.scope == "all"),
        )
        .where(Dispatch.state.in_(GONE), Delivery.skip_reason.is_(None), Suppression.at < Dispatch.inflight_at)
    )
    # A request built before the suppression was committed may still begin until the revocation, within its lease.
    return (
        f"supporter {supporter_id} in blast {blast_id}"
        for blast_id, supporter_id, suppressed_at, begun_at in rows
        if begun_at is not None and begun_at - suppressed_at > LEASE + timedelta(seconds=5)
    )


def _open_without_token(session: Session) -> Iterator[str]:
    held = (DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)
    return _dispatches(session, and_(Dispatch.state.in_(held), Dispatch.lease_token.is_(None)))


def _unentitled_children(session: Session) -> Iterator[str]:
    parent = aliased(Dispatch)
    rows = session.execute(
        select(Dispatch.blast_id, Dispatch.no)
        .join(parent, and_(parent.blast_id == Dispatch.blast_id, parent.no == Dispatch.parent_no))
        .where(
            Dispatch.state != DispatchState.CANCELLED,
            Dispatch.n > 0,
            parent.state.not_in((DispatchState.REFUSED, DispatchState.NOT_ACCEPTED)),
            _not_called_double(Dispatch),
        )
    )
    return (f"dispatch {blast_id}.{no}" for blast_id, no in rows)


def _completed_but_open(session: Session) -> Iterator[str]:
    completed = exists().where(Blast.id == Dispatch.blast_id, Blast.state == BlastState.COMPLETED)
    return _dispatches(session, and_(Dispatch.state.in_(OPEN), completed))


def _left_but_not_suppressed(session: Session) -> Iterator[str]:
    left = Supporter.state.in_((SupporterState.UNSUBSCRIBED, SupporterState.BOUNCED))
    kept = exists().where(Suppression.suppression_key == Supporter.suppression_key)
    return (f"supporter {id_}" for id_ in session.scalars(select(Supporter.id).where(left, ~kept)))


def _unrecorded_moves(session: Session) -> Iterator[str]:
    for blast in session.scalars(select(Blast).where(Blast.state.not_in((BlastState.DRAFT, BlastState.SCHEDULED)))):
        last = session.scalar(
            select(AuditEntry)
            .where(AuditEntry.object == f"blast:{blast.id}", AuditEntry.what == "blast.state")
            .order_by(AuditEntry.id.desc())
            .limit(1)
        )
        if last is None or last.details.get("to") != blast.state.value:
            yield f"blast {blast.id} is {blast.state}"


_CHECKS: tuple[tuple[str, Callable[[Session], Iterator[str]]], ...] = (
    ("Nobody has, or may have, the same mail twice.", _written_to_twice),
    ("Everyone planned has a dispatch or a reason why not.", _without_place),
    ("The people of a blast's dispatches add up to those planned.", _miscounted),
    ("No request began before it was due or after its last instant.", _out_of_time),
    ("Nobody suppressed is in a request that began later.", _in_spite_of_suppression),
    ("A request that somebody holds, or held, has its token.", _open_without_token),
    ("People go to a second request only from one refused or proven not accepted.", _unentitled_children),
    ("Nothing is open in a completed blast.", _completed_but_open),
    ("Who unsubscribed or bounced is suppressed.", _left_but_not_suppressed),
    ("Each state of a blast is in the audit log.", _unrecorded_moves),
)


def _not_called_double(dispatch: type[Dispatch]) -> ColumnElement[bool]:
    return or_(dispatch.state_reason.is_(None), dispatch.state_reason != _CALLED_DOUBLE)


def _deliveries(session: Session, query: Select[*tuple[int, int]]) -> Iterator[str]:
    return (f"supporter {supporter_id} in blast {blast_id}" for blast_id, supporter_id in session.execute(query))


def _dispatches(session: Session, condition: ColumnElement[bool]) -> Iterator[str]:
    rows = session.execute(select(Dispatch.blast_id, Dispatch.no).where(condition))
    return (f"dispatch {blast_id}.{no}" for blast_id, no in rows)
