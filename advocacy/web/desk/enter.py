"""The single-use link: an invitation, a reset, a one-time sign-in. GET shows one button, POST acts."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import login_user

from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.operations import organisers
from advocacy.operations.organisers import Entry, LinkPurpose
from advocacy.web.access import public
from advocacy.web.sentences import say

bp = Blueprint("desk_enter", __name__, url_prefix="/desk")


@bp.get("/enter/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    try:
        entry = organisers.entry(db.session(), token, current().clock.now())
    except NotFoundError:
        return render_template("desk/sign_in/spent.html"), 404
    return render_template("desk/sign_in/enter.html", entry=entry, token=token, fault=None)


@bp.post("/enter/<token>")
@public
def enter(token: str) -> ResponseReturnValue:
    session, now = db.session(), current().clock.now()
    try:
        entry = organisers.enter(session, token, now=now, password=request.form.get("password"))
    except NotFoundError:
        return render_template("desk/sign_in/spent.html"), 404
    except InvalidError as error:
        entry = organisers.entry(session, token, now)
        return render_template("desk/sign_in/enter.html", entry=entry, token=token, fault=say(error)), 422
    return _go_on(entry)


def _go_on(entry: Entry) -> ResponseReturnValue:
    """A reset, or a link for somebody with a second factor, ends at the sign-in page: no link replaces a factor."""
    if entry.purpose is LinkPurpose.RESET or entry.organiser.tf_primary_method:
        flash(_("Now sign in with your password."), "good")
        return redirect(url_for("security.login"))
    login_user(entry.organiser)
    return redirect(url_for("desk_today.show"))
