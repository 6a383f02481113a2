"""Cut the people of a blast into dispatches: which number each of them gets, and the rows of those numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from advocacy.domain.dispatch import DispatchState
from advocacy.models.blast import Delivery, Dispatch
from advocacy.models.json_rows import Types, json_rows
from advocacy.models.supporter import new_uid
from advocacy.operations.buckets import NOBODY, Bucket, Group, Placing

CANARIES = (50, 100, 250, 500)
"""The first dispatches of a blast are small and go one after the other."""

_CUTS: Types = {
    "bucket": Integer(),
    "first_no": Integer(),
    "canary": Boolean(),
    "tail_no": Integer(),
    "room": Integer(),
}


_GROWN: Types = {"no": Integer(), "people": Integer(), "last": BigInteger()}


@dataclass(frozen=True)
class Tail:
    """A dispatch that an earlier chunk left part empty: `room` people more may join it."""

    no: int
    room: int


@dataclass(frozen=True)
class Cut:
    """The numbers of one bucket: its tail's while that has room, then from `first_no` on."""

    bucket: int
    first_no: int
    canary: bool
    tail_no: int = 0
    room: int = 0


def next_no(session: Session, blast_id: int) -> int:
    return (session.scalar(select(func.max(Dispatch.no)).where(Dispatch.blast_id == blast_id)) or 0) + 1


def tails(session: Session, blast_id: int, batch: int) -> dict[Bucket, Tail]:
    """Return the dispatches that may still grow, by what their people share.

    Nobody claims one that is not full before its blast is all planned, and the caller holds the planner's lock.
    """
    rows = session.execute(
        select(
            Dispatch.no,
            Dispatch.n,
            Dispatch.due_at,
            Dispatch.send_by,
            Dispatch.civil_until,
            Dispatch.content_version_id,
        )
        .where(
            Dispatch.blast_id == blast_id,
            Dispatch.state == DispatchState.PLANNED,
            Dispatch.n < batch,
            ~Dispatch.canary,
            Dispatch.parent_no.is_(None),
            Dispatch.attempts == 0,
        )
        .order_by(Dispatch.no)
    )
    return {
        Bucket(due_at, send_by, civil_until, "", version): Tail(no, batch - n)
        for no, n, due_at, send_by, civil_until, version in rows
    }


def cuts(
    placing: Placing,
    groups: Mapping[Group, int],
    tails: Mapping[Bucket, Tail],
    *,
    first_no: int,
    batch: int,
    canaries: bool,
) -> list[Cut]:
    """Keep enough numbers for each bucket, as if everyone in its groups got the mail. Gaps do no harm.

    The canaries are in the bucket that is due first; of several, in the one with the most people.
    """
    most = [0] * len(placing.buckets)
    for row in placing.rows:
        people = groups[Group(row["zone"], row["country"] or None, row["language"], row["arm"])]
        for number in {row["bucket"], row["prompt"], row["waited"]} - {NOBODY}:
            most[number] += people
    order = sorted(range(len(most)), key=lambda number: (placing.buckets[number].at, -most[number]))
    planned = {row["bucket"] for row in placing.rows}
    first = next((number for number in order if number in planned), None) if canaries else None
    found = []
    for number in order:
        canary = number == first
        tail = tails.get(placing.buckets[number].key)
        grows = {"tail_no": tail.no, "room": tail.room} if tail is not None and not canary else {}
        found.append(Cut(number, first_no, canary, **grows))
        first_no += -(-most[number] // batch) + (len(CANARIES) if canary else 0)
    return found


def numbered(
    session: Session, blast_id: int, ranked: Subquery, cuts: Sequence[Cut], batch: int
) -> Select[tuple[int, int, int]]:
    """Return the rows of `delivery`: `ranked` are people with their bucket and their rank within it, from 1."""
    cut = json_rows(session, "cut", [vars(each) for each in cuts], _CUTS)
    sizes = [min(size, batch) for size in CANARIES]
    edges = [sum(sizes[: index + 1]) for index in range(len(sizes))]
    rank = ranked.c.rank
    steps = [(rank <= edge, cut.c.first_no + index) for index, edge in enumerate(edges)]
    plain: ColumnElement[bool] = or_(cut.c.canary.is_(None), ~cut.c.canary)
    no = case(
        (rank <= cut.c.room, cut.c.tail_no),
        (plain, cut.c.first_no + (rank - cut.c.room - 1) // batch),
        *steps,
        else_=cut.c.first_no + len(sizes) + (rank - (edges[-1] + 1)) // batch,
    )
    return (
        select(literal(blast_id), ranked.c.supporter_id, no)
        .select_from(ranked)
        .join(cut, cut.c.bucket == ranked.c.bucket)
    )


def write(
    session: Session,
    blast_id: int,
    placing: Placing,
    cuts: Sequence[Cut],
    ids: ColumnElement[bool],
    *,
    first_no: int,
) -> int:
    """Write a row for each dispatch that got people, add those to the tails that grew; return how many people.

    `ids` is a condition on `Delivery` that holds for all who were just put in.
    """
    grew = [cut.tail_no for cut in cuts if cut.room]
    found = session.execute(
        select(Delivery.dispatch_no, func.count(), func.min(Delivery.supporter_id), func.max(Delivery.supporter_id))
        .where(
            Delivery.blast_id == blast_id, ids, or_(Delivery.dispatch_no >= first_no, Delivery.dispatch_no.in_(grew))
        )
        .group_by(Delivery.dispatch_no)
        .order_by(Delivery.dispatch_no)
    ).all()
    people, rows, grown = 0, [], []
    for no, count, first, last in found:
        if no is None:
            continue
        people += count
        if no < first_no:
            grown.append({"no": no, "people": count, "last": last})
            continue
        cut = max((each for each in cuts if each.first_no <= no), key=lambda each: each.first_no)
        canary = cut.canary and no < cut.first_no + len(CANARIES)
        rows.append(
            dispatch_row(blast_id, no, placing.buckets[cut.bucket])
            | {"n": count, "first_supporter_id": first, "last_supporter_id": last, "canary": canary}
        )
    if rows:
        session.execute(insert(Dispatch), rows)
    if grown:
        _grow(session, blast_id, grown)
    return people


def _grow(session: Session, blast_id: int, rows: Sequence[Mapping[str, int]]) -> None:
    more = json_rows(session, "more", rows, _GROWN)
    table = Dispatch.__table__.c
    grown = session.execute(
        update(Dispatch)
        .where(table.blast_id == blast_id, table.no == more.c.no, table.state == DispatchState.PLANNED)
        .values(n=table.n + more.c.people, last_supporter_id=more.c.last)
        .execution_options(synchronize_session=False)
        .returning(table.no)
    ).all()
    if len(grown) < len(rows):
        raise RuntimeError(f"a request of blast {blast_id} was to grow and is not waiting any more")


def dispatch_row(blast_id: int, no: int, bucket: Bucket) -> dict[str, Any]:
    """Return the values of a planned dispatch, its people apart."""
    return {
        "blast_id": blast_id,
        "no": no,
        "public_id": new_uid(),
        "content_version_id": bucket.content_version_id,
        "due_at": bucket.at,
        "counts_at": bucket.at,
        "send_by": bucket.send_by,
        "civil_until": bucket.civil_until,
        "zone": bucket.zone,
        "state": DispatchState.PLANNED,
        "attempts": 0,
    }
