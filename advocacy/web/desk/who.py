"""Who is at the desk, and what time it is there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g, request
from flask_login import current_user

from advocacy.gateways import current
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.organiser import Organiser
from advocacy.operations import audit


def me() -> Organiser:
    """Return the organiser who is signed in. Only behind `access.staff`."""
    return db.session().get_one(Organiser, current_user.id)


def actor() -> str:
    """Return how the audit log names who is signed in."""
    return f"organiser:{me().id}"


def now() -> datetime:
    """Return the present instant as the database sees it."""
    return moment.now(db.session(), current().clock)


def zone() -> ZoneInfo:
    """Return the zone in which this organiser reads times."""
    return ZoneInfo(me().timezone)


def looked(what: str, object_: str) -> None:
    """Write into the audit log that who is signed in looks at somebody's data, once an hour for each thing.

    The one thing that a page of the desk writes though it is only read. Raises where that fails: then nothing is shown.
    """
    session, name, at = db.session(), actor(), now()
    session.rollback()
    g.read_only = False
    try:
        audit.note_once(session, actor=name, what=what, object_=object_, now=at)
    finally:
        g.read_only = request.method != "POST"
