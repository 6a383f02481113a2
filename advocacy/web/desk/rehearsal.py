"""A rehearsal on the desk: the whole campaign played in memory, day by day, with every mail to read."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.domain.errors import ConflictError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import campaigns, rehearsing
from advocacy.web import access
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_rehearsal", __name__, url_prefix="/desk/campaigns")

MOST = 200
_USUAL = 40


@bp.get("/<slug>/rehearse")
@access.staff(Permission.READ)
def ask(slug: str) -> ResponseReturnValue:
    campaign = campaigns.find(db.session(), slug)
    return render_template(
        "desk/campaign/rehearse.html", campaign=campaign, number=_USUAL, most=MOST, rehearsal=None, fault=None
    )


@bp.post("/<slug>/rehearse")
@access.staff(Permission.READ)
def rehearse(slug: str) -> ResponseReturnValue:
    """Play it. Nothing is changed or sent; it comes by POST because it takes the machine some seconds."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    number = min(max(request.form.get("supporters", _USUAL, type=int), 1), MOST)
    rehearsal, fault = None, None
    try:
        rehearsal = rehearsing.rehearse(session, campaign, supporters=number, gateways=current(), settings=settings())
    except ConflictError as error:
        fault = say(error)
    page = render_template(
        "desk/campaign/rehearse.html", campaign=campaign, number=number, most=MOST, rehearsal=rehearsal, fault=fault
    )
    return page, 409 if fault else 200
