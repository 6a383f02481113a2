"""Settings: my own sign-in: password, second step, where I am signed in, my time zone."""

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, refresh
from flask_babel import gettext as _
from flask_security import login_user

from advocacy.domain import zones
from advocacy.domain.errors import InvalidError
from advocacy.domain.permissions import Permission
from advocacy.models.base import db
from advocacy.operations import desk_sessions, organisers
from advocacy.web import access, security
from advocacy.web.desk import who
from advocacy.web.locale import COOKIE, DESK
from advocacy.web.sentences import say

bp = Blueprint("desk_me", __name__, url_prefix="/desk/settings/me")


@bp.get("")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    return _page(None)


@bp.post("/password")
@access.staff(Permission.READ)
def password() -> ResponseReturnValue:
    """A new password, against the old one where there is one. All other sessions end."""
    person, session, now = who.me(), db.session(), who.now()
    old = request.form.get("old", "")
    if organisers.too_many(session, person.email, organisers.PASSWORDS, now):
        return _page(_("Too many wrong tries. Wait an hour, then try again.")), 429
    if person.password and not person.verify_and_update_password(old):
        organisers.failed(session, person.email, now=now)
        return _page(_("This is not your present password.")), 422
    try:
        organisers.set_password(session, person, request.form.get("password", ""), now=now)
    except InvalidError as error:
        session.rollback()
        return _page(say(error)), 422
    desk_sessions.end_all(session, person, now=now)
    login_user(person)
    flash(_("Your password is changed. Everywhere else you are signed out."), "good")
    return redirect(url_for("desk_me.show"))


@bp.post("/sessions/<int:session_id>/end")
@access.staff(Permission.READ)
def end(session_id: int) -> ResponseReturnValue:
    """Sign me out somewhere else. One of somebody else's is no number I know."""
    desk_sessions.end(db.session(), who.me(), session_id, now=who.now())
    flash(_("That session is over."), "good")
    return redirect(url_for("desk_me.show", _anchor="sessions"))


@bp.post("/zone")
@access.staff(Permission.READ)
def zone() -> ResponseReturnValue:
    wanted = request.form.get("timezone", "")
    if wanted not in zones.known():
        raise InvalidError(_("Choose a time zone from the list."))
    organisers.set_zone(db.session(), who.me(), wanted)
    flash(_("Times are shown in %(zone)s.", zone=wanted), "good")
    return redirect(url_for("desk_me.show"))


@bp.post("/language")
@access.staff(Permission.READ)
def language() -> ResponseReturnValue:
    wanted = request.form.get("language", "")
    if wanted not in DESK:
        raise InvalidError(_("Choose a language from the list."))
    organisers.set_language(db.session(), who.me(), wanted)
    browser_session[COOKIE] = wanted
    refresh()
    flash(_("The desk is in English from now on."), "good")
    return redirect(url_for("desk_me.show"))


def _page(fault: str | None) -> str:
    me = who.me()
    return render_template(
        "desk/settings/me.html",
        me=me,
        fault=fault,
        languages=[(tag, Locale(tag).display_name) for tag in DESK],
        language=str(get_locale()).partition("_")[0],
        zones=sorted(zones.known()),
        sessions=desk_sessions.going_on(db.session(), me, now=who.now()),
        this_session=security.this_session(),
    )
