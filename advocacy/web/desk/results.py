"""What a campaign has achieved, counted from the ledger of mails and actions."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from advocacy.domain.permissions import Permission
from advocacy.models import acted, stall
from advocacy.models.base import db
from advocacy.models.figures import figures_of
from advocacy.operations import campaigns
from advocacy.web import access

bp = Blueprint("desk_results", __name__, url_prefix="/desk/campaigns")


@bp.get("/<slug>/results")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    return render_template(
        "desk/campaign/results.html",
        campaign=campaign,
        figures=figures_of(session, campaign),
        calls={outcome.value: people for outcome, people in acted.calls(session, campaign.id).items()},
        at_stalls=sum(stall.by_channel(session, campaign.id).values()),
    )
