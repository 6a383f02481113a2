"""Single mails: confirmations, thanks, tests, invitations, in a lane of their own."""

from celery import shared_task
from flask import current_app

from advocacy import gateways
from advocacy.models.base import db
from advocacy.operations import single
from workers.celery_app import stopping


@shared_task(name="single.due")
def send_single() -> None:
    """Hand over the single mails that are due. Runs at each tick; twice at once is harmless: each has one holder."""
    single.hand_over_due(
        db.session(),
        gateways=gateways.current(),
        settings=current_app.extensions["advocacy.settings"],
        stopping=stopping,
    )
