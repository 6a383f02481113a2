"""Whether this installation makes progress, in words an operator can act on. Only reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.models import installation
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.operations.planning import campaign_allows

STALE_TICK = timedelta(seconds=60)
NO_PROGRESS = timedelta(minutes=10)
"""How long a blast may have dispatches due without one of them moving. A provider's cool-down stays below it."""


@dataclass(frozen=True)
class Readiness:
    """`reasons` is empty when all is well. `tick_age` is None before the first tick; `held` after a restore."""

    reasons: tuple[str, ...]
    tick_age: timedelta | None
    held: bool
    pending_migrations: bool

    @property
    def ready(self) -> bool:
        return not self.reasons


def judge(session: Session, *, now: datetime, migrations: Path) -> Readiness:
    """Judge by progress, not by process ids: is the layout current, does the engine tick, do due mails move?"""
    if migrations_pending(session, migrations):
        reason = "The database's layout is not current: run `advocacy migrate`."
        return Readiness((reason,), tick_age=None, held=False, pending_migrations=True)
    age = tick_age(session, now)
    return Readiness(
        reasons=(*_tick_reasons(age), *_stuck(session, now)),
        tick_age=age,
        held=installation.fact(session, installation.HELD) is not None,
        pending_migrations=False,
    )


def migrations_pending(session: Session, migrations: Path) -> bool:
    """Return whether the database stands at another layout than this version of the program."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    here = MigrationContext.configure(session.connection()).get_current_heads()
    return set(here) != set(ScriptDirectory.from_config(config).get_heads())


def tick_age(session: Session, now: datetime) -> timedelta | None:
    kept = installation.fact(session, installation.TICKED_AT)
    return now - datetime.fromisoformat(kept) if kept else None


def _tick_reasons(age: timedelta | None) -> list[str]:
    if age is None:
        return ["The engine has not ticked yet: start the worker and beat (`advocacy up` starts all)."]
    if age > STALE_TICK:
        return [f"The engine last ticked {age.total_seconds():.0f} seconds ago: look after the worker and beat."]
    return []


def _stuck(session: Session, now: datetime) -> list[str]:
    # What waits for the morning, or because the provider asked for patience, is not stuck; nor is a paused campaign.
    long_ago = now - NO_PROGRESS
    due = exists().where(
        Dispatch.blast_id == Blast.id,
        Dispatch.state == DispatchState.PLANNED,
        Dispatch.due_at < long_ago,
        or_(Dispatch.hold_until.is_(None), Dispatch.hold_until < long_ago),
        or_(Dispatch.civil_until.is_(None), Dispatch.civil_until > now),
    )
    moved = func.coalesce(Blast.progress_at, Blast.started_at, Blast.created_at)
    stuck = (
        select(Blast.id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(Blast.state == BlastState.SENDING, campaign_allows(), moved < long_ago, due)
        .order_by(Blast.id)
    )
    return [
        f"Blast {number} has mails due and none left for {NO_PROGRESS.total_seconds() / 60:.0f} minutes: "
        f"`advocacy blasts show {number}` says why."
        for number in session.scalars(stuck)
    ]
