"""What /metrics tells: counts from the database, so that every web process tells the same."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from advocacy.domain.dispatch import DispatchState
from advocacy.models.blast import Blast, Dispatch, Report
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Supporter
from advocacy.operations.readiness import Readiness

_OPEN = (DispatchState.PLANNED, DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)


class Numbers(Collector):
    """Reads each number when it is asked for."""

    def __init__(self, session: Session, readiness: Readiness) -> None:
        self._session = session
        self._readiness = readiness

    def collect(self) -> Iterable[GaugeMetricFamily]:
        found = self._readiness
        yield _gauge("advocacy_ready", "1 when /readyz answers 200", float(found.ready))
        yield _gauge(
            "advocacy_held", "1 when a restored database waits for `advocacy engine resume`", float(found.held)
        )
        if found.tick_age is not None:
            yield _gauge("advocacy_tick_age_seconds", "Seconds since the engine ticked", found.tick_age.total_seconds())
        if found.pending_migrations:
            return
        yield self._by_state("advocacy_campaigns", "Campaigns by state", Campaign.state)
        yield self._by_state("advocacy_supporters", "Supporters by state", Supporter.state)
        yield self._by_state("advocacy_blasts", "Blasts by state", Blast.state)
        yield self._by_state("advocacy_dispatches", "Requests to the provider by state", Dispatch.state)
        yield self._by_state("advocacy_single_mails_open", "Open single mails by state", SingleMail.state, only=_OPEN)
        waiting = self._session.scalar(select(func.count()).select_from(Report).where(Report.applied_at.is_(None)))
        yield _gauge("advocacy_reports_waiting", "Reports kept and not yet applied", float(waiting or 0))

    def _by_state(
        self, name: str, meaning: str, state: InstrumentedAttribute[Any], *, only: tuple[StrEnum, ...] = ()
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, meaning, labels=["state"])
        counted = select(state, func.count()).group_by(state)
        for value, number in self._session.execute(counted.where(state.in_(only)) if only else counted):
            family.add_metric([str(value)], number)
        return family


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)
