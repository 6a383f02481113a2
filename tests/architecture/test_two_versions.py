"""While a deploy goes on two versions run side by side, on the newer one's tables: what each may leave to the other."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from celery import Celery
from sqlalchemy import Connection, create_engine
from sqlalchemy import inspect as look

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.gateways.resources import migrations_path
from workers import celery_app

MESSAGES = {
    "engine.tick": "()",
    "files.domain": "()",
    "files.figures": "()",
    "files.journal": "()",
    "files.lists": "()",
    "reports.apply": "()",
    "send.due": "()",
    "single.due": "()",
}
"""Every task with its arguments, as this release and the one before write them into messages.

A new name or new arguments are a new line. A line goes only a release after the last that sends it.
"""

EXCEPTIONS = {
    "0005: addressee.opening_hours must be given": "older than the first release",
    "0005: addressee.form_asks must be given": "older than the first release",
}
"""What a migration takes from the release before, and why that does no harm."""


def test_every_task_has_the_name_and_the_arguments_that_the_release_before_sends(settings: Settings) -> None:
    celery: Celery = celery_app.make(create_app(settings))
    celery.loader.import_default_modules()
    tasks = {name: task.run for name, task in celery.tasks.items() if not name.startswith("celery.")}

    said = {
        name: str(inspect.signature(run).replace(return_annotation=inspect.Signature.empty))
        for name, run in tasks.items()
    }

    assert said == MESSAGES


def test_each_migration_leaves_to_the_release_before_what_it_reads_and_writes() -> None:
    found = set(taken_away())

    assert found == set(EXCEPTIONS)


def taken_away() -> Iterator[str]:
    """Run all migrations on an empty database; name what each but the first takes away, or asks of who does not know it."""
    scripts = ScriptDirectory(str(migrations_path()))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        before: dict[str, Any] = {}
        for script in reversed(list(scripts.walk_revisions())):
            upgrade(connection, script)
            after = tables(connection)
            if before:
                yield from (f"{script.revision}: {what}" for what in harms(before, after))
            before = after


def upgrade(connection: Connection, script: Script) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()


def tables(connection: Connection) -> dict[str, Any]:
    """Return each table's columns, and what it demands: unique sets, checks, foreign keys."""
    seen, found = look(connection), {}
    for table in seen.get_table_names():
        unique = [tuple(each["column_names"]) for each in seen.get_unique_constraints(table)]
        unique += [tuple(each["column_names"]) for each in seen.get_indexes(table) if each["unique"]]
        demands = {
            *(f"unique {', '.join(map(str, columns))}" for columns in unique),
            *(f"check {each['sqltext']}" for each in seen.get_check_constraints(table)),
        }
        keys = {
            column: each["referred_table"]
            for each in seen.get_foreign_keys(table)
            for column in each["constrained_columns"]
        }
        columns = {
            column["name"]: (
                str(column["type"]),
                bool(column["nullable"] or column["default"]),
                keys.get(column["name"]),
            )
            for column in seen.get_columns(table)
        }
        found[table] = (columns, demands)
    return found


def harms(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for table, (columns, demands) in before.items():
        if table not in after:
            yield f"table {table} is gone"
            continue
        now, demanded = after[table]
        for name, was in columns.items():
            if name not in now:
                yield f"{table}.{name} is gone"
            elif now[name] != was:
                yield f"{table}.{name} was {was}, is {now[name]}"
        yield from (
            f"{table}.{name} must be given" for name, (_, free, _) in now.items() if name not in columns and not free
        )
        yield from (f"{table} demands {each}" for each in demanded - demands)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda columns, _: columns.pop("name"), "person.name is gone"),
        (lambda columns, _: columns.update(age=("INTEGER", False, None)), "person.age must be given"),
        (lambda columns, _: columns.update(name=("TEXT", False, None)), "person.name was ('TEXT', True, None), is ('TEXT', False, None)"),
        (lambda _, demands: demands.add("unique name"), "person demands unique name"),
    ],
)  # fmt: skip
def test_what_would_stop_the_release_before_is_found(change: Any, what: str) -> None:
    columns, demands = {"name": ("TEXT", True, None)}, set[str]()
    changed = (dict(columns), set(demands))
    change(*changed)

    assert list(harms({"person": (columns, demands)}, {"person": changed})) == [what]
