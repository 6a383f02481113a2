"""Signing up takes the same steps for everybody, by index, and finds a person under each of their addresses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from advocacy.gateways.clock import SimulatedClock
from advocacy.models.base import keys_of
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import EmailAlias, SignUp, Supporter, Suppression, by_address
from advocacy.operations import joining, suppressing
from advocacy.operations.suppressing import Reason
from tests.factories import add_campaign, add_supporter
from tests.operations.test_supporters import ROBIN, WORDS

ROWS = 20_000


@contextmanager
def _heard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        heard.append((statement, parameters))

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _steps(session: Session, clock: SimulatedClock, address: str) -> list[str]:
    campaign = add_campaign(session)
    with _heard(session) as heard:
        joining.join(session, replace(ROBIN, address=address), campaign, WORDS, clock=clock)
    return [statement for statement, _ in heard if not statement.startswith(("BEGIN", "SELECT campaign"))]


def test_known_unknown_capped_and_suppressed_addresses_take_the_same_steps(
    session: Session, clock: SimulatedClock
) -> None:
    add_supporter(session, "known@example.org")
    left = add_supporter(session, "left@example.org")
    suppressing.suppress(session, [left.id], Reason.UNSUBSCRIBED, now=clock.now())

    unknown = _steps(session, clock, "unknown@example.org")
    others = [_steps(session, clock, one) for one in ("known@example.org", "left@example.org", "unknown@example.org")]

    taken_back = [re.sub("^RELEASE", "ROLLBACK TO", statement) for statement in unknown]
    assert others == [unknown, taken_back, taken_back]
    assert len(unknown) <= 9


def test_an_earlier_address_finds_the_same_person(session: Session, clock: SimulatedClock) -> None:
    person = add_supporter(session, "new@example.org")
    session.add(EmailAlias(email_key=keys_of(session).email_keys("old@example.org")[0], supporter_id=person.id))
    session.commit()

    joining.join(session, replace(ROBIN, address="old@example.org"), add_campaign(session), WORDS, clock=clock)

    assert session.scalars(select(SignUp.supporter_id)).all() == [person.id]
    assert session.scalar(select(func.count()).select_from(Supporter)) == 1


def test_a_suppressed_address_that_nobody_had_is_not_kept(session: Session, clock: SimulatedClock) -> None:
    key = keys_of(session).suppression_keys(ROBIN.address)[0]
    session.add(Suppression(suppression_key=key, scope="all", reason=Reason.BOUNCED, at=clock.now()))
    session.commit()

    joining.join(session, ROBIN, add_campaign(session), WORDS, clock=clock)

    found = by_address(session, ROBIN.address)
    assert found is not None
    assert found.email_sealed is None
    assert session.scalars(select(SingleMail)).all() == []
    assert session.scalars(select(SignUp.token_hash)).all() == [None]


def test_no_sign_up_reads_all_supporters(session: Session, clock: SimulatedClock) -> None:
    campaign = add_campaign(session)
    add_supporter(session, "first@example.org")
    _fill(session)
    with _heard(session) as heard:
        joining.join(session, ROBIN, campaign, WORDS, clock=clock)
        clock.set(clock.now() + timedelta(days=2))
        by_address(session, ROBIN.address)

    plans = [_plan(session, *one) for one in heard if re.match(r"(SELECT|INSERT|UPDATE)", one[0])]
    whole = r"Seq Scan on (supporter|sign_up)\b|SCAN (supporter|sign_up)\b(?! USING)"
    assert len(plans) >= 8
    assert [plan for plan in plans if re.search(whole, plan)] == []


def _fill(session: Session) -> None:
    """Add as many supporters and sign-ups as make a plan by index worth while."""
    numbers = (
        f"generate_series(1, {ROWS}) AS c(n)"
        if session.get_bind().dialect.name == "postgresql"
        else f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {ROWS}) SELECT n FROM c)"  # noqa: S608
    )
    cast = "CAST('k' || n AS BYTEA)" if session.get_bind().dialect.name == "postgresql" else "CAST('k' || n AS BLOB)"
    columns = "uid, email_key, suppression_key, state, language, timezone, tags, sample, created_at"
    session.execute(
        text(
            f"INSERT INTO supporter ({columns}) SELECT 'u' || n, {cast}, {cast}, state, language, timezone, tags, "  # noqa: S608
            f"sample, created_at FROM supporter, {numbers}"
        )
    )
    session.execute(
        text(
            "INSERT INTO sign_up (uid, supporter_id, alerts, language, timezone, abuse_key, created_at) "
            "SELECT uid, id, sample, language, timezone, email_key, created_at FROM supporter"
        )
    )
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()


def _plan(session: Session, statement: str, parameters: Any) -> str:
    connection = session.connection()
    prefix = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    rows = connection.exec_driver_sql(prefix + statement, parameters).all()
    return "\n".join([statement, *(str(row[-1]) for row in rows)])
