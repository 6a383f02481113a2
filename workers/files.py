"""What is outside the mails: the journal of suppressions, the sending domain's records, lists of supporters, figures."""

from celery import shared_task
from flask import current_app

from advocacy import gateways
from advocacy.gateways import dns
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import figures, journal, lists, sending_domain, withdrawals
from workers.celery_app import stopping


@shared_task(name="files.journal")
def extend_journal() -> None:
    """Keep new suppressions in a file too, for a restore. Runs at each tick; twice at once is harmless: applying an
    entry again changes nothing."""
    folder = current_app.extensions["advocacy.settings"].instance_path
    journal.extend(db.session(), folder / journal.NAME)
    withdrawals.extend(db.session(), folder / withdrawals.NAME)


@shared_task(name="files.domain")
def look_at_domain() -> None:
    """Look at the records of the sending domain. Runs at each tick, does something once a day or when asked to; twice
    at once is harmless: both keep what they found."""
    session, settings = db.session(), current_app.extensions["advocacy.settings"]
    now = moment.now(session, gateways.current().clock)
    sending_domain.look_when_it_is_time(session, settings, texts=dns.texts, now=now)


@shared_task(name="files.lists")
def work_on_lists() -> None:
    """Go on with lists that are taken in or made. Runs at each tick, for about twenty seconds or until the worker is
    told to stop; twice at once is harmless: each batch compares the cursor and sets it."""
    lists.work(
        db.session(),
        clock=gateways.current().clock,
        settings=current_app.extensions["advocacy.settings"],
        stopping=stopping,
    )


@shared_task(name="files.figures")
def count_figures() -> None:
    """Count anew what changed. Runs at each tick; twice at once is harmless: each campaign is counted whole under its
    own lock."""
    figures.count_due(db.session(), clock=gateways.current().clock)
