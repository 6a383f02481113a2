"""Files beside the database: the journal of suppressions."""

from celery import shared_task
from flask import current_app

from advocacy.models.base import db
from advocacy.operations import journal


@shared_task(name="files.journal")
def extend_journal() -> None:
    """Keep new suppressions in a file too, for a restore. Runs at each tick; twice at once is harmless: applying an
    entry again changes nothing."""
    journal.extend(db.session(), current_app.extensions["advocacy.settings"].instance_path / journal.NAME)
