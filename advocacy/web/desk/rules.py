"""Settings: what the organisation decides once for all campaigns."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.cadence import QuietHours
from advocacy.domain.errors import InvalidError
from advocacy.domain.permissions import Permission
from advocacy.domain.preferences import Preferences
from advocacy.models.base import db
from advocacy.operations import preferences
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.forms import a_number, a_time

bp = Blueprint("desk_rules", __name__, url_prefix="/desk/settings/rules")

_NUMBERS = (
    "cap_hours",
    "type_from",
    "approve_from",
    "undo_seconds",
    "keep_reports_days",
    "keep_left_days",
    "keep_mails_days",
)


@bp.get("")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    kept = preferences.read(db.session()).as_json()
    said = {name: str(kept[name]) for name in _NUMBERS}
    return _page(said | {"quiet_start": kept["quiet"]["start"], "quiet_end": kept["quiet"]["end"]})


@bp.post("")
@access.staff(Permission.SETTINGS)
def change() -> ResponseReturnValue:
    said = request.form.to_dict()
    try:
        preferences.change(db.session(), _wanted(said), now=who.now(), actor=who.actor())
    except InvalidError as error:
        return _page(said, dict(error.faults)), 422
    flash(_("The rules are kept. Campaigns that exist keep the hours they have."), "good")
    return redirect(url_for("desk_rules.show"))


def _wanted(said: dict[str, str]) -> Preferences:
    """Return the rules the form asks for. Raises InvalidError naming each field that is none."""
    numbers = {name: a_number(said.get(name, "")) for name in _NUMBERS}
    start, end = a_time(said.get("quiet_start", "")), a_time(said.get("quiet_end", ""))
    faults = {name: _("Give a whole number.") for name, number in numbers.items() if number is None}
    if start is None or end is None:
        faults["quiet_start" if start is None else "quiet_end"] = _("Give a time such as 21:00.")
    if faults or start is None or end is None:
        raise InvalidError(_("Some of these are missing."), faults=faults)
    return Preferences(quiet=QuietHours(start, end), **{name: number or 0 for name, number in numbers.items()})


def _page(said: dict[str, str], faults: dict[str, Any] | None = None) -> str:
    return render_template("desk/settings/rules.html", said=said, faults=faults or {})
