"""A crowd of made-up supporters, written in bulk: 24 time zones, two languages, sealed columns, on the alert list."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from advocacy.domain.errors import ConflictError
from advocacy.domain.keys import KeyRing
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.models import installation
from advocacy.models.base import keys_of
from advocacy.models.supporter import Subscription, Supporter

ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Vancouver", "America/Edmonton", "America/Winnipeg",
    "America/Toronto", "America/Halifax", "America/Sao_Paulo", "Atlantic/South_Georgia", "Atlantic/Azores",
    "Europe/London", "Europe/Paris", "Europe/Athens", "Europe/Istanbul", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka",
    "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Brisbane", "Pacific/Noumea", "Pacific/Auckland",
    "Pacific/Tongatapu",
)  # fmt: skip
"""All of them whole hours from UTC."""

LANGUAGES = ("en", "fr")
_COUNTRIES = ("CA", "FR", "GB", "US", "DE", "BR", "JP", "AU")
_NAMES = ("Amara Okafor", "Beth Sinclair", "Chloé Martin", "Dana Whitehorse", "Eli Brandt", "Farah Haddad", "", "Zoë")
_TOWNS = ("Toronto", "Montréal", "London", "Lyon")
_FACT = "bench"
_AT_ONCE = 10_000
_COLUMNS = (
    "id", "uid", "email_key", "suppression_key", "email_sealed", "name_sealed", "town_sealed", "state", "country",
    "language", "timezone", "tags", "sample", "created_at", "confirmed_at",
)  # fmt: skip
_WISHES = ("supporter_id", "reminders", "joined_at")


def gather(session: Session, people: int, *, now: datetime) -> bool:
    """Fill an empty database with so many people; return False when it holds such a crowd from a run before.

    Raises ConflictError for a database that holds anybody else.
    """
    there = session.scalar(select(func.count()).select_from(Supporter)) or 0
    kept = installation.fact(session, _FACT)
    if kept == str(people) == str(there):
        return False
    if there:
        raise ConflictError("This database holds supporters already. A benchmark needs an empty database of its own.")
    joined = now - timedelta(days=30)
    rows = _rows(keys_of(session), people, joined)
    while batch := list(islice(rows, _AT_ONCE)):
        _write(session, "supporter", _COLUMNS, batch, Supporter)
        wishes = [(row[0], Reminders.ALL, joined) for row in batch]
        _write(session, "subscription", _WISHES, wishes, Subscription)
    installation.set_fact(session, _FACT, str(people))
    session.commit()
    settle(session)
    return True


def settle(session: Session) -> None:
    """Bring the database to where an installation of some age is: statistics and visibility are up to date."""
    with session.get_bind().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))


def _rows(keys: KeyRing, people: int, joined: datetime) -> Iterator[tuple[Any, ...]]:
    for number in range(1, people + 1):
        uid = f"{number:032x}"
        address = f"supporter{number}@example.org"
        name, town = _NAMES[number % len(_NAMES)], _TOWNS[number % len(_TOWNS)]
        yield (
            number,
            uid,
            keys.email_keys(address)[0],
            keys.suppression_keys(address)[0],
            keys.seal("supporter.email", uid, address),
            keys.seal("supporter.name", uid, name) if name else None,
            keys.seal("supporter.town", uid, town),
            SupporterState.ACTIVE,
            _COUNTRIES[number % len(_COUNTRIES)],
            LANGUAGES[(number // len(ZONES)) % len(LANGUAGES)],
            ZONES[number % len(ZONES)],
            [],
            False,
            joined,
            joined,
        )


def _write(session: Session, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]], model: Any) -> None:
    if session.get_bind().dialect.name != "postgresql":
        session.execute(insert(model), [dict(zip(columns, row, strict=True)) for row in rows])
        return
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    """What the driver's COPY takes: enumerations are their values, an empty list of tags is JSON."""
    if isinstance(value, list):
        return "[]"
    return value.value if isinstance(value, SupporterState | Reminders) else value
