"""Settings: the embassies that get copies, by the country where supporters live."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models import posting as kept
from advocacy.models.base import db
from advocacy.models.posting import Embassy
from advocacy.operations import embassies
from advocacy.operations.embassies import Typed
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.forms import split
from advocacy.web.public import choices
from advocacy.web.sentences import say

bp = Blueprint("desk_embassies", __name__, url_prefix="/desk/settings/embassies")


@bp.get("")
@access.staff(Permission.READ)
def listed() -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "desk/settings/embassies.html", rows=kept.embassies(session), removed=kept.embassies(session, removed=True)
    )


@bp.get("/new")
@access.staff(Permission.EDIT)
def new() -> ResponseReturnValue:
    return _form(None, {})


@bp.post("/new")
@access.staff(Permission.EDIT)
def add() -> ResponseReturnValue:
    return _kept(None)


@bp.get("/<int:embassy_id>")
@access.staff(Permission.EDIT)
def show(embassy_id: int) -> ResponseReturnValue:
    return _form(embassies.find(db.session(), embassy_id), {})


@bp.post("/<int:embassy_id>")
@access.staff(Permission.EDIT)
def change(embassy_id: int) -> ResponseReturnValue:
    return _kept(embassy_id)


@bp.post("/<int:embassy_id>/<any(off, undo):step>")
@access.staff(Permission.EDIT)
def move(embassy_id: int, step: str) -> ResponseReturnValue:
    """Take an embassy off the list, or undo the last thing done to it."""
    session = db.session()
    row = embassies.find(session, embassy_id)
    try:
        act = embassies.take_off if step == "off" else embassies.undo
        act(session, row, clock=current().clock, actor=who.actor())
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_embassies.listed"))
    if step == "off":
        flash(_("%(name)s is off the list. You can put it back below.", name=row.name), "good")
    else:
        flash(_("Undone: %(name)s is as it was.", name=row.name), "good")
    return redirect(url_for("desk_embassies.listed"))


def _kept(embassy_id: int | None) -> ResponseReturnValue:
    session = db.session()
    row = embassies.find(session, embassy_id) if embassy_id is not None else None
    try:
        embassies.keep(session, row, _typed(), clock=current().clock, actor=who.actor())
    except InvalidError as error:
        session.rollback()
        return _form(embassies.find(session, embassy_id) if embassy_id is not None else None, error.faults), 422
    flash(_("Saved. Campaigns that write to its country copy it from now on."), "good")
    return redirect(url_for("desk_embassies.listed"))


def _typed() -> Typed:
    form = request.form
    return Typed(
        of_country=form.get("of_country", ""),
        name=form.get("name", ""),
        country=form.get("country", ""),
        for_countries=[code.upper() for code in split(form.get("for_countries", ""), ",")],
        salutation=form.get("salutation", ""),
        postal_lines=split(form.get("postal_lines", "")),
        emails=split(form.get("emails", "")),
        phones=split(form.get("phones", "")),
        faxes=split(form.get("faxes", "")),
        web_form=form.get("web_form", "").strip(),
    )


def _form(row: Embassy | None, faults: dict[str, str]) -> str:
    return render_template(
        "desk/settings/embassy.html",
        row=row,
        faults=faults,
        form=request.form if faults else None,
        countries=choices.countries(),
    )
