"""Blasts: hand over what is due."""

from celery import shared_task
from flask import current_app

from advocacy import gateways
from advocacy.models.base import db
from advocacy.operations import sending
from workers.celery_app import stopping


@shared_task(name="send.due")
def send_due() -> None:
    """Hand over what is due. Runs at each tick, for about twenty seconds or until the worker is told to stop; twice
    at once is harmless: each dispatch has one holder."""
    sending.hand_over_due(
        db.session(),
        gateways=gateways.current(),
        settings=current_app.extensions["advocacy.settings"],
        stopping=stopping,
    )
