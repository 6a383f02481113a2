"""What we know of our account at the provider: cool-down, breaker, block and the rate it bears."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, Later, NotSent, Outcome, Refused
from advocacy.domain.sentence import Sentence
from advocacy.models.blast import ProviderAccount

GOOD, BROKEN, BLOCKED = "good", "broken", "blocked"

_OPENS_AT = 3
"""So many failures in a row open the breaker: from then on one request at a time asks whether it is over."""

_PROBE_EVERY = timedelta(seconds=20)
_BLOCKED_FOR = timedelta(minutes=1)
_LONGEST = timedelta(minutes=15)
_COOLS_FOR = timedelta(seconds=30)
_GROWS_AFTER = 50
_UNLIMITED_FROM = 200.0


def admit(session: Session, kind: str, now: datetime) -> bool:
    """Return whether one more request may begin now, in the caller's transaction, and count it.

    While the breaker is open, or the account blocked, only one request in a while is let through, as a probe.
    """
    row = account(session, kind)
    if row.cooldown_until is not None and row.cooldown_until > now:
        return False
    if row.health != GOOD:
        row.cooldown_until = now + _PROBE_EVERY
        return True
    return row.rate <= 0 or _take(row, now)


def troubled(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether there is anything that `admit` would have to look at: in good times nobody locks the account's row.

    The account is the one of the statement's parameter `kind`.
    """
    return exists().where(
        ProviderAccount.kind == bindparam("kind"),
        or_(ProviderAccount.health != GOOD, ProviderAccount.rate > 0, ProviderAccount.cooldown_until > now),
    )


def usable(session: Session, kind: str, now: datetime) -> bool:
    """Return whether the account is neither cooling down nor blocked, without counting a request."""
    row = session.execute(
        select(ProviderAccount.cooldown_until).where(ProviderAccount.kind == kind)
    ).scalar_one_or_none()
    return row is None or row <= now


def learn(session: Session, kind: str, outcome: Outcome, now: datetime) -> None:
    """Remember what an answer says about the account, in the caller's transaction."""
    if isinstance(outcome, Later) or (isinstance(outcome, Accepted) and not _in_trouble(session, kind)):
        return
    row = account(session, kind)
    if isinstance(outcome, Accepted | Refused):
        _recover(row)
    elif isinstance(outcome, Busy):
        row.cooldown_until = now + min(outcome.retry_after or _COOLS_FOR, _LONGEST)
        row.rate = max(1.0, (row.rate or _UNLIMITED_FROM) / 2)
        row.tokens, row.tokens_at, row.window = 0.0, now, 0
    elif isinstance(outcome, Blocked):
        row.failures += 1
        row.health, row.health_reason = BLOCKED, Sentence(outcome.reason[:300])
        row.cooldown_until = now + min(_BLOCKED_FOR * 2 ** min(row.failures - 1, 10), _LONGEST)
    elif isinstance(outcome, NotSent | Ambiguous):
        row.failures += 1
        if row.failures >= _OPENS_AT and row.health == GOOD:
            row.health, row.health_reason = BROKEN, Sentence(outcome.reason[:300])
        if row.health != GOOD:
            row.cooldown_until = now + _PROBE_EVERY
    session.flush()


def recovering() -> ColumnElement[bool]:
    """Whether there is anything to recover from: in good times an accepted request touches no row here.

    The account is the one of the statement's parameter `kind`.
    """
    trouble = or_(ProviderAccount.health != GOOD, ProviderAccount.failures > 0, ProviderAccount.rate > 0)
    return exists().where(ProviderAccount.kind == bindparam("kind"), trouble)


def _in_trouble(session: Session, kind: str) -> bool:
    return bool(session.scalar(select(recovering()), {"kind": kind}))


def account(session: Session, kind: str) -> ProviderAccount:
    """Return the account's row under its lock, made at the first call."""
    found = _locked(session, kind)
    if found is not None:
        return found
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    plain = {"tokens": 0.0, "rate": 0.0, "window": 0, "health": GOOD, "health_reason": "", "failures": 0}
    session.execute(insert(ProviderAccount).values(kind=kind, **plain).on_conflict_do_nothing(index_elements=["kind"]))
    made = _locked(session, kind)
    if made is None:
        raise RuntimeError(f"the account {kind!r} was neither found nor made")
    return made


def _locked(session: Session, kind: str) -> ProviderAccount | None:
    return session.scalar(
        select(ProviderAccount)
        .where(ProviderAccount.kind == kind)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _recover(row: ProviderAccount) -> None:
    row.failures = 0
    if row.health != GOOD:
        row.health, row.health_reason, row.cooldown_until = GOOD, Sentence(), None
    if row.rate > 0:
        row.window += 1
        if row.window >= _GROWS_AFTER:
            row.window, row.rate = 0, row.rate * 1.5
        if row.rate >= _UNLIMITED_FROM:
            row.rate = 0.0


def _take(row: ProviderAccount, now: datetime) -> bool:
    """A token bucket of one second's worth."""
    passed = (now - row.tokens_at).total_seconds() if row.tokens_at else 1.0
    row.tokens = min(max(row.rate, 1.0), row.tokens + max(passed, 0.0) * row.rate)
    row.tokens_at = now
    if row.tokens < 1.0:
        return False
    row.tokens -= 1.0
    return True
