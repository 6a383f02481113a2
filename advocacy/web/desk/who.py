"""Who is at the desk, and what time it is there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_login import current_user

from advocacy.gateways import current
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.models.organiser import Organiser


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
