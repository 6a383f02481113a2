"""Now, as the database sees it."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, bindparam, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Interval

from advocacy.models.base import UtcDateTime


class _Clock(Protocol):
    def now(self) -> datetime: ...
    def offset(self) -> timedelta: ...


def sql_now(session: Session, clock: _Clock, *, ahead: timedelta = timedelta()) -> ColumnElement[datetime]:
    """Return the present instant, moved `ahead`, as an expression to be read inside a statement.

    On PostgreSQL the server's clock at that very moment, not the transaction's start, so that a worker with a wrong
    clock cannot send early or late; on SQLite, which has no server, the process's.
    """
    if session.get_bind().dialect.name == "postgresql":
        stamp = func.clock_timestamp(type_=UtcDateTime())
        moved = clock.offset() + ahead
        return stamp + bindparam(None, moved, type_=Interval()) if moved else stamp
    return literal(clock.now() + ahead, UtcDateTime())


def later(dialect: str, name: str) -> ColumnElement[datetime]:
    """Return the present instant moved by the parameter `name`, for a statement that is built once; `moved` gives it."""
    if dialect == "postgresql":
        return func.clock_timestamp(type_=UtcDateTime()) + bindparam(name, type_=Interval())
    return bindparam(name, type_=UtcDateTime())


def moved(session: Session, clock: _Clock, ahead: timedelta = timedelta()) -> timedelta | datetime:
    """Return the value of a parameter of `later`."""
    if session.get_bind().dialect.name == "postgresql":
        return clock.offset() + ahead
    return clock.now() + ahead


def now(session: Session, clock: _Clock) -> datetime:
    """Read the present instant once, from the database server where there is one."""
    if session.get_bind().dialect.name != "postgresql":
        return clock.now()
    instant: datetime | None = session.scalar(select(sql_now(session, clock)))
    if instant is None:
        raise RuntimeError("the database did not say what time it is")
    return instant
