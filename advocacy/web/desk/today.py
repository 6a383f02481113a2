"""Today: what needs a decision, what is moving now and, where nothing moves, why; and what goes out in seven days."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from advocacy.domain.campaign import CampaignState
from advocacy.domain.permissions import Permission
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import approving
from advocacy.web import access
from advocacy.web.desk import agenda, decisions, trouble, who

bp = Blueprint("desk_today", __name__, url_prefix="/desk")


@bp.get("/")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    """?page= turns the pages of what is to come."""
    session, now = db.session(), who.now()
    live = session.scalar(select(func.count()).where(Campaign.state == CampaignState.LIVE)) or 0
    page = max(request.args.get("page", 1, type=int), 1)
    coming, more = agenda.coming(session, now, page=page)
    engine = trouble.engine_trouble(session, now)
    return render_template(
        "desk/today.html",
        page=page,
        coming=coming,
        more=more,
        decisions=decisions.wanted(session, now),
        moving=agenda.moving(session, now, engine),
        engine=engine,
        live=live,
        grew=approving.GREW,
        nearest=agenda.nearest(session),
    )
