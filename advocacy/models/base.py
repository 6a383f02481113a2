"""The database: one declarative base, aware times, and how SQLite is made to behave."""

import time
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import psycopg
from flask import current_app, g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Enum, Integer, MetaData, String, Text, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from advocacy.domain.keys import KeyRing
from advocacy.domain.sentence import Sentence, kept

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the column is a plain INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Aware UTC in Python; timestamptz on PostgreSQL; on SQLite naive UTC text, which sorts as it should."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Told(TypeDecorator[Sentence]):
    """A sentence for a reader, kept with its facts; one too long for its column is kept as its English words, cut."""

    impl = String
    cache_ok = True

    def __init__(self, room: int | None = None) -> None:
        super().__init__(room)
        self.room = room

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        stored, room = kept(value), self.room
        return stored if room is None or len(stored) <= room else str(value)[:room]

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sentence | None:  # noqa: ARG002
        return None if value is None else Sentence.restored(value)


class ToldAtLength(Told):
    """The same in a column with room for anything."""

    impl = Text
    cache_ok = True


def enum_of(values: type[StrEnum], length: int = 20) -> Enum:
    """Return a text column type that holds the enum's values, the same on each database."""
    return Enum(values, native_enum=False, length=length, values_callable=lambda e: [member.value for member in e])


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime()})


class RequestSession(FlaskSession):
    """The session of a request, a task or a command. It knows the key ring; in a GET or HEAD request it only reads."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self.info["keys"] = current_app.extensions["advocacy.keys"]

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:
        engine = super().get_bind(*args, **options)
        if isinstance(engine, Engine) and has_request_context() and g.get("read_only", False):
            return _read_only(engine)
        return engine


@lru_cache(maxsize=8)
def _read_only(engine: Engine) -> Engine:
    """One read-only face for each engine: the session keeps a connection per face, and would take one per query."""
    options = _READ_ONLY.get(engine.dialect.name, {})
    return engine.execution_options(advocacy_read_only=True, **options)


_READ_ONLY: dict[str, dict[str, Any]] = {"postgresql": {"postgresql_readonly": True}}

db = SQLAlchemy(model_class=Base, session_options={"class_": RequestSession})


def keys_of(session: Session) -> KeyRing:
    """Return the key ring the session was made with."""
    ring = session.info["keys"]
    if not isinstance(ring, KeyRing):
        raise TypeError("this session was made without a key ring")
    return ring


def beside(session: Session) -> Session:
    """Return a session of its own on the same database, for a thread beside the one that has `session`."""
    return Session(session.get_bind().engine, info={"keys": keys_of(session)})


@event.listens_for(Session, "before_flush")
def _refuse_to_write(session: Session, *_: object) -> None:
    if isinstance(session, RequestSession) and has_request_context() and g.get("read_only", False):
        raise RuntimeError("a GET request tried to write; links in mails must change nothing")


def behave(engine: Engine) -> None:
    """Set up SQLite: WAL, full sync, BEGIN IMMEDIATE for writers; PostgreSQL: nobody waits long for a lock, nor holds one asleep.

    The driver's own BEGIN comes only before the first write, so that read-modify-write loses updates in silence; an
    acknowledged unsubscribe must survive a power cut, hence synchronous=FULL.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _set_limits)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", _prove_alive)
        return
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def forget_the_log(session: Session) -> None:
    """Empty SQLite's write-ahead log: until then it holds what was just erased (`secure_delete` blanks the file alone).

    Call it after the commit. A reader that is busy for longer than two seconds leaves it for the next time. Does nothing
    on PostgreSQL.
    """
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=2000")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE}")
    finally:
        connection.close()


_PATIENCE = 10_000
"""Milliseconds to wait for another writer."""


def _set_pragmas(connection: Any, _: object) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={_PATIENCE}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


_LIMITS = {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}
"""A frozen worker (a suspended machine) must not stop everybody who needs the row it has locked."""


def _set_limits(connection: Any, _: object) -> None:
    """Set what neither the address, nor the role, nor the server has set to something else."""
    with connection.cursor() as cursor:
        for name, limit in _LIMITS.items():
            cursor.execute("SELECT set_config(%s, %s, false) WHERE current_setting(%s) = '0'", (name, limit, name))
    connection.commit()


_RESTED = 1.0
"""Seconds after which a pooled connection is asked whether it is still there before it is used. A worker that sends takes
one several times for each request: asking each time would be a third of what it says to the server."""


def _note_rest(_: object, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _prove_alive(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    since = record.info.get("rests_since")
    if since is None or time.monotonic() - since < _RESTED:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error  # The pool opens another one.


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("advocacy_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
