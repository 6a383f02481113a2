"""The confirmation: a page with one button, and what the button did."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from advocacy.domain.links import Links
from advocacy.gateways import current
from advocacy.models import moment
from advocacy.models.base import db, keys_of
from advocacy.models.campaign import Campaign
from advocacy.operations import supporters
from advocacy.operations.supporters import Joined
from advocacy.web.access import public
from advocacy.web.requests import settings

bp = Blueprint("confirm", __name__, url_prefix="/confirm")


@bp.get("/<token>")
@public
def page(token: str) -> ResponseReturnValue:
    session = db.session()
    return _page(token, supporters.joined(session, token, moment.now(session, current().clock)), pressed=False)


@bp.post("/<token>")
@public
def confirm(token: str) -> ResponseReturnValue:
    return _page(token, supporters.confirm(db.session(), token, clock=current().clock), pressed=True)


def _page(token: str, joined: Joined, *, pressed: bool) -> ResponseReturnValue:
    g.language = joined.language
    session = db.session()
    campaign = session.get(Campaign, joined.campaign_id) if joined.campaign_id is not None else None
    links = Links(settings().base_url, keys_of(session))
    act_url = links.act(joined.supporter_id, campaign.id) if campaign and joined.confirmed else None
    return render_template(
        "public/confirm.html", token=token, joined=joined, campaign=campaign, act_url=act_url, pressed=pressed
    )
