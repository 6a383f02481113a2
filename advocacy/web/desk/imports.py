"""Lists of supporters taken in: hand in a file, name its columns, see its faults and numbers, take it in, undo it."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.csv_text import CHARSETS, DELIMITERS, BrokenFileError, written
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.import_cells import Person, Refused
from advocacy.domain.importing import WORKING, Column, ImportState
from advocacy.domain.permissions import Permission
from advocacy.models.base import db
from advocacy.models.supporter_import import SupporterImport
from advocacy.operations import imports
from advocacy.operations.imports import Terms
from advocacy.web import access
from advocacy.web import requests as web_requests
from advocacy.web.desk import import_words, who
from advocacy.web.desk.forms import a_number
from advocacy.web.sentences import say

bp = Blueprint("desk_imports", __name__, url_prefix="/desk/supporters/imports")

_LISTED = 50
_SAMPLES = 4
_FAULTY_SHOWN = 10
_GOOD_SHOWN = 5
_ROWS_A_PIECE = 500


@bp.get("")
@access.staff(Permission.SUPPORTERS)
def listed() -> ResponseReturnValue:
    return _listed(None)


@bp.post("")
@access.staff(Permission.SUPPORTERS)
def hand_in() -> ResponseReturnValue:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _listed(_("Choose a file first.")), 422
    try:
        made = imports.take(db.session(), file.stream, file.filename, now=who.now(), actor=who.actor())
    except InvalidError as error:
        return _listed(say(error)), 422
    return _to(made)


@bp.get("/<import_uid>")
@access.staff(Permission.SUPPORTERS)
def show(import_uid: str) -> ResponseReturnValue:
    found = imports.by_uid(db.session(), import_uid)
    if found.state is ImportState.ARRIVED:
        return _columns(found, {})
    return _shown(found, {})


@bp.get("/<import_uid>/columns")
@access.staff(Permission.SUPPORTERS)
def correcting(import_uid: str) -> ResponseReturnValue:
    """The columns again, after the check; nothing of it is lost until they are sent."""
    found = imports.by_uid(db.session(), import_uid)
    return _columns(found, {}) if found.state in {ImportState.ARRIVED, ImportState.CHECKED} else _to(found)


@bp.post("/<import_uid>/columns")
@access.staff(Permission.SUPPORTERS)
def set_columns(import_uid: str) -> ResponseReturnValue:
    session = db.session()
    found = imports.by_uid(session, import_uid)
    chosen, faults = _chosen(request.form)
    try:
        if not faults:
            imports.set_columns(
                session,
                found,
                chosen,
                charset=request.form.get("charset", found.charset),
                delimiter=request.form.get("delimiter", found.delimiter),
            )
            return _to(found)
    except InvalidError as error:
        faults = {"columns": say(error)}
    return _columns(found, faults, chosen), 422


@bp.get("/<import_uid>/progress")
@access.staff(Permission.SUPPORTERS)
def progress(import_uid: str) -> ResponseReturnValue:
    """The part of the page that renews itself."""
    found = imports.by_uid(db.session(), import_uid)
    return render_template("desk/import/_progress.html", import_=found, over=found.state not in WORKING, fresh=True)


@bp.post("/<import_uid>/begin")
@access.staff(Permission.SUPPORTERS)
def begin(import_uid: str) -> ResponseReturnValue:
    session, form = db.session(), request.form
    found = imports.by_uid(session, import_uid)
    terms = Terms(form.get("basis", ""), alerts=form.get("alerts") == "yes", tags=form.get("tags", ""))
    try:
        imports.begin(session, found, terms, now=who.now(), actor=who.actor(), settings=web_requests.settings())
    except InvalidError as error:
        return _shown(found, error.faults, form), 422
    return _to(found)


@bp.post("/<import_uid>/discard")
@access.staff(Permission.SUPPORTERS)
def discard(import_uid: str) -> ResponseReturnValue:
    session = db.session()
    found = imports.by_uid(session, import_uid)
    try:
        imports.discard(session, found, now=who.now())
        flash(_("The file is dropped. Nobody of it was added."), "good")
    except ConflictError as error:
        flash(say(error), "warning")
    return redirect(url_for("desk_imports.listed"))


@bp.get("/<import_uid>/undo")
@access.staff(Permission.SUPPORTERS)
def undoing(import_uid: str) -> ResponseReturnValue:
    """Say what undoing takes back before it is done."""
    found = imports.by_uid(db.session(), import_uid)
    if not imports.may_undo(found, who.now()):
        return _to(found)
    return render_template("desk/import/undo.html", import_=found)


@bp.post("/<import_uid>/undo")
@access.staff(Permission.SUPPORTERS)
def undo(import_uid: str) -> ResponseReturnValue:
    session = db.session()
    found = imports.by_uid(session, import_uid)
    try:
        imports.undo(session, found, now=who.now(), actor=who.actor())
    except ConflictError as error:
        flash(say(error), "warning")
    return _to(found)


@bp.get("/<import_uid>/refused.csv")
@access.staff(Permission.SUPPORTERS)
def refused(import_uid: str) -> ResponseReturnValue:
    """The rows that were not taken, each with its line and the reasons, for mending and handing in again."""
    found = imports.by_uid(db.session(), import_uid)
    return Response(
        stream_with_context(refused_csv(imports.refused(db.session(), found))),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="refused-{found.id}.csv"',
            "Cache-Control": "no-store",
        },
    )


def refused_csv(rows: Iterator[Refused]) -> Iterator[str]:
    """Yield the CSV of refused rows, the header first."""
    words = import_words.faults()
    header = next(rows, None)
    if header is None:
        return
    yield "\ufeff" + written([[_("Line"), _("What is wrong"), *header.cells]])
    while some := list(islice(rows, _ROWS_A_PIECE)):
        yield written([[each.line, _reasons(each, header.cells, words), *each.cells] for each in some])


def _reasons(row: Refused, header: tuple[str, ...], words: Mapping[Any, str]) -> str:
    return " ".join(
        f"{header[at]}: {words[why]}" if at < len(header) else words[why] for at, why in sorted(row.faults.items())
    )


def _to(found: SupporterImport) -> ResponseReturnValue:
    return redirect(url_for("desk_imports.show", import_uid=found.uid))


def _listed(fault: str | None) -> str:
    return render_template(
        "desk/import/list.html",
        imports=imports.latest(db.session(), _LISTED),
        states=import_words.states(),
        fault=fault,
        most_megabytes=imports.MOST_BYTES // (1024 * 1024),
    )


def _chosen(form: Mapping[str, str]) -> tuple[dict[Column, int], dict[str, str]]:
    """Return which column of the file is what, and what cannot be: one thing in two columns."""
    chosen: dict[Column, int] = {}
    faults: dict[str, str] = {}
    for name, value in form.items():
        at = a_number(name.removeprefix("column-"))
        if at is None or value not in set(Column):
            continue
        if Column(value) in chosen:
            faults[name] = _("Two columns cannot both be “%(what)s”.", what=import_words.columns()[Column(value)])
        chosen[Column(value)] = at
    return chosen, faults


def _as_asked(name: str, known: Collection[str], kept: str) -> str:
    asked = request.values.get(name, kept)
    return asked if asked in known else kept


def _columns(found: SupporterImport, faults: Mapping[str, str], chosen: Mapping[Column, int] | None = None) -> str:
    charset, delimiter = (
        _as_asked("charset", CHARSETS, found.charset),
        _as_asked("delimiter", DELIMITERS, found.delimiter),
    )
    try:
        rows = imports.first_rows(db.session(), found, _SAMPLES, charset=charset, delimiter=delimiter)
    except BrokenFileError as error:
        rows, faults = [], {"charset": _("Read this way it breaks. %(why)s", why=say(error))}
    guessed = chosen or {Column(name): at for name, at in found.columns.items()}
    header = rows[0].cells if rows else ()
    return render_template(
        "desk/import/columns.html",
        import_=found,
        header=header,
        samples=[[row.cells[at] for row in rows[1:] if at < len(row.cells)] for at in range(len(header))],
        chosen={at: column.value for column, at in guessed.items()},
        columns=[(column.value, word) for column, word in import_words.columns().items()],
        charsets=import_words.charsets(),
        delimiters=import_words.delimiters(),
        charset=charset,
        delimiter=delimiter,
        faults=faults,
    )


def _shown(found: SupporterImport, faults: Mapping[str, str], form: Mapping[str, str] | None = None) -> str:
    session = db.session()
    looked, wrong = [], []
    if found.state is ImportState.CHECKED:
        judged = imports.looked_at(session, found, web_requests.settings(), who.now())
        looked = [each for each in judged if isinstance(each, Person)][:_GOOD_SHOWN]
    rows = imports.refused(session, found)
    header = next(rows, None)
    if found.state in {ImportState.CHECKED, ImportState.BROKEN}:
        wrong = list(islice(rows, _FAULTY_SHOWN))
    names = header.cells if header else ()
    mapped = [at for at in sorted(found.columns.values()) if at < len(names)]
    beyond = any(at >= len(names) for row in wrong for at in row.faults)
    return render_template(
        "desk/import/show.html",
        import_=found,
        heads=[_("Line"), *(names[at] for at in mapped), *([_("Beyond")] if beyond else [])],
        beyond=beyond,
        state=import_words.states()[found.state],
        working=found.state in WORKING,
        over=found.state not in WORKING,
        looked=looked,
        header=names,
        wrong=wrong,
        words=import_words.faults(),
        mapped=mapped,
        may_undo=imports.may_undo(found, who.now()),
        undo_days=imports.UNDO_FOR.days,
        faults=faults,
        form=form or {"alerts": "yes"},
    )
