"""Writing a mail by hand: its form, kept as a draft at each press (and while typing, where scripts run), its preview as
real supporters would see it, and a test to me."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel
from advocacy.domain.blast import BlastState
from advocacy.domain.email import Words
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.handwriting import FIELDS, UnwritableError
from advocacy.domain.permissions import Permission
from advocacy.domain.selection import Selection
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.operations import audiences, blasts, campaigns, headcounts, manuscripts
from advocacy.operations.blasts import Draft
from advocacy.web import access
from advocacy.web.desk import composing, previews, who
from advocacy.web.desk.composing import Said
from advocacy.web.desk.previews import SamplePerson
from advocacy.web.desk.words import channel_word
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_writing", __name__, url_prefix="/desk")

LOOKS = ("desktop", "phone", "dark", "plain")
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\)")


@bp.get("/campaigns/<slug>/write")
@access.staff(Permission.SEND)
def new(slug: str) -> ResponseReturnValue:
    campaign = campaigns.find(db.session(), slug)
    return _page(campaign, None, _shown(Draft("", "", at=_proposed(), selection=Selection(acted=False))))


@bp.post("/campaigns/<slug>/write")
@access.staff(Permission.SEND)
def begin(slug: str) -> ResponseReturnValue:
    """Keep a new draft; from then on it has an address of its own."""
    return _kept(campaigns.find(db.session(), slug), None)


@bp.get("/blasts/<int:blast_id>/write")
@access.staff(Permission.SEND)
def edit(blast_id: int) -> ResponseReturnValue:
    """The draft; ?person= whose mail is shown, ?look= how. That of an outcome mail is written on a page of its own."""
    found = draft_there(blast_id)
    if found is None:
        blast = db.session().get(Blast, blast_id)
        if blast is not None and manuscripts.is_news(blast) and blast.state is BlastState.DRAFT:
            campaign = db.session().get_one(Campaign, blast.campaign_id)
            return redirect(url_for("desk_updates.outcome", slug=campaign.slug))
        return redirect(url_for("desk_blasts.show", blast_id=blast_id))
    blast, manuscript, campaign = found
    return _page(campaign, blast, _shown(manuscripts.draft_of(blast, manuscript)), manuscript=manuscript)


@bp.post("/blasts/<int:blast_id>/write")
@access.staff(Permission.SEND)
def save(blast_id: int) -> ResponseReturnValue:
    """Keep it; `do` says what else was pressed: another person, a look, a test to me, or on to the check."""
    found = draft_there(blast_id)
    if found is None:
        return redirect(url_for("desk_blasts.show", blast_id=blast_id))
    return _kept(found[2], found[0])


@bp.get("/blasts/<int:blast_id>/write/mail")
@access.staff(Permission.SEND)
def mail(blast_id: int) -> ResponseReturnValue:
    """The draft as ?person= would see it, for a frame that runs nothing; ?look= is one of `LOOKS`."""
    found = draft_there(blast_id)
    if found is None:
        return redirect(url_for("desk_blasts.mail", blast_id=blast_id))
    blast, manuscript, campaign = found
    person = previews.by_uid(db.session(), request.args.get("person", ""))
    words, stale = _preview(campaign, manuscripts.draft_of(blast, manuscript), person)
    if words is None:
        return previews.as_text(str(stale))
    look = request.args.get("look", "")
    if look == "plain":
        return previews.as_text(words.text)
    return previews.framed(_DARK.sub("@media all" if look == "dark" else "@media not all", words.html))


def draft_there(blast_id: int) -> tuple[Blast, Manuscript, Campaign] | None:
    """Return a mail written by hand that is still a draft, None for any other."""
    session = db.session()
    blast = session.get(Blast, blast_id)
    if blast is None or blast.state is not BlastState.DRAFT or session.get(Manuscript, blast_id) is None:
        return None
    if manuscripts.is_news(blast):  # It has a page of its own.
        return None
    return manuscripts.find(session, blast_id)


def _kept(campaign: Campaign, blast: Blast | None) -> ResponseReturnValue:
    session, form, do = db.session(), composing.said(request.form), request.form.get("do", "look")
    slug, blast_id = campaign.slug, blast.id if blast else None
    try:
        draft = composing.draft(form, who.zone())
        kept = manuscripts.keep(
            session,
            campaign,
            draft,
            blast_id=blast_id,
            gateways=current(),
            settings=settings(),
            actor=who.actor(),
        )
    except (InvalidError, ConflictError) as error:
        session.rollback()
        campaign = campaigns.find(session, slug)
        blast = session.get(Blast, blast_id) if blast_id else None
        manuscript = session.get(Manuscript, blast_id) if blast_id else None
        if do == "keep":
            return _status(manuscript, campaign, None, error), 422
        return _page(campaign, blast, form, manuscript=manuscript, error=error), 422
    headcounts.ask(session, campaign, headcounts.What.MAIL, kept, who.now())
    manuscript = session.get_one(Manuscript, kept.id)
    if do == "keep":
        return _status(manuscript, campaign, kept)
    return _onwards(campaign, kept, draft, do)


def _onwards(campaign: Campaign, blast: Blast, draft: Draft, do: str) -> ResponseReturnValue:
    session = db.session()
    if do == "check":
        return redirect(url_for("desk_sending.check", blast_id=blast.id))
    person, look = request.form.get("person", ""), request.form.get("look", "")
    if do == "next":
        person = _someone(campaign, draft, after=person)
    if do in LOOKS:
        look = do
    if do == "test":
        words = _written(campaign, draft)
        manuscripts.note_test(session, blast.id, who.now())
        blasts.send_test(session, who.me().id, words, campaign=campaign, now=who.now(), settings=settings())
        flash(_("A test is on its way to %(email)s.", email=who.me().email), "good")
    return redirect(
        url_for("desk_writing.edit", blast_id=blast.id, person=person or None, look=look or None, _anchor="preview")
    )


def _written(campaign: Campaign, draft: Draft) -> Words:
    return blasts.write(db.session(), campaign, draft, campaign.language, writer=current().mails, settings=settings())


def _preview(
    campaign: Campaign, draft: Draft, person: SamplePerson | None
) -> tuple[Words | None, UnwritableError | None]:
    """Return the mail, or why what is kept cannot be made one any more: a field or a filter may have gone since."""
    try:
        return previews.filled(_written(campaign, draft), campaign, person), None
    except UnwritableError as error:
        return None, error


def _someone(campaign: Campaign, draft: Draft, *, after: str = "") -> str:
    at = max(blasts.span(draft, who.now())[0], who.now())
    found = audiences.one_by_hand(db.session(), campaign, draft.selection, at, after=after)
    return found.uid if found is not None else ""


def _status(
    manuscript: Manuscript | None, campaign: Campaign, blast: Blast | None, error: Exception | None = None
) -> str:
    """What the script shows while somebody types: kept or not, and whom it reaches."""
    return render_template(
        "desk/campaign/write_status.html", manuscript=manuscript, error=error, **_reach(campaign, blast)
    )


def _reach(campaign: Campaign, blast: Blast | None) -> dict[str, Any]:
    """Whom a draft reaches as it is kept; `counting` while nobody knows."""
    if blast is None:
        return {"reach": None, "counting": False}
    reach = headcounts.of_mail(db.session(), blast, campaign, who.now())
    return {"reach": reach, "counting": reach is None}


def _page(
    campaign: Campaign,
    blast: Blast | None,
    form: Said,
    *,
    manuscript: Manuscript | None = None,
    error: Exception | None = None,
) -> str:
    session = db.session()
    draft = manuscripts.draft_of(blast, manuscript) if blast is not None and manuscript is not None else None
    uid = (request.values.get("person") or _someone(campaign, draft)) if draft else ""
    person = previews.by_uid(session, uid)
    preview, stale = _preview(campaign, draft, person) if draft else (None, None)
    error = error or stale
    faults: dict[str, str] = dict(error.faults) if isinstance(error, InvalidError) else {}
    if error is not None and not faults:
        faults = {"subject": say(error)}
    look = request.values.get("look", "")
    return render_template(
        "desk/campaign/write.html",
        campaign=campaign,
        blast=blast,
        manuscript=manuscript,
        said=form.texts,
        ticked=form.lists,
        fields=FIELDS,
        faults=faults,
        place=error.place if isinstance(error, UnwritableError) else None,
        preview=preview,
        person=person,
        look=look if look in LOOKS else LOOKS[0],
        looks=LOOKS,
        error=None,
        channel_options=[(channel.value, channel_word(channel)) for channel in Channel],
        **_reach(campaign, blast if draft else None),
        **composing.offered(session, campaign, blast),
    )


def _shown(draft: Draft) -> Said:
    return composing.shown(draft, who.zone(), _proposed())


def _proposed() -> Any:
    return blasts.next_round_hour(who.now(), who.zone())
