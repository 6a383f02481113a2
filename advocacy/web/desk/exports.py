"""Lists of supporters taken out: whom, the password again, made in the background, there for a day."""

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.errors import ConflictError
from advocacy.domain.exporting import COLUMNS, ExportState
from advocacy.domain.permissions import Permission
from advocacy.models import people
from advocacy.models.base import db
from advocacy.models.supporter_export import SupporterExport
from advocacy.operations import exports
from advocacy.web import access
from advocacy.web.desk import choosing, who
from advocacy.web.sentences import say

bp = Blueprint("desk_exports", __name__, url_prefix="/desk/supporters/exports")

_LISTED = 20


@bp.get("")
@access.staff(Permission.EXPORT)
@access.fresh
def asking() -> ResponseReturnValue:
    """Say what the file will hold, and for how long it is there."""
    session, wanted = db.session(), choosing.selection_of(request.args)
    return render_template(
        "desk/export/ask.html",
        people=people.counted(session, wanted),
        most=people.MOST_COUNTED,
        expression=wanted.expression(),
        args=choosing.args_of(wanted),
        columns=COLUMNS,
        hours=exports.LIFE.total_seconds() // 3600,
        made=exports.latest(session, _LISTED),
    )


@bp.post("")
@access.staff(Permission.EXPORT)
@access.fresh
def order() -> ResponseReturnValue:
    session, wanted = db.session(), choosing.selection_of(request.args)
    try:
        made = exports.order(session, wanted, now=who.now(), actor=who.actor())
    except ConflictError as error:
        flash(say(error), "warning")
        return redirect(url_for("desk_exports.asking", **choosing.args_of(wanted)))
    return _to(made)


@bp.get("/<export_uid>")
@access.staff(Permission.EXPORT)
def show(export_uid: str) -> ResponseReturnValue:
    return render_template("desk/export/show.html", **_facts(export_uid))


@bp.get("/<export_uid>/progress")
@access.staff(Permission.EXPORT)
def progress(export_uid: str) -> ResponseReturnValue:
    """The part of the page that renews itself."""
    return render_template("desk/export/_progress.html", **_facts(export_uid))


@bp.get("/<export_uid>/supporters.csv")
@access.staff(Permission.EXPORT)
@access.fresh
def download(export_uid: str) -> ResponseReturnValue:
    """The whole file; its length is told first, so that one that was cut off on its way is seen to be."""
    session = db.session()
    found = exports.by_uid(session, export_uid)
    content = exports.content(session, found, who.now())
    who.looked("supporters.downloaded", f"export:{found.id}")
    return Response(
        stream_with_context(content),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="supporters-{found.id}.csv"',
            "Content-Length": str(found.size),
            "Cache-Control": "no-store",
        },
    )


@bp.post("/<export_uid>/delete")
@access.staff(Permission.EXPORT)
def delete(export_uid: str) -> ResponseReturnValue:
    session = db.session()
    exports.delete(session, exports.by_uid(session, export_uid), now=who.now(), actor=who.actor())
    flash(_("The file is deleted."), "good")
    return redirect(url_for("desk_supporters.show"))


def _facts(export_uid: str) -> dict[str, object]:
    found = exports.by_uid(db.session(), export_uid)
    gone = found.expires_at is not None and found.expires_at <= who.now()
    state = ExportState.GONE if gone else found.state
    return {"export": found, "state": state, "over": state is not ExportState.MAKING}


def _to(found: SupporterExport) -> ResponseReturnValue:
    return redirect(url_for("desk_exports.show", export_uid=found.uid))
