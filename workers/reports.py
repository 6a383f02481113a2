"""Reports: what the provider told us becomes outcomes and suppressions."""

from celery import shared_task

from advocacy import gateways
from advocacy.models.base import db
from advocacy.operations import reports


@shared_task(name="reports.apply")
def apply_reports() -> None:
    """Apply the reports kept so far. Runs at each tick; twice is harmless: a report that was applied is no news."""
    reports.apply(db.session(), clock=gateways.current().clock)
