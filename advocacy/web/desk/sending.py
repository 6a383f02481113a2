"""The check before a mail written by hand goes out, and the presses after it: send, approve, send back, undo, copy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.blast import BlastState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.operations import (
    approving,
    audiences,
    blasts,
    headcounts,
    manuscripts,
    organisers,
    preferences,
    preflight,
    releasing,
)
from advocacy.operations.blasts import Draft
from advocacy.operations.preflight import Preflight
from advocacy.web import access
from advocacy.web.desk import previews, who
from advocacy.web.desk.forms import a_number
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_sending", __name__, url_prefix="/desk/blasts")

_OPEN = (BlastState.DRAFT, BlastState.PROPOSED)
_ZONES = 4


@bp.get("/<int:blast_id>/check")
@access.staff(Permission.SEND)
def check(blast_id: int) -> ResponseReturnValue:
    """Everything on one page: from, subject, count, time here and there, and each check with its mend."""
    found = _open(blast_id)
    return _page(*found) if found else redirect(url_for("desk_blasts.show", blast_id=blast_id))


@bp.post("/<int:blast_id>/send")
@access.staff(Permission.SEND)
def send(blast_id: int) -> ResponseReturnValue:
    """Schedule it, or propose it where a second person has to say yes."""
    blast = _pressed(blast_id, releasing.send)
    if not isinstance(blast, Blast):
        return blast
    if blast.state is BlastState.PROPOSED:
        flash(
            _(
                "It waits for a second person. Anybody else who may send gets a mail about it and finds it on their page Today."
            ),
            "good",
        )
        return redirect(url_for("desk_sending.check", blast_id=blast_id))
    return redirect(url_for("desk_blasts.show", blast_id=blast_id))


@bp.post("/<int:blast_id>/approve")
@access.staff(Permission.SEND)
def approve(blast_id: int) -> ResponseReturnValue:
    blast = _pressed(blast_id, releasing.approve)
    if not isinstance(blast, Blast):
        return blast
    flash(_("Approved, and written into the audit log."), "good")
    return redirect(url_for("desk_blasts.show", blast_id=blast_id))


@bp.post("/<int:blast_id>/back")
@access.staff(Permission.SEND)
def back(blast_id: int) -> ResponseReturnValue:
    """Make what waits for a second person a draft again."""

    def act() -> Blast:
        note = request.form.get("note", "")
        return releasing.give_back(db.session(), blast_id, note, now=who.now(), actor=who.actor())

    return _moved(blast_id, act, _("It is a draft again."), "desk_writing.edit")


@bp.post("/<int:blast_id>/undo")
@access.staff(Permission.SEND)
def undo(blast_id: int) -> ResponseReturnValue:
    """Take it back before anything has left."""

    def act() -> Blast:
        return releasing.undo(db.session(), blast_id, now=who.now(), actor=who.actor())

    return _moved(blast_id, act, _("Undone: nobody got it. Its words are a draft again."), "desk_writing.edit")


@bp.post("/<int:blast_id>/copy")
@access.staff(Permission.SEND)
def copy(blast_id: int) -> ResponseReturnValue:
    """Begin a new draft with its words; `without` leaves out those who got it."""

    def act() -> Blast:
        found = manuscripts.find(db.session(), blast_id)
        without = "without" in request.form
        return manuscripts.copy(db.session(), *found, now=who.now(), actor=who.actor(), without_those=without)

    return _moved(blast_id, act, _("This is a copy. Nothing is sent by that."), "desk_writing.edit")


@bp.post("/<int:blast_id>/throw-away")
@access.staff(Permission.SEND)
def throw_away(blast_id: int) -> ResponseReturnValue:
    session = db.session()
    try:
        campaign = manuscripts.throw_away(session, blast_id, now=who.now(), actor=who.actor())
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_blasts.show", blast_id=blast_id))
    flash(_("The draft is thrown away."), "good")
    return redirect(url_for("desk_campaigns.plan", slug=campaign.slug))


def undo_until(blast: Blast) -> datetime | None:
    """Return until when a mail just scheduled can surely be undone; None where something has left, or it is no such."""
    session = db.session()
    manuscript = session.get(Manuscript, blast.id)
    if manuscript is None or manuscript.pressed_at is None or not releasing.may_undo(session, blast):
        return None
    undo = timedelta(seconds=preferences.read(session).undo_seconds)
    return max(manuscript.pressed_at + undo, blast.scheduled_at)


def _pressed(blast_id: int, act: Callable[..., Blast]) -> Blast | ResponseReturnValue:
    """Do what was pressed; or return the check again, with what is wrong."""
    session, typed = db.session(), a_number(request.form.get("people", "").replace(",", ""))
    found = _open(blast_id)
    if found is None:
        return redirect(url_for("desk_blasts.show", blast_id=blast_id))
    seen = _inspected(*found)
    if seen.stopped:
        return _page(*found, seen=seen), 422
    try:
        return act(session, blast_id, typed=typed or 0, gateways=current(), settings=settings(), actor=who.actor())
    except (InvalidError, ConflictError) as error:
        session.rollback()
        faults = dict(error.faults) if isinstance(error, InvalidError) else {"people": say(error)}
        found = _open(blast_id)
        if found is None:
            flash(say(error), "warning")
            return redirect(url_for("desk_blasts.show", blast_id=blast_id))
        return _page(*found, faults=faults), 422


def _moved(blast_id: int, act: Callable[[], Blast], said: str, onwards: str) -> ResponseReturnValue:
    try:
        blast_id = act().id
        flash(said, "good")
    except ConflictError as error:
        db.session().rollback()
        flash(say(error), "warning")
        onwards = "desk_blasts.show"
    return redirect(url_for(onwards, blast_id=blast_id))


def _open(blast_id: int) -> tuple[Blast, Manuscript, Campaign] | None:
    session = db.session()
    blast = session.get(Blast, blast_id)
    if blast is None or blast.state not in _OPEN or session.get(Manuscript, blast_id) is None:
        return None
    return manuscripts.find(session, blast_id)


def _inspected(blast: Blast, manuscript: Manuscript, campaign: Campaign) -> Preflight:
    return preflight.inspect(
        db.session(), blast, manuscript, campaign, now=who.now(), writer=current().mails, settings=settings()
    )


def _page(
    blast: Blast,
    manuscript: Manuscript,
    campaign: Campaign,
    *,
    seen: Preflight | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    seen = seen or _inspected(blast, manuscript, campaign)
    someone = audiences.one_by_hand(db.session(), campaign, seen.draft.selection, seen.first)
    names = {f"organiser:{person.id}": person.email for person in organisers.everyone(db.session())}
    return render_template(
        "desk/campaign/send.html",
        blast=blast,
        manuscript=manuscript,
        campaign=campaign,
        seen=seen,
        ask=headcounts.is_old(seen.reach, who.now()),
        subjects=[_subject(campaign, seen.draft, text) for text in (seen.draft.subject, seen.draft.other_subject)],
        person=previews.sample_person(db.session(), someone) if someone else None,
        zones=seen.zones[:_ZONES],
        faults=faults or {},
        settings=settings(),
        asked_by=names.get(manuscript.asked_by or "", manuscript.asked_by),
        grew=approving.GREW,
        mine=manuscript.asked_by == who.actor(),
    )


def _subject(campaign: Campaign, draft: Draft, text: str) -> str:
    """Return a subject with its fields filled, or as it was written where it cannot be."""
    if not text:
        return ""
    try:
        filled = replace(draft, subject=text)
        writer = current().mails
        return blasts.write(
            db.session(), campaign, filled, campaign.language, writer=writer, settings=settings()
        ).subject
    except InvalidError:
        return text
