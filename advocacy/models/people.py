"""The supporters a selection names: a page of them, how many, all of them in order. One query builder for lists, files
and tags, so that they can never differ in whom they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, true, tuple_
from sqlalchemy.orm import Session

from advocacy.domain.selection import YEARS, Selection
from advocacy.models.base import UtcDateTime
from advocacy.models.eligibility import described
from advocacy.models.supporter import Supporter

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Page:
    """`after` continues below the last row; None at the end."""

    rows: Sequence[Supporter]
    after: str | None


def named(session: Session, wanted: Selection) -> ColumnElement[bool]:
    return and_(true(), *described(session, wanted))


def page(session: Session, wanted: Selection, after: str, size: int) -> Page:
    """Return the newest first, from a place on. The place is the last row's own values, so that no page is skipped to.

    With days given they are ordered by the day of joining: the index that finds them is then the one that orders them.
    """
    by_day = wanted.joined_from is not None or wanted.joined_until is not None
    query = select(Supporter).where(named(session, wanted)).limit(size + 1)
    if by_day:
        query = query.order_by(Supporter.confirmed_at.desc(), Supporter.id.desc())
    else:
        query = query.order_by(Supporter.id.desc())
    found = session.scalars(_below(query, after, by_day=by_day)).all()
    rows = found[:size]
    return Page(rows, _place(rows[-1], by_day=by_day) if len(found) > size else None)


def _below(query: Select[Supporter], after: str, *, by_day: bool) -> Select[Supporter]:
    number, _, instant = after.partition("~")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return query
    if not by_day:
        return query.where(Supporter.id < int(number))
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return query
    if at.tzinfo is None or at.year not in YEARS:
        return query
    return query.where(
        tuple_(Supporter.confirmed_at, Supporter.id) < tuple_(literal(at, UtcDateTime()), literal(int(number)))
    )


def _place(row: Supporter, *, by_day: bool) -> str:
    return f"{row.id}~{row.confirmed_at.isoformat()}" if by_day and row.confirmed_at else str(row.id)


def counted(session: Session, wanted: Selection, most: int = MOST_COUNTED) -> int:
    """Count them, to one more than `most` at most: what is counted further is of no use on a page."""
    some = select(Supporter.id).where(named(session, wanted)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def counted_exactly(session: Session, wanted: Selection) -> int:
    return session.scalar(select(func.count()).select_from(Supporter).where(named(session, wanted))) or 0


def ids_above(session: Session, wanted: Selection, last: int, size: int) -> list[int]:
    """Return the ids of the next people in order, for work that goes through all of them in batches."""
    query = select(Supporter.id).where(named(session, wanted), Supporter.id > last)
    return list(session.scalars(query.order_by(Supporter.id).limit(size)))
