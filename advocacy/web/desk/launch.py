"""Before a launch: who gets what, from whom, in which words, and what is missing. Then the launch itself."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import audiences, blasts, campaigns, editing, following, sending_domain
from advocacy.web import access
from advocacy.web.desk import counting, mails, previews, who
from advocacy.web.public import campaigns as public_campaigns
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_launch", __name__, url_prefix="/desk/campaigns")


@bp.get("/<slug>/check")
@access.staff(Permission.LAUNCH)
def show(slug: str) -> ResponseReturnValue:
    """Everything on one page. ?after= shows ten other people, ?person= whose mails are previewed."""
    session, now = db.session(), who.now()
    campaign = campaigns.find(session, slug)
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("desk_campaigns.case", slug=slug))
    sample = [
        previews.sample_person(session, supporter)
        for supporter in audiences.sample(session, campaign, now, after=request.args.get("after", ""))
    ]
    asked = request.args.get("person", "")
    person = next((each for each in sample if each.uid == asked), sample[0] if sample else None)
    language = person.language if person else campaign.language
    faults = campaigns.launch_faults(campaign, now, settings())
    lines = mails.lines(session, campaign, now)
    return render_template(
        "desk/campaign/check.html",
        campaign=campaign,
        **counting.of_launch(campaign),
        sample=sample,
        person=person,
        faults=faults,
        left=editing.left_to_check(campaign),
        lines=lines,
        subjects={
            line.rule: previews.filled(
                previews.step_words(session, campaign, line.rule, language), campaign, person
            ).subject
            for line in lines
        }
        if campaign.deadline
        else {},
        settings=settings(),
        carried=following.carried(session, campaign),
        standing=sending_domain.standing(session, settings()),
    )


@bp.get("/<slug>/page")
@access.staff(Permission.READ)
def page(slug: str) -> ResponseReturnValue:
    """A draft's public page as it will be, for organisers alone, in ?lang= or the campaign's language. Nothing on it works."""
    campaign = campaigns.find(db.session(), slug)
    if campaign.state is not CampaignState.DRAFT:
        return redirect(url_for("public.page", slug=slug))
    # Organisers are spoken to in their own language: before the page takes its own.
    told = Markup(render_template("desk/campaign/page_told.html", campaign=campaign))  # noqa: S704 - a template of ours
    offered, asked = settings().languages, request.args.get("lang", campaign.language)
    with force_locale(asked if asked in offered else offered[0]):
        return render_template("desk/campaign/page.html", told=told, **public_campaigns.shown(campaign, {}, {}))


@bp.post("/<slug>/launch")
@access.staff(Permission.LAUNCH)
def launch(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    try:
        campaigns.launch(session, campaign, gateways=current(), settings=settings(), actor=who.actor())
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_launch.show", slug=slug))
    flash(_("The campaign is live. Its first mails leave within a minute."), "good")
    return redirect(url_for("desk_campaigns.plan", slug=slug))


@bp.get("/<slug>/preview/<rule>")
@access.staff(Permission.READ)
def preview(slug: str, rule: str) -> ResponseReturnValue:
    """One mail of the plan as a real supporter would get it; ?part=text for its plain part."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    if rule not in mails.rules(session, campaign, who.now()):
        raise NotFoundError(_("This campaign has no such mail."))
    person = previews.by_uid(session, request.args.get("person", ""))
    language = person.language if person else campaign.language
    words = previews.filled(previews.step_words(session, campaign, rule, language), campaign, person)
    return previews.as_text(words.text) if request.args.get("part") == "text" else previews.framed(words.html)


@bp.post("/<slug>/test")
@access.staff(Permission.LAUNCH)
def test(slug: str) -> ResponseReturnValue:
    """Send me one mail of the plan, marked as a test."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    rule = request.form.get("rule", "launch")
    if rule not in mails.rules(session, campaign, who.now()):
        raise NotFoundError(_("This campaign has no such mail."))
    words = previews.step_words(session, campaign, rule, campaign.language)
    blasts.send_test(session, who.me().id, words, campaign=campaign, now=who.now(), settings=settings())
    flash(_("A test is on its way to %(email)s.", email=who.me().email), "good")
    return redirect(url_for("desk_launch.show", slug=slug))
