"""Work on many supporters, in the background: lists in and out, tags, counts. What waits is taken a step further."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.exporting import ExportState
from advocacy.domain.importing import WORKING, ImportState
from advocacy.domain.tagging import AT_WORK
from advocacy.gateways.clock import Clock
from advocacy.models.supporter_export import SupporterExport
from advocacy.models.supporter_import import SupporterImport
from advocacy.models.tagging import Tagging
from advocacy.operations import exports, import_undoing, import_work, supporter_counts, tagging
from advocacy.operations.import_work import GoOn

_SECONDS = 20.0


def work(session: Session, *, clock: Clock, settings: Settings, stopping: Callable[[], bool] = lambda: False) -> None:
    """Go on with every list that is being worked on, for about twenty seconds or until told to stop.

    Two at once are harmless: each batch compares the cursor and sets it in one transaction.
    """
    until = clock.boottime() + _SECONDS

    def go_on() -> bool:
        return clock.boottime() < until and not stopping()

    steps: list[Callable[[], object]] = [
        *(
            partial(advance, session, each, clock=clock, settings=settings, go_on=go_on)
            for each in _at_work(session, SupporterImport, WORKING)
        ),
        *(
            partial(exports.make, session, each, clock=clock, go_on=go_on)
            for each in _at_work(session, SupporterExport, (ExportState.MAKING,))
        ),
        *(
            partial(tagging.work, session, each, clock=clock, go_on=go_on)
            for each in _at_work(session, Tagging, AT_WORK)
        ),
        partial(supporter_counts.when_it_is_time, session, clock),
    ]
    _each(session, steps, go_on)


def _each(session: Session, steps: Sequence[Callable[[], object]], go_on: GoOn) -> None:
    """Take the steps while there is time. One that fails keeps nobody else waiting; it is raised after the others."""
    failed: Exception | None = None
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - raised below
            session.rollback()
            failed = failed or error
        if not go_on():
            break
    if failed is not None:
        raise failed


def _at_work(session: Session, table: Any, states: Sequence[StrEnum]) -> list[int]:
    """Return the rows that are being worked on, the oldest first."""
    found = session.scalars(select(table.id).where(table.state.in_(states)).order_by(table.id)).all()
    session.rollback()
    return list(found)


def advance(session: Session, import_id: int, *, clock: Clock, settings: Settings, go_on: GoOn) -> ImportState:
    """Take one import further, as long as `go_on` says; return how it stands then."""
    state = state_of(session, import_id)
    if state is ImportState.CHECKING:
        import_work.check(session, import_id, clock=clock, settings=settings, go_on=go_on)
    elif state is ImportState.RUNNING:
        import_work.run(session, import_id, clock=clock, settings=settings, go_on=go_on)
    elif state is ImportState.UNDOING:
        import_undoing.undo(session, import_id, clock=clock, go_on=go_on)
    return state_of(session, import_id)


def state_of(session: Session, import_id: int) -> ImportState:
    state = session.scalars(select(SupporterImport.state).where(SupporterImport.id == import_id)).one()
    session.rollback()
    return state
