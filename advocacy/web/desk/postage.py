"""Settings: how long the post takes between countries, what ships and what the organisation knows better."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain import posting
from advocacy.domain.arrival import band
from advocacy.domain.errors import InvalidError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models import posting as kept
from advocacy.models.base import db
from advocacy.models.organiser import names_by_actor
from advocacy.operations import postage
from advocacy.operations.postage import Typed
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.forms import a_day
from advocacy.web.public import choices
from advocacy.web.requests import settings

bp = Blueprint("desk_postage", __name__, url_prefix="/desk/settings/post")


@bp.get("")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    """?from= ?to= ask what holds for one pair of countries."""
    return _page({})


@bp.post("")
@access.staff(Permission.EDIT)
def enter() -> ResponseReturnValue:
    try:
        postage.enter(db.session(), _typed(), gateways=current(), settings=settings(), actor=who.actor())
    except InvalidError as error:
        db.session.rollback()
        return _page(error.faults), 422
    flash(_("Saved. Supporters see it from now on, and reminders that hang on it are planned anew."), "good")
    return redirect(url_for("desk_postage.show"))


@bp.post("/<int:entry_id>/<any(back, again):turn>")
@access.staff(Permission.EDIT)
def move(entry_id: int, turn: str) -> ResponseReturnValue:
    """Take an entry back, or put it back in force."""
    act = postage.take_back if turn == "back" else postage.put_back
    act(db.session(), entry_id, gateways=current(), settings=settings(), actor=who.actor())
    if turn == "back":
        flash(_("Taken back. What holds without it holds again. You find it below, should it be needed."), "good")
    else:
        flash(_("The entry holds again."), "good")
    return redirect(url_for("desk_postage.show"))


def _typed() -> Typed:
    form = request.form
    days = form.get("working_days", "").strip()
    return Typed(
        from_country=form.get("from_country", ""),
        to_country=form.get("to_country", ""),
        working_days=(int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0) if days else None,
        suspended="suspended" in form,
        source=form.get("source", ""),
        why=form.get("why", ""),
        dated=a_day(form.get("dated", "")),
    )


def _page(faults: dict[str, str]) -> str:
    session = db.session()
    origin, destination = request.args.get("from", ""), request.args.get("to", "")
    asked = posting.aim(origin, destination, kept.own_aims(session)) if origin and destination else None
    return render_template(
        "desk/settings/post.html",
        faults=faults,
        form=request.form,
        today=who.now().astimezone(who.zone()).date(),
        countries=choices.countries(),
        entries=kept.entries(session),
        taken_back=kept.entries(session, taken_back=True),
        names=names_by_actor(session),
        shipped=posting.shipped(),
        assumed=(posting.assumed(abroad=False), posting.assumed(abroad=True)),
        origin=origin,
        destination=destination,
        asked=asked,
        band=band(origin, destination),
        longest=postage.LONGEST_DAYS,
    )
