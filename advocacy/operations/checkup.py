"""The check-up that `advocacy doctor` prints: settings, database, engine and what they should be. Only reads."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from advocacy.config import Env, MailTransport, Settings
from advocacy.domain.findings import Finding, bad, good, warning
from advocacy.domain.keys import KeyRing
from advocacy.gateways.clock import Clock
from advocacy.models import installation, moment
from advocacy.models.base import keys_of
from advocacy.operations import audit, readiness

MOST_APART = timedelta(seconds=60)
BALLAST = "ballast"
BALLAST_BYTES = 8 * 1024 * 1024
_LITTLE_SPACE = 500 * 1024 * 1024
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "afs", "ceph"}


def settings(in_force: Settings) -> Iterator[Finding]:
    """Judge the settings that start-up lets pass but a real campaign should not run on."""
    yield good("settings", f"Environment {in_force.advocacy_env}, mail by {in_force.mail_transport}.")
    if in_force.mail_transport is MailTransport.MAILBOX and in_force.advocacy_env is Env.PRODUCTION:
        yield bad("mail", "Mail goes to the local mailbox: nobody gets any.", "Set MAIL_TRANSPORT=sendgrid or smtp.")
    if not in_force.secure_cookies and in_force.mail_transport is not MailTransport.MAILBOX:
        yield warning("PUBLIC_URL", f"{in_force.base_url} is not https.", "Put a proxy with a certificate in front.")
    for name in in_force.unnamed:
        setting = {"sender": "ORGANISATION_NAME", "address": "ORGANISATION_ADDRESS"}.get(name, "ORGANISATION_CONTACT")
        yield warning(
            setting, f"It is not set, so no campaign goes live: people must know our {name}.", f"Set {setting}."
        )
    yield from _secret_files(in_force)
    yield from _disk(in_force)


def database(session: Session, in_force: Settings, clock: Clock, migrations: Path) -> Iterator[Finding]:
    """Judge the database: does it answer, is its layout current, is it ours, does it agree on the time?"""
    try:
        session.execute(select(1))
        pending = readiness.migrations_pending(session, migrations)
    except DBAPIError as error:
        session.rollback()
        yield bad(
            "database", f"It does not answer ({type(error.orig).__name__}).", "Check DATABASE_URL and the server."
        )
        return
    if pending:
        yield bad("database", "Its layout is not current.", "Run `advocacy migrate`.")
        return
    yield good("database", f"{session.get_bind().dialect.name} answers; its layout is current.")
    yield _ownership(session, keys_of(session))
    yield _clocks(session, clock)
    yield from _place(session, in_force)


def engine(session: Session, clock: Clock, migrations: Path) -> Iterator[Finding]:
    """Judge progress, and whether the audit log is whole."""
    found = readiness.judge(session, now=moment.now(session, clock), migrations=migrations)
    if found.pending_migrations:
        return
    for reason in found.reasons:
        yield bad("engine", reason, "`advocacy up` starts web, worker and beat in one terminal.")
    if found.held:
        yield warning("engine", "A restored database is held: nothing is sent.", "Run `advocacy engine resume`.")
    elif not found.reasons:
        yield good("engine", "It ticks, and what is due moves.")
    if audit.verify(session).broken_at is None:
        yield good("audit log", "It is whole.")
    else:
        yield bad("audit log", "It was changed or cut.", "Run `advocacy audit verify`, and compare with a backup.")


def free(instance: Path) -> Finding:
    """Give back the space kept for a full disk, so that the database can write again."""
    ballast = instance / BALLAST
    if not ballast.exists():
        return warning("disk", "There is no ballast to give back.", "Free some space elsewhere.")
    size = ballast.stat().st_size
    ballast.unlink()
    return good(
        "disk", f"Gave back {size // (1024 * 1024)} MB. Free more, then run `advocacy doctor` to keep ballast anew."
    )


def keep_ballast(instance: Path) -> None:
    """Keep some megabytes that can be given back when the disk is full, while there is plenty of room."""
    ballast = instance / BALLAST
    if not ballast.exists() and instance.exists() and shutil.disk_usage(instance).free > _LITTLE_SPACE:
        ballast.write_bytes(os.urandom(BALLAST_BYTES))


def _secret_files(in_force: Settings) -> Iterator[Finding]:
    for path in (in_force.instance_path / "secret_key", Path(".env")):
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield bad("secrets", f"{path} can be read by others on this machine.", f"Run: chmod 600 {path}")


def _disk(in_force: Settings) -> Iterator[Finding]:
    if not in_force.instance_path.exists():
        return
    left = shutil.disk_usage(in_force.instance_path).free
    if left < _LITTLE_SPACE:
        yield warning(
            "disk", f"{left // (1024 * 1024)} MB are left.", "Free some; `advocacy doctor --free` gives back a little."
        )


def _ownership(session: Session, keys: KeyRing) -> Finding:
    known = installation.fact(session, installation.KEY_FINGERPRINT)
    if known is None:
        return bad("SECRET_KEY", "The database knows no key yet.", "Run `advocacy migrate`.")
    if known not in {key.fingerprint for key in keys.keys}:
        return bad("SECRET_KEY", "The database belongs to another key.", "Set the key it was made with.")
    return good("SECRET_KEY", "It is the key the database was made with.")


def _clocks(session: Session, clock: Clock) -> Finding:
    apart = abs(moment.now(session, clock) - clock.now())
    if apart > MOST_APART:
        return bad(
            "clock",
            f"This machine's clock and the database's are {apart.total_seconds():.0f} seconds apart.",
            "Set both by NTP; mails are timed by the database's.",
        )
    return good("clock", "It agrees with the database's.")


def _place(session: Session, in_force: Settings) -> Iterator[Finding]:
    """SQLite on a network file system loses data: its locks do not hold there."""
    if session.get_bind().dialect.name != "sqlite":
        server = urlsplit(in_force.sqlalchemy_url)
        ssl = session.execute(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar()
        if server.hostname not in {None, "localhost", "127.0.0.1", "::1"} and not ssl:
            yield warning("database", "The connection is not encrypted.", "Add ?sslmode=require to DATABASE_URL.")
        return
    kind = _file_system(in_force.instance_path)
    if kind in _NETWORK_FILE_SYSTEMS:
        yield bad("database", f"SQLite lies on a network file system ({kind}).", "Use a local disk, or PostgreSQL.")


def _file_system(path: Path) -> str:
    """Return the kind of file system a path lies on (Linux), "" where that is not known."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    place, best = path.absolute(), ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, kind, *_rest = line.split(" ")
        if place.is_relative_to(point) and len(point) > len(best[0]):
            best = (point, kind)
    return best[1]
