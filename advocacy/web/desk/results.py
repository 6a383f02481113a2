"""What a campaign has achieved, counted from the ledger of mails and actions."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.domain.permissions import Permission
from advocacy.models import acted, reply, stall
from advocacy.models.base import db
from advocacy.models.figures import figures_of
from advocacy.operations import campaigns, replies
from advocacy.web import access

bp = Blueprint("desk_results", __name__, url_prefix="/desk/campaigns")


_MOST_TEXTS = 100


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
        replies=reply.by_kind(session, campaign.id),
        names={row.id: row.name for row in campaign.addressees},
        texts=replies.texts(session, campaign.id, most=_MOST_TEXTS) if current_user.may("edit") else (),
        at_stalls=sum(stall.by_channel(session, campaign.id).values()),
    )
