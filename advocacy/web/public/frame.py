"""What every page below /act/ prints: whose it is, for which campaign, and the links out of it."""

from typing import Any

from flask import g, request

from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.links import Links
from advocacy.models.base import db, keys_of
from advocacy.operations import actions
from advocacy.web.public import compose
from advocacy.web.public.compose import Visit
from advocacy.web.requests import settings
from advocacy.web.wording import locale


def visit(token: str) -> Visit:
    """Open an /act/ token; the page speaks the supporter's language from here on."""
    found = compose.visit(token)
    g.language = found.supporter.language
    if request.method == "POST":
        actions.pressed(db.session(), found.supporter.id, found.campaign, found.now)
    return found


def around(token: str, visit: Visit) -> dict[str, Any]:
    said = visit.campaign.said_in(locale().language)
    links = Links(settings().base_url, keys_of(db.session()))
    return {
        "token": token,
        "campaign": visit.campaign,
        "said": said,
        "deadline": visit.deadline,
        "first_name": visit.first_name,
        "title": as_subject(said.title, said.language),
        "zone": visit.supporter.timezone,
        "preferences_url": f"/preferences/{links.preferences(visit.supporter.id).rpartition('/')[2]}",
        "unsubscribe_url": f"/unsubscribe/{links.unsubscribe(visit.supporter.id).rpartition('/')[2]}",
        "share_url": links.campaign(visit.campaign.slug),
    }
