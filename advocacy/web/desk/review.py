"""Reviewing what was read of a document: the source on the left, every field on the right, the unsure ones first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain import zones
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.domain.sentence import Sentence
from advocacy.models import campaign as campaign_rows
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow, Campaign, Demand
from advocacy.operations import campaigns, documents, editing, reading_cases, updates
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.forms import corrections
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_review", __name__, url_prefix="/desk/campaigns")

GROUPS = (
    "title",
    "deadline",
    "issued",
    "ua_number",
    "index",
    "language",
    "countries",
    "summary",
    "demands",
    "targets",
    "case_text",
    "background",
    "safety_notice",
)
_MARKED = ("title", "index", "ua_number", "issued", "deadline", "countries", "demands", "targets")


@dataclass(frozen=True)
class Piece:
    """A piece of the source: plain when `name` is empty, else the place a field was read from."""

    text: str
    name: str = ""
    doubtful: bool = False


@bp.get("/<slug>/review")
@access.staff(Permission.EDIT)
def show(slug: str) -> ResponseReturnValue:
    return _page(campaigns.find(db.session(), slug), {})


@bp.post("/<slug>/review")
@access.staff(Permission.EDIT)
def save(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    given = corrections(request.form)
    try:
        editing.correct(session, campaign, given, now=who.now(), actor=who.actor())
    except InvalidError as error:
        session.rollback()
        return _page(campaigns.find(session, slug), error.faults), 422
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_review.show", slug=slug))
    if "back" in request.form:
        row = _removed(campaign, request.form["back"])
        if row is not None:
            editing.put_back(session, campaign, row, now=who.now(), actor=who.actor())
            flash(_("It is back where it stood."), "good")
        return redirect(url_for("desk_review.show", slug=slug))
    if "remove" in request.form:
        newest = next(iter(campaign_rows.removed_from(session, campaign)), None)
        return redirect(url_for("desk_review.show", slug=slug, removed=_name_of(newest) if newest else None))
    if "move" in request.form:
        return redirect(url_for("desk_review.show", slug=slug, _anchor=request.form["move"].split(":")[0]))
    if "done" in request.form:
        editing.mark_reviewed(session, campaign, now=who.now(), actor=who.actor())
        reading_cases.keep(campaign, settings().instance_path)
        flash(_("Saved. Nothing is left to check."), "good")
        return redirect(url_for("desk_campaigns.case", slug=slug))
    flash(_("Saved."), "good")
    return redirect(url_for("desk_review.show", slug=slug))


def _removed(campaign: Campaign, name: str) -> Demand | AddresseeRow | None:
    """Return what was taken out, by its name in the form: "demand:17"."""
    rows = campaign_rows.removed_from(db.session(), campaign)
    return next((row for row in rows if _name_of(row) == name), None)


def _taken_out(campaign: Campaign) -> dict[str, list[tuple[str, Demand | AddresseeRow]]]:
    found: dict[str, list[tuple[str, Demand | AddresseeRow]]] = {}
    for row in campaign_rows.removed_from(db.session(), campaign):
        name = _name_of(row)
        found.setdefault(name.partition(":")[0], []).append((name, row))
    return found


def _name_of(row: Demand | AddresseeRow) -> str:
    return f"{'demand' if isinstance(row, Demand) else 'addressee'}:{row.id}"


def _page(campaign: Campaign, faults: dict[str, str]) -> str:
    left = editing.left_to_check(campaign)
    unsure = list(dict.fromkeys(name.partition("[")[0] for name in left))
    order = [*(group for group in unsure if group in GROUPS), *(group for group in GROUPS if group not in unsure)]
    reading: dict[str, Any] = campaign.document.reading.get("fields", {}) if campaign.document else {}
    return render_template(
        "desk/review.html",
        campaign=campaign,
        pieces=list(_pieces(campaign, left)),
        order=order,
        left=left,
        unsure=unsure,
        notes=dict(_notes(reading)),
        faults={_field_of(name): fault for name, fault in faults.items()},
        form=request.form if faults else None,
        zones=sorted(zones.known()),
        territories=_territories(),
        languages=_languages(campaign),
        follows=updates.undecided(campaign),
        removed=_taken_out(campaign),
        just_removed=_removed(campaign, request.args.get("removed", "")),
        twins=documents.twins(db.session(), campaign),
    )


def _field_of(fault: str) -> str:
    """Return the id of the form's field for a fault: "targets[0].emails" stands in "addressee-0-emails"."""
    kind, _bracket, rest = fault.partition("[")
    number, _bracket, name = rest.partition("]")
    if not number:
        return fault
    return f"addressee-{number}-{name.lstrip('.')}" if kind == "targets" else f"demand-{number}"


def _pieces(campaign: Campaign, left: list[str]) -> Iterator[Piece]:
    """Cut the source at the places fields were read from. A place inside another's is left to the first."""
    if campaign.document is None:
        return
    text, at = campaign.document.text, 0
    for start, end, name in sorted(_spans(campaign.document.reading.get("fields", {}))):
        if start < at or end > len(text):
            continue
        yield Piece(text[at:start])
        yield Piece(text[start:end], name, name in left)
        at = end
    yield Piece(text[at:])


def _spans(fields: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    for group in _MARKED:
        for name, read in _each(group, fields.get(group)):
            if read.get("span"):
                yield read["span"][0], read["span"][1], name


def _notes(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for group, found in fields.items():
        for name, read in _each(group, found):
            if read.get("note"):
                yield name, Sentence.restored(read["note"])


def _each(group: str, found: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, dict):
        yield group, found
    elif isinstance(found, list):
        for number, read in enumerate(found):
            if isinstance(read, dict):
                yield f"{group}[{number}]", read


def _territories() -> list[tuple[str, str]]:
    named = (
        (code, name)
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code not in {"ZZ", "EU", "EZ", "UN", "QO"}
    )
    return sorted(named, key=lambda pair: pair[1])


def _languages(campaign: Campaign) -> list[tuple[str, str]]:
    tags = dict.fromkeys([*settings().languages, campaign.language])
    return [(tag, Locale.parse(tag, sep="-").get_display_name("en") or tag) for tag in tags]
