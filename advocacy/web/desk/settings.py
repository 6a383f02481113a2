"""Settings: who we are, who may sign in, the audit log."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from advocacy.config import MailTransport
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.permissions import OrganiserRole, Permission
from advocacy.models.base import db
from advocacy.models.installation import AuditEntry
from advocacy.models.organiser import Organiser, names_by_actor
from advocacy.operations import organisers
from advocacy.web import access
from advocacy.web import requests as web_requests
from advocacy.web.desk import who
from advocacy.web.desk.deeds import deed
from advocacy.web.desk.forms import a_day
from advocacy.web.sentences import say

bp = Blueprint("desk_settings", __name__, url_prefix="/desk/settings")

_PAGE = 50
_LONGEST_NUMBER = 18


@bp.get("")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    return render_template("desk/settings/identity.html", settings=web_requests.settings())


@bp.get("/people")
@access.staff(Permission.SETTINGS)
def people() -> ResponseReturnValue:
    return _people()


@bp.post("/people")
@access.staff(Permission.SETTINGS)
def invite() -> ResponseReturnValue:
    email = request.form.get("email", "")
    try:
        person, link = organisers.add(
            db.session(),
            email,
            _role(),
            now=who.now(),
            base_url=_base(),
            timezone=web_requests.settings().timezone,
            actor=who.actor(),
        )
    except (ConflictError, InvalidError) as error:
        return _people(fault=say(error), email=email), 422
    flash(_("%(email)s is invited by mail.", email=person.email), "good")
    return _people(link=link if _shows_links() else None)


@bp.post("/people/<int:person_id>/role")
@access.staff(Permission.SETTINGS)
def role(person_id: int) -> ResponseReturnValue:
    return _done(
        person_id,
        lambda person: organisers.give_role(db.session(), person, _role(), now=who.now(), actor=who.actor()),
        _("The role is changed; they sign in anew."),
    )


@bp.post("/people/<int:person_id>/<any(out, in):way>")
@access.staff(Permission.SETTINGS)
def door(person_id: int, way: str) -> ResponseReturnValue:
    """Shut a person out, or let them in again."""
    return _done(
        person_id,
        lambda person: organisers.set_active(
            db.session(), person, active=way == "in", now=who.now(), actor=who.actor()
        ),
        _("They may sign in again.") if way == "in" else _("They are shut out, at once and everywhere."),
    )


@bp.post("/people/<int:person_id>/reset")
@access.staff(Permission.SETTINGS)
def reset(person_id: int) -> ResponseReturnValue:
    person = _person(person_id)
    _person_again, link = organisers.reset(
        db.session(), person.email, now=who.now(), base_url=_base(), actor=who.actor()
    )
    flash(_("%(email)s gets a link for a new password by mail.", email=person.email), "good")
    return _people(link=link if _shows_links() else None)


@bp.get("/audit")
@access.staff(Permission.SETTINGS)
def audit() -> ResponseReturnValue:
    """?what= ?who= ?object= ?from= ?until= ?before=: the audit log, newest first, a page before the entry named."""
    session, zone = db.session(), who.zone()
    said = {name: request.args[name] for name in ("what", "who", "object", "from", "until") if request.args.get(name)}
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(_PAGE + 1)
    for name, column in (("what", AuditEntry.what), ("who", AuditEntry.actor), ("object", AuditEntry.object)):
        if name in said:
            query = query.where(column == said[name])
    if (first := a_day(said.get("from", ""))) is not None:
        query = query.where(AuditEntry.at >= datetime.combine(first, time(), zone))
    if (last := a_day(said.get("until", ""))) is not None:
        query = query.where(AuditEntry.at < datetime.combine(last + timedelta(days=1), time(), zone))
    if before := request.args.get("before", type=_row_number):
        query = query.where(AuditEntry.id < before)
    found = session.scalars(query).all()
    names = names_by_actor(session) | {
        "engine": _("the engine"),
        "cli": _("the command line"),
        "supporter": _("a supporter"),
    }
    kinds = session.scalars(select(AuditEntry.what).distinct().order_by(AuditEntry.what)).all()
    return render_template(
        "desk/settings/audit.html",
        entries=found[:_PAGE],
        more=found[_PAGE - 1].id if len(found) > _PAGE else None,
        kinds=[(kind, deed(kind)) for kind in kinds],
        people=sorted(names.items(), key=lambda each: each[1]),
        said=said,
        names=names,
    )


def _row_number(text: str) -> int:
    """Return the number of a row. Raises ValueError for what is none, however long."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValueError(text)
    return int(text)


def _people(**told: Any) -> str:
    return render_template(
        "desk/settings/people.html",
        people=organisers.everyone(db.session()),
        roles=list(OrganiserRole),
        **({"fault": None, "email": "", "link": None} | told),
    )


def _done(person_id: int, act: Any, said: str) -> ResponseReturnValue:
    person = _person(person_id)
    try:
        act(person)
        flash(said, "good")
    except ConflictError as error:
        db.session.rollback()
        flash(say(error), "warning")
    return redirect(url_for("desk_settings.people"))


def _person(person_id: int) -> Organiser:
    person = db.session.get(Organiser, person_id)
    if person is None:
        raise NotFoundError(_("Nobody of this number signs in here."))
    return person


def _role() -> OrganiserRole:
    said = request.form.get("role", "")
    return OrganiserRole(said) if said in set(OrganiserRole) else OrganiserRole.VIEWER


def _base() -> str:
    return web_requests.settings().base_url


def _shows_links() -> bool:
    """With the local mailbox nothing really leaves, so the link is shown to be passed on by hand."""
    return web_requests.settings().mail_transport is MailTransport.MAILBOX
