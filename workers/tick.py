"""The heartbeat: notice what is due, wake up those who do it."""

from celery import shared_task
from flask import current_app

from advocacy import gateways
from advocacy.models.base import db
from advocacy.operations import engine
from workers.celery_app import nudge
from workers.files import count_figures, extend_journal, look_at_domain, work_on_lists
from workers.reports import apply_reports
from workers.send import send_due
from workers.single import send_single


@shared_task(name="engine.tick")
def tick() -> None:
    """Plan and notice what is due. Runs every five seconds; two at once are harmless: each step compares and sets."""
    engine.tick(
        db.session(),
        gateways=gateways.current(),
        settings=current_app.extensions["advocacy.settings"],
        wake=lambda: nudge(send_due),
    )
    nudge(send_single, send_due, apply_reports, extend_journal, look_at_domain, work_on_lists, count_figures)
