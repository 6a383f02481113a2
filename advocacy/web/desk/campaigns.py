"""Campaigns on the desk: the list by state, a new one, and the pages of one."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.gateways.documents import text_of
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns, discarding, documents, editing, following, outcomes, updates
from advocacy.web import access
from advocacy.web.desk import campaign_list, mails, timeline, who
from advocacy.web.desk.forms import a_day
from advocacy.web.desk.words import weekday
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_campaigns", __name__, url_prefix="/desk/campaigns")


@bp.get("")
@access.staff(Permission.READ)
def listed() -> ResponseReturnValue:
    """?state= ?search= ?order= ?page="""
    found = campaign_list.asked_for(db.session())
    return render_template("desk/campaigns.html", found=found, tabs=campaign_list.TABS, orders=campaign_list.ORDERS)


@bp.get("/new")
@access.staff(Permission.EDIT)
def new() -> ResponseReturnValue:
    return render_template("desk/new.html", fault=None, text="")


@bp.post("/new")
@access.staff(Permission.EDIT)
def read() -> ResponseReturnValue:
    """Take a file, pasted text, or a title alone."""
    text = request.form.get("text", "")
    try:
        first, *others = _imported(text, request.files.get("file"))
    except InvalidError as error:
        return render_template("desk/new.html", fault=say(error), text=text), 422
    if others:
        flash(_("It holds %(number)s actions. Each became a draft to review.", number=len(others) + 1), "good")
        return redirect(url_for("desk_campaigns.listed", state=CampaignState.DRAFT.value))
    page = "desk_updates.show" if updates.undecided(first) else "desk_review.show"
    return redirect(url_for(page, slug=first.slug))


def _imported(text: str, upload: FileStorage | None) -> list[Campaign]:
    session, now, actor, name = db.session(), who.now(), who.actor(), _("Pasted text")
    if upload is not None and upload.filename:
        name, content = upload.filename, upload.read()
        upload.close()
        text = text_of(name, content)
    if text.strip():
        return documents.import_cases(session, name, text, now=now, actor=actor, settings=settings())
    raise InvalidError(_("Choose a file or paste the text of the action."))


@bp.post("/blank")
@access.staff(Permission.EDIT)
def blank() -> ResponseReturnValue:
    try:
        campaign = documents.start_blank(
            db.session(), request.form.get("title", ""), now=who.now(), actor=who.actor(), settings=settings()
        )
    except InvalidError as error:
        return render_template("desk/new.html", fault=say(error), text=""), 422
    return redirect(url_for("desk_review.show", slug=campaign.slug))


@bp.get("/<slug>")
@access.staff(Permission.READ)
def case(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    is_draft = campaign.state is CampaignState.DRAFT
    faults = campaigns.launch_faults(campaign, who.now(), settings()) if is_draft else []
    return render_template(
        "desk/campaign/case.html",
        campaign=campaign,
        faults=faults,
        left=editing.left_to_check(campaign),
        outcome=outcomes.waiting(session, campaign),
        follows=session.get(Campaign, campaign.follows_id) if campaign.follows_id is not None else None,
        followers=session.scalars(
            select(Campaign).where(Campaign.follows_id == campaign.id).order_by(Campaign.id)
        ).all(),
    )


@bp.get("/<slug>/people")
@access.staff(Permission.READ)
def people(slug: str) -> ResponseReturnValue:
    return render_template("desk/campaign/people.html", campaign=campaigns.find(db.session(), slug))


@bp.get("/<slug>/mails")
@access.staff(Permission.READ)
def plan(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    return render_template(
        "desk/campaign/mails.html", campaign=campaign, lines=mails.lines(session, campaign, who.now())
    )


@bp.get("/<slug>/timeline.svg")
@access.staff(Permission.READ)
def picture(slug: str) -> ResponseReturnValue:
    session, now = db.session(), who.now()
    campaign = campaigns.find(session, slug)
    deadline = campaign.due_by()
    if deadline is None:
        return Response(status=404)
    look = timeline.Look(dark="dark" in request.args, narrow="narrow" in request.args)
    marks = [timeline.Mark(line.short, line.first_due, line.state) for line in mails.lines(session, campaign, now)]
    start = campaign.launched_at or min([now, campaign.created_at])
    drawn = timeline.draw(marks, start=start, end=deadline.end(), now=now, zone=deadline.zone, look=look)
    return Response(drawn, mimetype="image/svg+xml", headers={"Content-Security-Policy": "default-src 'none'"})


@bp.get("/<slug>/deadline")
@access.staff(Permission.LAUNCH)
def deadline(slug: str) -> ResponseReturnValue:
    """Ask for the new day; with ?day= show what it would change before anything is accepted."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    day, fault, changes = a_day(request.args.get("day", "")), None, None
    if day is not None:
        try:
            changes = campaigns.deadline_changes(session, campaign, day, who.now())
        except InvalidError as error:
            fault = say(error)
    elif request.args.get("day"):
        fault = _("Write the day as year, month and day: 2026-03-03.")
    page = render_template("desk/campaign/deadline.html", campaign=campaign, day=day, changes=changes, fault=fault)
    return page, 422 if fault else 200


@bp.post("/<slug>/deadline")
@access.staff(Permission.LAUNCH)
def move(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    day = a_day(request.form.get("day", ""))
    if day is None:
        raise InvalidError(_("Write the day as year, month and day: 2026-03-03."))
    campaigns.move_deadline(session, campaign, day, gateways=current(), settings=settings(), actor=who.actor())
    flash(_("The deadline is now %(day)s. Everything unsent was planned anew.", day=weekday(day)), "good")
    return redirect(url_for("desk_campaigns.plan", slug=slug))


@bp.post("/<slug>/<any(pause, resume, close):act>")
@access.staff(Permission.LAUNCH)
def act(slug: str, act: str) -> ResponseReturnValue:
    """Pause, resume or close."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    close = partial(campaigns.close, settings=settings())
    acts: dict[str, Callable[..., None]] = {"pause": campaigns.pause, "resume": campaigns.resume, "close": close}
    said = {
        "pause": _("The campaign is paused. Nothing goes out until you resume it."),
        "resume": _("The campaign goes on."),
        "close": _("The campaign is closed. No reminder goes out any more."),
    }
    try:
        acts[act](session, campaign, gateways=current(), actor=who.actor())
        flash(said[act], "good")
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
    ended = act == "close" and outcomes.waiting(session, campaign) is not None and who.me().may(Permission.SEND)
    return redirect(url_for("desk_updates.outcome" if ended else "desk_campaigns.case", slug=slug))


@bp.post("/<slug>/<any(copy, follow):start>")
@access.staff(Permission.EDIT)
def again(slug: str, start: str) -> ResponseReturnValue:
    """Begin a new draft from this campaign: a copy, or the next action of the same case."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    draft = following.copy(session, campaign, follows=start == "follow", now=who.now(), actor=who.actor())
    flash(_("A new draft with the same words. It has no deadline yet."), "good")
    return redirect(url_for("desk_review.show", slug=draft.slug))


@bp.get("/<slug>/throw-away")
@access.staff(Permission.EDIT)
def throwing_away(slug: str) -> ResponseReturnValue:
    """Say what is lost with a draft before it is thrown away."""
    campaign = campaigns.find(db.session(), slug)
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("desk_campaigns.case", slug=slug))
    return render_template("desk/campaign/throw_away.html", campaign=campaign)


@bp.post("/<slug>/throw-away")
@access.staff(Permission.EDIT)
def throw_away(slug: str) -> ResponseReturnValue:
    session = db.session()
    try:
        discarding.throw_away(session, campaigns.find(session, slug), now=who.now(), actor=who.actor())
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_campaigns.case", slug=slug))
    flash(_("The draft is thrown away."), "good")
    return redirect(url_for("desk_campaigns.listed"))


@bp.get("/<slug>/close")
@access.staff(Permission.LAUNCH)
def closing(slug: str) -> ResponseReturnValue:
    """Say what closing does before it is done."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    return render_template(
        "desk/campaign/close.html", campaign=campaign, lines=campaigns.plan(session, campaign, who.now())
    )
