"""Leaving and choosing less: /unsubscribe (with the one-click POST of RFC 8058) and /preferences."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.keys import Purpose
from advocacy.domain.links import leaving as opened_by
from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.gateways import current, faults
from advocacy.models import campaign as campaigns
from advocacy.models.base import db, keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter
from advocacy.operations import leaving
from advocacy.web.access import public
from advocacy.web.public import choices
from advocacy.web.requests import settings

bp = Blueprint("unsubscribe", __name__)

ANSWER = "You are unsubscribed. No more mail will be sent to you. One that is already on its way may still arrive.\n"
_FROM_PAGE = "page"
_ALERTS = "alerts"
_STOP = "stop"


@bp.get("/unsubscribe/<token>")
@public
def page(token: str) -> ResponseReturnValue:
    supporter_id = _supporter_id(token)
    gets = _now_gets(supporter_id)
    return render_template("public/unsubscribe.html", token=token, others=_others(supporter_id, gets["gets"]), **gets)


@bp.post("/unsubscribe/<token>")
@public
def one_click(token: str) -> ResponseReturnValue:
    """Stop all mail, whatever the body says: it may come from a mail program (RFC 8058), without cookie or token.

    Only a press on our own page, which names itself, gets a page back and may end one action alone.
    """
    supporter_id = _supporter_id(token)
    if request.form.get("from") != _FROM_PAGE:
        _stop_all(supporter_id, "one-click")
        return Response(ANSWER, content_type="text/plain; charset=utf-8")
    one = request.form.get("only", "")
    if one:
        campaign = db.session().get(Campaign, int(one)) if one.isascii() and one.isdigit() and len(one) < 15 else None
        if campaign is None:
            raise InvalidError(_("That is not one of your subscriptions."))
        left = leaving.stop_campaign(
            db.session(), supporter_id, campaign.id, source="/unsubscribe", clock=current().clock
        )
        return _stopped(token, supporter_id, left, campaign)
    return _stopped(token, supporter_id, _stop_all(supporter_id, "/unsubscribe"), None)


@bp.post("/unsubscribe/<token>/undo")
@public
def undo(token: str) -> ResponseReturnValue:
    supporter_id = _supporter_id(token)
    subject = keys_of(db.session()).subject_of(Purpose.FORM, request.form.get("undo", "")) or ""
    kind, _dot, rest = subject.partition(".")
    owner, _dot, micros = rest.partition(".")
    if kind != "undo" or owner != str(supporter_id):
        raise NotFoundError(_("There is nothing to take back here."))
    left_at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros))
    done = leaving.undo(db.session(), supporter_id, left_at, source="/unsubscribe", clock=current().clock)
    _speak(supporter_id)
    return render_template("public/undone.html", token=token, done=done)


@bp.get("/preferences/<token>")
@public
def preferences(token: str) -> ResponseReturnValue:
    supporter_id = _supporter_id(token)
    return render_template(
        "public/preferences.html",
        token=token,
        languages=choices.languages(),
        zones=choices.zones(),
        saved="saved" in request.args,
        **_now_gets(supporter_id),
    )


@bp.post("/preferences/<token>")
@public
def choose(token: str) -> ResponseReturnValue:
    supporter_id = _supporter_id(token)
    _speak(supporter_id)
    wanted = {
        _campaign_id(name.removeprefix("for-")): _reminders(value)
        for name, value in request.form.items()
        if name.startswith("for-")
    }
    language, zone = request.form.get("language", ""), request.form.get("timezone", "")
    leaving.set_preferences(
        db.session(),
        supporter_id,
        wanted,
        language=language if language in settings().languages else None,
        zone=zone if any(zone == name for places in choices.zones().values() for name, _city in places) else None,
        source="/preferences",
        clock=current().clock,
    )
    return redirect(url_for("unsubscribe.preferences", token=token, saved=1), 303)


def _supporter_id(token: str) -> int:
    found = opened_by(keys_of(db.session()), token)
    if found is None:
        raise NotFoundError(_("There is no page here. The address may be incomplete; copy it whole from the mail."))
    return found


def _stop_all(supporter_id: int, source: str) -> leaving.Left:
    limit = settings().request_timeout
    left = leaving.stop_all(db.session(), supporter_id, source=source, clock=current().clock, limit=limit)
    faults.point("web.unsub.before_response")
    return left


def _stopped(token: str, supporter_id: int, left: leaving.Left, campaign: Campaign | None) -> ResponseReturnValue:
    _speak(supporter_id)
    undo_token = ""
    if left.at is not None:
        micros = (left.at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
        undo_token = keys_of(db.session()).token(Purpose.FORM, f"undo.{supporter_id}.{micros}")
    return render_template("public/stopped.html", token=token, campaign=campaign, undo=undo_token, clear=left.clear)


def _now_gets(supporter_id: int) -> dict[str, Any]:
    """Return what the two pages show: what a person gets now, without a word about who they are."""
    _speak(supporter_id)
    session = db.session()
    supporter = session.get(Supporter, supporter_id)
    gets = leaving.choices(session, supporter_id) if supporter else []
    return {
        "gets": gets,
        "titles": campaigns.all_of(session, [choice.campaign_id for choice in gets if choice.campaign_id]),
        "active": supporter is not None and supporter.state in {SupporterState.ACTIVE, SupporterState.PENDING},
    }


def _others(supporter_id: int, gets: Sequence[leaving.Choice]) -> list[Campaign]:
    """Return the running campaigns that somebody on the alert list gets mails of, besides those they chose themselves."""
    if not any(choice.campaign_id is None for choice in gets):
        return []
    session = db.session()
    known = {choice.campaign_id for choice in gets} | leaving.left_campaigns(session, supporter_id)
    ids = [id_ for id_ in campaigns.running(session, current().clock.now()) if id_ not in known]
    return list(campaigns.all_of(session, ids).values())


def _speak(supporter_id: int) -> None:
    supporter = db.session().get(Supporter, supporter_id)
    if supporter is not None:
        g.language = supporter.language


def _campaign_id(text: str) -> int | None:
    if text == _ALERTS:
        return None
    if text.isascii() and text.isdigit() and len(text) < 15:
        return int(text)
    raise InvalidError(_("That is not one of your subscriptions."))


def _reminders(text: str) -> Reminders | None:
    if text == _STOP:
        return None
    try:
        return Reminders(text)
    except ValueError:
        raise InvalidError(_("Choose one of the list.")) from None
