"""Tags for all supporters of the list: the number is named before, the change runs behind, and it can be undone."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.domain.selection import Selection
from advocacy.domain.tagging import AT_WORK
from advocacy.models import people
from advocacy.models.base import db
from advocacy.models.tagging import Tagging
from advocacy.operations import supporter_counts, tagging
from advocacy.web import access
from advocacy.web.desk import choosing, who
from advocacy.web.sentences import say

bp = Blueprint("desk_tagging", __name__, url_prefix="/desk/supporters/tags")


@bp.get("")
@access.staff(Permission.SUPPORTERS)
def asking() -> ResponseReturnValue:
    return _ask(choosing.selection_of(request.args), None)


@bp.post("")
@access.staff(Permission.SUPPORTERS)
def order() -> ResponseReturnValue:
    wanted, form = choosing.selection_of(request.args), request.form
    adds = form.get("way") != "take"
    try:
        made = tagging.order(db.session(), wanted, form.get("tag", ""), adds=adds, now=who.now(), actor=who.actor())
    except InvalidError as error:
        return _ask(wanted, say(error)), 422
    return _to(made)


@bp.get("/<tagging_uid>")
@access.staff(Permission.SUPPORTERS)
def show(tagging_uid: str) -> ResponseReturnValue:
    return render_template("desk/tagging/show.html", **_facts(tagging_uid))


@bp.get("/<tagging_uid>/progress")
@access.staff(Permission.SUPPORTERS)
def progress(tagging_uid: str) -> ResponseReturnValue:
    """The part of the page that renews itself."""
    return render_template("desk/tagging/_progress.html", **_facts(tagging_uid))


@bp.post("/<tagging_uid>/undo")
@access.staff(Permission.SUPPORTERS)
def undo(tagging_uid: str) -> ResponseReturnValue:
    session = db.session()
    found = tagging.by_uid(session, tagging_uid)
    try:
        tagging.undo(session, found, now=who.now(), actor=who.actor())
    except ConflictError as error:
        flash(say(error), "warning")
    return _to(found)


def _ask(wanted: Selection, fault: str | None) -> str:
    session = db.session()
    return render_template(
        "desk/tagging/ask.html",
        people=people.counted_exactly(session, wanted),
        expression=wanted.expression(),
        args=choosing.args_of(wanted),
        tags=[tag for tag, _number in supporter_counts.summary(session).values("tag")],
        tag=request.form.get("tag", ""),
        fault=fault,
    )


def _facts(tagging_uid: str) -> dict[str, object]:
    found = tagging.by_uid(db.session(), tagging_uid)
    return {
        "tagging": found,
        "args": choosing.args_of(Selection.from_json(found.selection)),
        "over": found.state not in AT_WORK,
        "may_undo": tagging.may_undo(found, who.now()),
    }


def _to(found: Tagging) -> ResponseReturnValue:
    return redirect(url_for("desk_tagging.show", tagging_uid=found.uid))
