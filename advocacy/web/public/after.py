"""After the letter: "I sent it" for each way, taking that back, thanks and what comes next."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.call import CallOutcome
from advocacy.domain.errors import InvalidError
from advocacy.domain.supporter import SupporterState
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import actions, replies
from advocacy.web.access import public
from advocacy.web.public import compose, counts, frame, papers, ways
from advocacy.web.public.compose import Visit
from advocacy.web.wording import near_day

bp = Blueprint("after", __name__, url_prefix="/act")


@bp.get("/<token>/sent")
@public
def choose(token: str) -> ResponseReturnValue:
    """Where a mail's "I sent it" leads: every way with one button. Nothing is kept until one is pressed."""
    visit = frame.visit(token)
    rows = sorted(visit.campaign.addressees, key=lambda row: (row.role is not Role.PRIMARY, row.position))
    meant = [row for row in rows if row.value().is_for(visit.supporter.country)]
    return render_template(
        "public/sent.html",
        offices=[(row, [(channel, ways.label(channel)) for channel in row.value().channels()]) for row in meant],
        told=_told(visit),
        **frame.around(token, visit),
    )


@bp.post("/<token>/sent")
@public
def sent(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    addressee_id, channel = _way()
    outcome = next((each for each in CallOutcome if each.value == request.form.get("outcome")), None)
    if channel is Channel.PHONE and outcome is CallOutcome.BUSY:
        return redirect(url_for("act.page", token=token, again=addressee_id), 303)
    actions.sent(
        db.session(),
        visit.supporter.id,
        visit.campaign,
        addressee_id,
        channel,
        clock=current().clock,
        outcome=outcome,
        chosen=compose.chosen(visit.campaign),
    )
    return redirect(url_for("after.thanks", token=token), 303)


@bp.post("/<token>/unsent")
@public
def unsent(token: str) -> ResponseReturnValue:
    """Take back a press of "I sent it"."""
    visit = frame.visit(token)
    actions.take_back(db.session(), visit.supporter.id, visit.campaign.id, *_way(), now=visit.now)
    return redirect(url_for("after.choose", token=token), 303)


@bp.get("/<token>/thanks")
@public
def thanks(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    told = _told(visit)
    if not told:
        return redirect(url_for("act.page", token=token))
    following = actions.another_way(db.session(), visit.supporter, visit.campaign, visit.now)
    around = frame.around(token, visit)
    return render_template(
        "public/thanks.html",
        following=following,
        following_label=ways.label(following[1]) if following else "",
        share_text=_share_text(visit, around["title"], around["share_url"]),
        asked_on=replies.asked_on(db.session(), visit.supporter.id, visit.campaign.id),
        may_be_asked=visit.supporter.state is SupporterState.ACTIVE,
        acted=counts.people(visit.campaign),
        acted_by=counts.by_channel(visit.campaign),
        **around,
    )


def _told(visit: Visit) -> dict[tuple[int, Channel], object]:
    return dict(actions.told(db.session(), visit.supporter.id, visit.campaign.id))


def _way() -> tuple[int, Channel]:
    """Return the addressee and the channel that a form names. Raises InvalidError for none."""
    addressee_id = papers.number(request.form.get("addressee", ""))
    channel = next((each for each in Channel if each.value == request.form.get("channel")), None)
    if channel is None:
        raise InvalidError(_("There is no such way to reach anyone in this action."))
    return addressee_id, channel


def _share_text(visit: Visit, title: str, url: str) -> str:
    words = {"title": title, "day": near_day(visit.deadline.day), "url": url}
    return str(_("I wrote a letter for this: %(title)s. You can, too, until %(day)s: %(url)s", **words))
