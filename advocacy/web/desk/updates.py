"""A draft that follows a launched action: what it would change, taken over field by field; and the outcome mail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.operations import blasts, campaigns, headcounts, manuscripts, outcomes, updates
from advocacy.operations.updates import Update
from advocacy.web import access
from advocacy.web.desk import counting, previews, who
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_updates", __name__, url_prefix="/desk/campaigns")


@bp.get("/<slug>/update")
@access.staff(Permission.EDIT)
def show(slug: str) -> ResponseReturnValue:
    session = db.session()
    draft = campaigns.find(session, slug)
    update = updates.proposal(session, draft)
    if update is None:
        return redirect(url_for("desk_campaigns.case", slug=draft.slug))
    return _page(update)


@bp.post("/<slug>/update")
@access.staff(Permission.LAUNCH)
def decide(slug: str) -> ResponseReturnValue:
    """Take over the ticked fields, or keep the draft as a campaign of its own: `do` says which button was pressed."""
    session = db.session()
    draft = campaigns.find(session, slug)
    if request.form.get("do") == "apart":
        updates.keep_apart(session, draft, gateways=current(), actor=who.actor())
        flash(_("It is a campaign of its own, which follows the earlier one."), "good")
        return redirect(url_for("desk_review.show", slug=slug))
    end = "end" in request.form
    try:
        campaign = updates.accept(
            session,
            draft.id,
            request.form.getlist("field"),
            end=end,
            gateways=current(),
            settings=settings(),
            actor=who.actor(),
        )
    except (ConflictError, InvalidError) as error:
        session.rollback()
        return _refused(slug, error)
    if end:
        flash(_("The campaign is closed. Look at its outcome mail, then send it."), "good")
        return redirect(url_for("desk_updates.outcome", slug=campaign.slug))
    flash(_("The campaign is updated. Everything unsent was planned anew."), "good")
    return redirect(url_for("desk_campaigns.plan", slug=campaign.slug))


@bp.get("/<slug>/outcome")
@access.staff(Permission.SEND)
def outcome(slug: str) -> ResponseReturnValue:
    campaign, blast = _waiting(slug)
    if blast is None:
        return redirect(url_for("desk_campaigns.case", slug=campaign.slug))
    subject, text = outcomes.words_of(db.session(), blast)
    return _outcome_page(campaign, blast, subject, text)


@bp.post("/<slug>/outcome/begin")
@access.staff(Permission.SEND)
def begin(slug: str) -> ResponseReturnValue:
    """Draft the mail that tells how a closed campaign ended, or another one when there is more news."""
    session = db.session()
    try:
        outcomes.begin(
            session, campaigns.find(session, slug), gateways=current(), settings=settings(), actor=who.actor()
        )
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_campaigns.case", slug=slug))
    return redirect(url_for("desk_updates.outcome", slug=slug))


@bp.post("/<slug>/outcome")
@access.staff(Permission.SEND)
def save(slug: str) -> ResponseReturnValue:
    """Keep the words of the outcome mail; `do` says what comes next: a look at it, a test to me, or the check before it goes."""
    session = db.session()
    campaign, blast = _waiting(slug)
    if blast is None:
        return redirect(url_for("desk_campaigns.case", slug=campaign.slug))
    subject = " ".join(request.form.get("subject", "").split())
    text = request.form.get("text", "").replace("\r\n", "\n")
    do = request.form.get("do")
    try:
        outcomes.save(session, blast.id, subject, text, gateways=current(), settings=settings(), actor=who.actor())
    except (ConflictError, InvalidError) as error:
        session.rollback()
        campaign, blast = _waiting(slug)
        if blast is None:
            flash(say(error), "warning")
            return redirect(url_for("desk_campaigns.case", slug=slug))
        faults = dict(error.faults) if isinstance(error, InvalidError) else {"subject": say(error)}
        return _outcome_page(campaign, blast, subject, text, faults or {"text": say(error)}), 422
    headcounts.ask(session, campaign, headcounts.What.MAIL, blast, who.now())
    if do == "check":
        return redirect(url_for("desk_sending.check", blast_id=blast.id))
    if do == "test":
        words = previews.blast_words(session, blast, campaign, campaign.language)
        manuscripts.note_test(session, blast.id, who.now())
        blasts.send_test(session, who.me().id, words, campaign=campaign, now=who.now(), settings=settings())
        flash(_("A test is on its way to %(email)s.", email=who.me().email), "good")
        return redirect(url_for("desk_updates.outcome", slug=slug))
    flash(_("Saved. Nothing is sent by that."), "good")
    return redirect(url_for("desk_blasts.show", blast_id=blast.id))


def _page(update: Update, fault: str = "") -> str:
    return render_template(
        "desk/update.html",
        draft=update.draft,
        campaign=update.campaign,
        changes=update.changes,
        ends=update.ends,
        closed=update.campaign.state is CampaignState.CLOSED,
        labels=_labels(),
        fault=fault,
    )


def _refused(slug: str, error: Exception) -> ResponseReturnValue:
    """Show the page again with what was wrong; where the draft is gone, say so on the list."""
    session = db.session()
    try:
        update = updates.proposal(session, campaigns.find(session, slug))
    except NotFoundError:
        update = None
    if update is None:
        flash(say(error), "warning")
        return redirect(url_for("desk_campaigns.listed"))
    faults = error.faults.values() if isinstance(error, InvalidError) else ()
    return _page(update, " ".join([say(error), *map(say, faults)])), 422


def _outcome_page(
    campaign: Campaign, blast: Blast, subject: str, text: str, faults: dict[str, str] | None = None
) -> str:
    return render_template(
        "desk/outcome.html",
        campaign=campaign,
        blast=blast,
        subject=subject,
        text=text,
        faults=faults or {},
        **counting.of_news(campaign),
    )


def _waiting(slug: str) -> tuple[Campaign, Blast | None]:
    session = db.session()
    campaign = campaigns.find(session, slug)
    return campaign, outcomes.waiting(session, campaign)


def _labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "deadline": _("Last day to act"),
        "demands": _("What is asked"),
        "addressees": _("People to write to"),
        "summary": _("The case in two sentences"),
        "case_text": _("The case"),
        "background": _("Background"),
    }
