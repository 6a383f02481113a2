"""One mail to one audience on the desk: how far it is, pause, resume, cancel, held requests, who was left out and why."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from advocacy.domain.blast import ENDED, BlastState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.domain.selection import Selection
from advocacy.models.base import db
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.manuscript import Manuscript
from advocacy.models.progress import progress_of
from advocacy.operations import again, blast_moves, explaining, trying
from advocacy.operations.blast_moves import Decision
from advocacy.web import access
from advocacy.web.desk import agenda, counting, mails, previews, sending, trouble, who, writing
from advocacy.web.desk.words import mail_name
from advocacy.web.sentences import say

bp = Blueprint("desk_blasts", __name__, url_prefix="/desk/blasts")

_LATE = timedelta(hours=24)
_MOST_HELD = 50


@bp.get("/<int:blast_id>")
@access.staff(Permission.READ)
def show(blast_id: int) -> ResponseReturnValue:
    session = db.session()
    blast, campaign = _found(blast_id)
    manuscript = session.get(Manuscript, blast_id)
    if writing.draft_there(blast_id) is not None and who.me().may(Permission.SEND):
        return redirect(url_for("desk_writing.edit", blast_id=blast_id))
    words = previews.filled(previews.blast_words(session, blast, campaign, campaign.language), campaign, None)
    held = session.scalars(
        select(Dispatch)
        .where(Dispatch.blast_id == blast_id, Dispatch.state == DispatchState.AMBIGUOUS)
        .order_by(Dispatch.no)
        .limit(_MOST_HELD)
    ).all()
    return render_template(
        "desk/blast.html",
        held=held,
        again=again.may_go_again(session, blast, campaign, who.now()),
        words=words,
        name=words.subject if blast.rule == "manual" else mail_name(blast.rule),
        by_hand=manuscript,
        trial=trying.trial(session, blast, manuscript) if manuscript and _tries(blast) else None,
        rest=session.scalar(select(Blast.id).where(Blast.supersedes == blast_id)),
        **_state(blast, campaign),
    )


@bp.get("/<int:blast_id>/progress")
@access.staff(Permission.READ)
def progress(blast_id: int) -> ResponseReturnValue:
    """The part of the page that moves, for the script that renews it."""
    blast, campaign = _found(blast_id)
    return render_template("desk/blast_progress.html", **_state(blast, campaign))


@bp.get("/<int:blast_id>/left-out")
@access.staff(Permission.READ)
def left_out(blast_id: int) -> ResponseReturnValue:
    """Who of the campaign's people does not get this mail, by reason."""
    session = db.session()
    blast, campaign = _found(blast_id)
    recorded = progress_of(session, [blast.id])[blast.id].left_out
    return render_template(
        "desk/left_out.html",
        blast=blast,
        campaign=campaign,
        name=mail_name(blast.rule),
        recorded=[(explaining.reason_sentence(reason), people) for reason, people in sorted(recorded.items())],
        **counting.of_mail(blast, campaign),
    )


@bp.get("/<int:blast_id>/mail")
@access.staff(Permission.READ)
def mail(blast_id: int) -> ResponseReturnValue:
    """The mail itself, for a frame that runs nothing; ?language=, ?person=, ?part=text."""
    blast, campaign = _found(blast_id)
    language = request.args.get("language", campaign.language)
    named = request.args.get("person", "") if who.me().may(Permission.SUPPORTERS) else ""
    person = previews.by_uid(db.session(), named)
    words = previews.filled(previews.blast_words(db.session(), blast, campaign, language), campaign, person)
    return previews.as_text(words.text) if request.args.get("part") == "text" else previews.framed(words.html)


@bp.get("/<int:blast_id>/cancel")
@access.staff(Permission.SEND)
def cancelling(blast_id: int) -> ResponseReturnValue:
    """Say what cancelling does, and to how many, before it is done."""
    blast, campaign = _found(blast_id)
    return render_template("desk/blast_cancel.html", name=mail_name(blast.rule), **_state(blast, campaign))


@bp.post("/<int:blast_id>/<any(pause, resume, cancel, late):act>")
@access.staff(Permission.SEND)
def move(blast_id: int, act: str) -> ResponseReturnValue:
    """Pause, resume, cancel, or send a missed mail late."""
    session, now, actor = db.session(), who.now(), who.actor()
    _found(blast_id)
    try:
        if act == "late":
            blast_moves.send_late(session, blast_id, now=now, send_by=now + _LATE, actor=actor)
        else:
            moves = {"pause": blast_moves.pause, "resume": blast_moves.resume, "cancel": blast_moves.cancel}
            moves[act](session, blast_id, now=now, actor=actor)
        flash(_SAID[act](), "good")
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
    return redirect(url_for("desk_blasts.show", blast_id=blast_id))


@bp.post("/<int:blast_id>/again")
@access.staff(Permission.SEND)
def send_again(blast_id: int) -> ResponseReturnValue:
    """Write to those whom a missed, cancelled or expired mail did not reach."""
    session = db.session()
    _found(blast_id)
    try:
        blast_id = again.send_again(session, blast_id, now=who.now(), actor=who.actor()).id
        flash(_("It goes out now to those who did not get it."), "good")
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
    return redirect(url_for("desk_blasts.show", blast_id=blast_id))


@bp.post("/<int:blast_id>/held/<int:no>")
@access.staff(Permission.SEND)
def decide(blast_id: int, no: int) -> ResponseReturnValue:
    """Settle a held request: send it again, or leave it."""
    session = db.session()
    _found(blast_id)
    decision = Decision.RESEND if request.form.get("decision") == Decision.RESEND else Decision.LEAVE
    try:
        blast_moves.decide(session, blast_id, no, decision, now=who.now(), actor=who.actor())
        flash(_("Decided, and written into the audit log."), "good")
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
    return redirect(url_for("desk_blasts.show", blast_id=blast_id))


_SAID = {
    "pause": lambda: _("Paused. No further request of it begins."),
    "resume": lambda: _("It goes on."),
    "cancel": lambda: _("Cancelled. What had left cannot be taken back."),
    "late": lambda: _("It goes out now."),
}


def _found(blast_id: int) -> tuple[Blast, Campaign]:
    session = db.session()
    blast = session.get(Blast, blast_id)
    if blast is None:
        raise NotFoundError(_("There is no such mail."))
    return blast, session.get_one(Campaign, blast.campaign_id)


def _tries(blast: Blast) -> bool:
    return Selection.from_json(blast.audience).share is not None


def _state(blast: Blast, campaign: Campaign) -> dict[str, object]:
    session, now = db.session(), who.now()
    counted = progress_of(session, [blast.id])[blast.id]
    why_not = _why_not(blast, campaign)
    moves = blast.state is BlastState.SENDING and why_not is None
    per_minute, ends_at = agenda.pace(session, blast.id, now) if moves else (0, None)
    return {
        "blast": blast,
        "campaign": campaign,
        "progress": counted,
        "expected": next((line.people for line in mails.lines(session, campaign, now) if line.blast_id == blast.id), 0)
        if not counted.planned
        else 0,
        "over": blast.state in ENDED,
        "undo_until": sending.undo_until(blast),
        "ended": ENDED,
        "why_not": why_not,
        "per_minute": per_minute,
        "ends_at": ends_at,
    }


def _why_not(blast: Blast, campaign: Campaign) -> str | None:
    if blast.state in {*ENDED, BlastState.DRAFT, BlastState.PROPOSED, BlastState.SCHEDULED}:
        return None
    session = db.session()
    return trouble.why_not(campaign, blast, trouble.engine_trouble(session, who.now()))
