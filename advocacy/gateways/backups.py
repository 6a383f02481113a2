"""Copies of the database: SQLite by its own backup interface, PostgreSQL by its own tools. Knows no table of ours."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class BackupError(Exception):
    """The copy was not made or not taken; the message says why and what to do."""


@dataclass(frozen=True)
class Described:
    """What a SQLite copy says of itself before it is trusted."""

    layout: str
    key_fingerprint: str | None


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be in use to a new file only its owner may read; none is left half-written."""
    draft = _draft(target)
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(draft)) as to:
        from_.backup(to, pages=2000, sleep=0.01)
        to.execute("PRAGMA journal_mode=DELETE")
    _finish(draft, target)


def describe_sqlite(path: Path) -> Described:
    """Read what the copy is. Raises BackupError for a file that is no whole database of ours."""
    try:
        with closing(sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BackupError(f"{path} is damaged: the database's own check fails.")
            layout = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            key = connection.execute("SELECT value FROM fact WHERE name = 'key_fingerprint'").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no backup of ours ({error}).") from None
    return Described(layout[0] if layout else "", key[0] if key else None)


def layout_of(path: Path) -> str | None:
    """Return the layout a database stands at, None when there is none yet. A look of a few milliseconds."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def replace_sqlite(backup: Path, database: Path, *, aside: Path) -> None:
    """Put the backup in the database's place; what was there is kept at `aside`, whole."""
    draft = _draft(database)
    shutil.copyfile(backup, draft)
    if database.exists():
        copy_sqlite(database, aside)
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    _finish(draft, database)


def dump_postgresql(url: str, target: Path) -> None:
    """Write a dump in pg_dump's own format."""
    draft = _draft(target)
    _run("pg_dump", ["--format=custom", "--no-owner", f"--file={draft}"], url)
    _finish(draft, target)


def restore_postgresql(backup: Path, url: str) -> None:
    """Replace all that is in the database by the dump, in one transaction."""
    _run("pg_restore", ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname=", str(backup)], url)


def _run(tool: str, arguments: list[str], url: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise BackupError(
            f"{tool} is not here. Install PostgreSQL's client tools of the server's version "
            "(Debian or Ubuntu: sudo apt-get install postgresql-client), then try again."
        )
    environment = _environment(url)
    given = [part if part != "--dbname=" else f"--dbname={environment['PGDATABASE']}" for part in arguments]
    done = subprocess.run(  # noqa: S603
        [found, *given], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise BackupError(f"{tool} failed: {last[0]}")


def _environment(url: str) -> dict[str, str]:
    """Return the connection as libpq's variables: a password in the arguments could be read by every user here."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    given = {
        "PGHOST": parts.hostname or query.get("host"),
        "PGPORT": str(parts.port) if parts.port else query.get("port"),
        "PGUSER": unquote(parts.username or "") or query.get("user"),
        "PGPASSWORD": unquote(parts.password or "") or query.get("password"),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGSSLMODE": query.get("sslmode"),
    }
    return {name: value for name, value in given.items() if value}


def _draft(target: Path) -> Path:
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    return draft


def _finish(draft: Path, target: Path) -> None:
    """Move a finished draft to its place and make both certain to survive a power cut."""
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(target)
    folder = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
