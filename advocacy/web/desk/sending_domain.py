"""Settings: the domain mails come from, what mailbox providers look for there, and the trial until it is all there."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.config import MailTransport
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.models.base import db
from advocacy.operations import sending_domain
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_domain", __name__, url_prefix="/desk/settings/domain")


@bp.get("")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    return _page()


@bp.post("")
@access.staff(Permission.SETTINGS)
def look() -> ResponseReturnValue:
    """Leave word that a worker looks at the records."""
    selector = request.form.get("selector", "")
    try:
        sending_domain.ask(db.session(), settings(), selector=selector, now=who.now())
    except InvalidError as error:
        return _page(fault=say(error)), 422
    flash(_("A worker looks now. Load this page again in a moment."), "good")
    return redirect(url_for("desk_domain.show"))


@bp.post("/release")
@access.staff(Permission.SETTINGS)
def release() -> ResponseReturnValue:
    """End the trial though the records are not all there."""
    try:
        sending_domain.release(db.session(), settings(), now=who.now(), actor=who.actor())
        flash(_("The trial is over: mail goes to everyone it is for."), "good")
    except ConflictError as error:
        db.session.rollback()
        flash(say(error), "warning")
    return redirect(url_for("desk_domain.show"))


def _page(fault: str = "") -> str:
    return render_template(
        "desk/settings/domain.html",
        standing=sending_domain.standing(db.session(), settings()),
        leaves=settings().mail_transport is not MailTransport.MAILBOX,
        fault=fault,
    )
