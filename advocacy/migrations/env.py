"""Alembic's environment: our models, one run at a time."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from flask_security import AsaList
from sqlalchemy import Connection, text

from advocacy.gateways import faults
from advocacy.models.base import Base, UtcDateTime, db

_LOCK = 7_215_003


def _serialise(connection: Connection) -> None:
    """Two releases at once must queue. SQLite's BEGIN IMMEDIATE does it there (trust.md, E18)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _render(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from advocacy.models.base import UtcDateTime")
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, AsaList):
        return "sa.UnicodeText()"
    return False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render,
        transaction_per_migration=False,
        **{
            k: v
            for k, v in current_app.extensions["migrate"].configure_args.items()
            if k not in {"render_as_batch", "compare_type", "metadata"}
        },
    )
    with context.begin_transaction():
        _serialise(connection)
        context.run_migrations()
        faults.point("migrate.mid")
