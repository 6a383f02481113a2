"""Numbers of people that pages have counted in the background: what a page shows, and the press that asks for them."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.errors import NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.models.base import db
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns, headcounts
from advocacy.operations.audiences import Reach
from advocacy.operations.headcounts import What
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.forms import a_number

bp = Blueprint("desk_counting", __name__, url_prefix="/desk/campaigns")


@bp.post("/<slug>/count")
@access.staff(Permission.READ)
def ask(slug: str) -> ResponseReturnValue:
    """Have counted whom the launch, news or a mail (`blast`) of a campaign goes to, and go back to where it is shown."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    what, number = request.form.get("what", ""), a_number(request.form.get("blast", ""))
    blast = session.get(Blast, number) if number else None
    if what not in set(What) or (blast is not None) != (what == What.MAIL):
        raise NotFoundError(_("There is nothing to count."))
    headcounts.ask(session, campaign, What(what), blast, who.now())
    pages = {What.LAUNCH: "desk_launch.show", What.NEWS: "desk_updates.outcome"}
    if blast is None:
        return redirect(url_for(pages[What(what)], slug=slug))
    checked = "check" in request.form
    return redirect(url_for("desk_sending.check" if checked else "desk_blasts.left_out", blast_id=blast.id))


def of_mail(blast: Blast, campaign: Campaign) -> dict[str, Any]:
    return _told(headcounts.of_mail(db.session(), blast, campaign, who.now()))


def of_launch(campaign: Campaign) -> dict[str, Any]:
    return _told(headcounts.of_launch(db.session(), campaign, who.now()))


def of_news(campaign: Campaign) -> dict[str, Any]:
    return _told(headcounts.of_news(db.session(), campaign, who.now()))


def _told(reach: Reach | None) -> dict[str, Any]:
    """`ask` says that the page should ask for it anew."""
    return {"reach": reach, "ask": headcounts.is_old(reach, who.now())}
