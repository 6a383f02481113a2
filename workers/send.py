"""Blasts: hand over what is due."""

from celery import shared_task
from flask import current_app

from advocacy import gateways
from advocacy.domain.handover import Wide
from advocacy.models.base import db
from advocacy.operations import sending
from workers.celery_app import nudge, stopping

SLICE_SECONDS = 4.0
"""Less than a tick: however much there is to send, a tick that waits for a worker gets one soon."""


@shared_task(name="send.due")
def send_due() -> None:
    """Hand over what is due. Runs at each tick, and again after itself while there is more, for a few seconds each or
    until the worker is told to stop; twice at once is harmless: each dispatch has one holder."""
    bundle, session = gateways.current(), db.session()
    # SQLite has one writer: more lanes would only wait for each other.
    single = session.get_bind().dialect.name == "sqlite"
    done = sending.hand_over_due(
        session,
        gateways=bundle,
        settings=current_app.extensions["advocacy.settings"],
        seconds=SLICE_SECONDS,
        lanes=bundle.provider.lanes if isinstance(bundle.provider, Wide) and not single else 1,
        stopping=stopping,
    )
    if done and not stopping():
        nudge(send_due)
