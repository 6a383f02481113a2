"""The database: migrate, back up, restore."""

import fcntl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import click
import flask_migrate
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from advocacy import gateways
from advocacy.cli.context import note, with_app
from advocacy.config import Settings
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.gateways import backups
from advocacy.models.base import db
from advocacy.operations import journal, upkeep, withdrawals

T = TypeVar("T")


@click.command()
@with_app
def migrate(app: Flask) -> None:
    """Bring the database to the newest layout. Running it twice, or twice at once, is harmless."""
    bring_up_to_date(app)
    note("The database is up to date.")


def bring_up_to_date(app: Flask) -> None:
    """Apply the migrations still pending and claim the database for this SECRET_KEY."""
    flask_migrate.upgrade()
    upkeep.claim_keys(db.session(), app.extensions["advocacy.keys"])


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_app
def backup(app: Flask, file: Path) -> None:
    """Write a copy of the database to FILE, while all goes on. It holds people's data: keep it as safe as the database.

    SECRET_KEY is not in it. Without that key the copy is worth nothing, so keep the key too, elsewhere.
    """
    settings: Settings = app.extensions["advocacy.settings"]
    if file.exists():
        raise ConflictError(f"{file} exists already. Choose another name, or remove it first.")
    try:
        if _is_sqlite(settings):
            backups.copy_sqlite(_sqlite_file(settings), file)
        else:
            backups.dump_postgresql(settings.sqlalchemy_url, file)
    except backups.BackupError as error:
        raise ConflictError(str(error)) from None
    except OSError as error:
        raise ConflictError(f"{file} cannot be written: {error.strerror}.") from None
    note(f"Wrote {file} ({file.stat().st_size:,} bytes).")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask first.")
@with_app
def restore(app: Flask, file: Path, yes: bool) -> None:  # noqa: FBT001
    """Put FILE in the database's place. Nothing is sent until `advocacy engine resume`.

    Whoever unsubscribed, left a single list or was erased since the copy was made stays so, as far as the database that
    was here or the journals in the instance's folder know of it. Each mail that may have gone out
    since then is paused until somebody decides.
    """
    settings: Settings = app.extensions["advocacy.settings"]
    _refuse_while_running(settings)
    if not yes:
        click.confirm("This replaces all that is in the database. Go on?", abort=True, err=True)
    stopped, left = settings.instance_path / journal.NAME, settings.instance_path / withdrawals.NAME
    entries = [*_present(journal.stored), *journal.read(stopped)]
    ended = [*_present(withdrawals.stored), *withdrawals.read(left)]
    db.session.remove()
    db.engine.dispose()
    try:
        _replace(app, settings, file)
    except backups.BackupError as error:
        raise ConflictError(str(error)) from None
    bring_up_to_date(app)
    done = journal.hold_and_apply(db.session(), entries, now=gateways.current().clock.now())
    again = withdrawals.apply(db.session(), ended, now=gateways.current().clock.now())
    journal.renew(db.session(), stopped)
    withdrawals.renew(db.session(), left)
    note(f"Restored {file}; {done.suppressions} suppressions made since then hold again.")
    note(f"{again} people who left a list or were erased since then are off it and erased again.")
    if done.mails:
        note(
            f"{done.mails} mails may have gone out since the copy was made: each is paused until somebody resumes or "
            "cancels it on its campaign's page (or by `advocacy blasts`). Resumed, some people may get it twice."
        )
    note("Nothing is sent until you say so: look at the campaigns, then `advocacy engine resume`.")


def _replace(app: Flask, settings: Settings, file: Path) -> None:
    if not _is_sqlite(settings):
        backups.restore_postgresql(file, settings.sqlalchemy_url)
        return
    described = backups.describe_sqlite(file)
    if described.key_fingerprint not in {None, *(keys.fingerprint for keys in app.extensions["advocacy.keys"].keys)}:
        raise InvalidError(
            f"{file} was made with another SECRET_KEY, so nothing in it can be read. "
            "Set that key (or name it in SECRET_KEYS_OLD), then restore."
        )
    database = _sqlite_file(settings)
    aside = database.with_name(f"{database.name}.before-restore")
    backups.replace_sqlite(file, database, aside=aside)
    if aside.exists():
        note(f"The database that was here is kept as {aside}. Remove it once all is well: it holds people's data.")


def _present(stored: Callable[[Session], list[T]]) -> list[T]:
    """Return what the database in place knows, nothing when it cannot be read: then it is being restored for that."""
    with suppress(DBAPIError):
        return stored(db.session())
    return []


def _refuse_while_running(settings: Settings) -> None:
    lock = settings.instance_path / "up.lock"
    if not lock.exists():
        return
    with lock.open("r", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(
                f"Advocacy is running here (process {held.read().strip()}). Stop it, then restore."
            ) from None


def _is_sqlite(settings: Settings) -> bool:
    return settings.sqlalchemy_url.startswith("sqlite")


def _sqlite_file(settings: Settings) -> Path:
    return Path(make_url(settings.sqlalchemy_url).database or "")
