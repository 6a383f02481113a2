"""The rows that sending moves, taken out of a database and put back: how a search goes back to where it was."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of each table, as the database gives them."""

TABLES = (
    "blast", "dispatch", "delivery", "supporter", "subscription", "suppression", "single_mail", "report",
    "provider_account", "fact", "audit_entry",
)  # fmt: skip
"""What sending, leaving, settling and reporting write to, whatever is referred to before what refers to it."""

_OF_NO_MATTER = {"public_id", "dedupe_key", "body_sha256", "mac", "row_version"}
"""Chosen at random, or made of what is: where two states differ in these alone, the engine does the same in both."""

_ITS_NUMBER = {"suppression", "report", "single_mail", "audit_entry"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d")


class Shelf(Protocol):
    def take(self) -> Rows: ...
    def put(self, wanted: Rows, there: Rows) -> None: ...


class InMemory:
    """SQLite on one connection, which all share: its writers never overlap."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        connection.execute("PRAGMA foreign_keys=OFF")  # What refers to a row must not go with it while it is put back.

    def take(self) -> Rows:
        found = {}
        for table in TABLES:
            cursor = self._connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor]
        return found

    def put(self, wanted: Rows, there: Rows) -> None:
        changed = [table for table in TABLES if wanted[table] != there[table]]
        self._connection.execute("BEGIN")
        for table in changed:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            for row in wanted[table]:
                marks = ", ".join(f":{name}" for name in row)
                self._connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608
        self._connection.execute("COMMIT")


class OnServer:
    """PostgreSQL, through a connection of the search's own."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        connection.execute("SET session_replication_role = replica")  # No foreign key while rows are put back.
        every = [f"(SELECT coalesce(json_agg(t), '[]') FROM {table} t)" for table in TABLES]  # noqa: S608
        self._all = f"SELECT {', '.join(every)}"

    def take(self) -> Rows:
        row = self._connection.execute(self._all).fetchone()
        assert row is not None
        return dict(zip(TABLES, row, strict=True))

    def put(self, wanted: Rows, there: Rows) -> None:
        with self._connection.transaction():
            for table in [table for table in TABLES if wanted[table] != there[table]]:
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
                self._connection.execute(
                    f"INSERT INTO {table} SELECT * FROM json_populate_recordset(null::{table}, %s)",  # noqa: S608
                    (json.dumps(wanted[table]),),
                )


def plain(rows: Rows, owners: Mapping[str, str]) -> str:
    """Return what is said by these rows: times to ten seconds, a token by the name of who has it, "nobody" if none has."""
    said = []
    for table in TABLES:
        told = []
        for row in rows[table]:
            left_out = _OF_NO_MATTER | ({"id"} if table in _ITS_NUMBER else set())
            told.append([_plain(name, value, owners) for name, value in row.items() if name not in left_out])
        said.append(sorted(map(repr, told)) if table != "audit_entry" else list(map(repr, told)))
    return repr(said)


def _plain(name: str, value: object, owners: Mapping[str, str]) -> object:
    if name == "lease_token" and value is not None:
        return owners.get(str(value), str(value) if not owners else "nobody")
    if isinstance(value, str) and _INSTANT.match(value):
        return value[:18].replace("T", " ")
    return value


def driver(connection: Connection) -> Any:
    """Return the driver's own connection."""
    return connection.connection.driver_connection
