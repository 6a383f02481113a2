"""Supporters on the desk: look-up by exact address, counts, and one person's page. Addresses stay out of URLs."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.domain.address import judge
from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.domain.selection import Selection
from advocacy.domain.supporter import SupporterState
from advocacy.models import people
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.supporter import Action, Consent, Subscription, Supporter, by_address, opened
from advocacy.operations import audit, explaining, organisers, privacy, supporter_counts
from advocacy.operations.supporter_counts import Summary
from advocacy.web import access
from advocacy.web import wording as web_wording
from advocacy.web.desk import choosing, who
from advocacy.web.desk.sections import few_together, together
from advocacy.web.sentences import say

bp = Blueprint("desk_supporters", __name__, url_prefix="/desk/supporters")

MOST_AHEAD = 5
"""Campaigns whose mails still to come are worked out for one person: each takes several looks at the ledger."""

STATES = tuple(SupporterState)
PAGE = 50
_MOST_CHOICES = 300
_MOST_COUNTED_OF_SEVERAL = 1_000
"""No index answers several filters at once, so that counting them visits many rows."""


@bp.get("")
@access.staff(Permission.READ)
def show() -> ResponseReturnValue:
    return _overview("", None)


@bp.post("/find")
@access.staff(Permission.SUPPORTERS)
def find() -> ResponseReturnValue:
    """Look up one address. It comes by POST, so that it stands in no log and no history."""
    session = db.session()
    address = request.form.get("email", "").strip()
    judged = judge(address).address
    supporter = by_address(session, judged) if judged else None
    if supporter is None:
        return _overview(address, _("Nobody has this address. Look-up is by the exact address.")), 404
    audit.record(
        session, actor=who.actor(), what="supporter.looked_up", object_=f"supporter:{supporter.id}", now=who.now()
    )
    session.commit()
    return redirect(url_for("desk_supporters.person", uid=supporter.uid))


@bp.get("/<uid>")
@access.staff(Permission.SUPPORTERS)
def person(uid: str) -> ResponseReturnValue:
    session = db.session()
    supporter = _found(uid)
    who.looked("supporter.opened", f"supporter:{supporter.id}")
    subscriptions = session.execute(
        select(Subscription, Campaign)
        .outerjoin(Campaign, Campaign.id == Subscription.campaign_id)
        .where(Subscription.supporter_id == supporter.id)
        .order_by(Subscription.joined_at)
    ).all()
    actions = session.execute(
        select(Action, Campaign, AddresseeRow)
        .join(Campaign, Campaign.id == Action.campaign_id)
        .join(AddresseeRow, AddresseeRow.id == Action.addressee_id)
        .where(Action.supporter_id == supporter.id)
        .order_by(Action.at.desc())
    ).all()
    consents = session.scalars(select(Consent).where(Consent.supporter_id == supporter.id).order_by(Consent.id)).all()
    return render_template(
        "desk/supporter.html",
        supporter=supporter,
        known={column: opened(session, supporter, column) for column in ("email", "name", "town")},
        subscriptions=subscriptions,
        actions=actions,
        consents=consents,
        names={f"organiser:{person.id}": person.email for person in organisers.everyone(session)},
        mails=explaining.mails_of(session, supporter),
        forgets_some=explaining.forgets_some(session),
        most_ahead=MOST_AHEAD,
        ahead=explaining.ahead_of(session, supporter, who.now(), most=MOST_AHEAD),
    )


@bp.get("/<uid>/data.json")
@access.staff(Permission.SUPPORTERS)
def data(uid: str) -> ResponseReturnValue:
    """Everything kept about a person but the words they wrote, for handing on to them."""
    supporter = _found(uid)
    who.looked("supporter.data_taken", f"supporter:{supporter.id}")
    kept = privacy.to_hand_on(db.session(), supporter.id)
    return Response(
        json.dumps(kept, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="supporter-{supporter.id}.json"',
            "Cache-Control": "no-store",
        },
    )


@bp.post("/<uid>/stop")
@access.staff(Permission.SUPPORTERS)
def stop(uid: str) -> ResponseReturnValue:
    try:
        privacy.stop(db.session(), _found(uid), now=who.now(), actor=who.actor())
        flash(_("Nothing is sent to this person any more."), "good")
    except ConflictError as error:
        flash(say(error), "warning")
    return redirect(url_for("desk_supporters.person", uid=uid))


@bp.get("/<uid>/erase")
@access.staff(Permission.SUPPORTERS)
def erasing(uid: str) -> ResponseReturnValue:
    """Say what erasing does before it is done."""
    return render_template("desk/erase.html", supporter=_found(uid))


@bp.post("/<uid>/erase")
@access.staff(Permission.SUPPORTERS)
def erase(uid: str) -> ResponseReturnValue:
    privacy.erase(db.session(), _found(uid), now=who.now(), actor=who.actor())
    flash(_("Their data is erased. The row that remains names nobody."), "good")
    return redirect(url_for("desk_supporters.person", uid=uid))


def _overview(address: str, fault: str | None) -> str:
    """Numbers for whoever may read; the list, row by row, for who may look at people: a filter can leave one of them."""
    session = db.session()
    numbers = supporter_counts.summary(session)
    if not current_user.may(Permission.SUPPORTERS):
        return render_template(
            "desk/supporters.html", numbers=numbers, order=STATES, facets=_facets(numbers), few_together=few_together()
        )
    wanted = choosing.selection_of(request.args)
    args = choosing.args_of(wanted)
    page = people.page(session, wanted, request.args.get("after", ""), PAGE)
    most = people.MOST_COUNTED if len(args) < 2 else _MOST_COUNTED_OF_SEVERAL
    return render_template(
        "desk/supporters.html",
        numbers=numbers,
        order=STATES,
        facets=_facets(numbers),
        page=page,
        people=_counted(session, wanted, args, numbers, most),
        most=most,
        args=args,
        filters=_filters(numbers, wanted),
        here_after=request.args.get("after", ""),
        address=address,
        fault=fault,
    )


def _facets(numbers: Summary) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """Return (head, title, numbers by name) of the tables; for who may not look at people, small numbers together."""
    country = web_wording.country
    named: dict[str, Callable[[str], str]] = {
        "country": lambda code: country(code) if code else _("not said"),
        "language": str,
    }
    titles = {"country": (_("Country"), _("Active, by country")), "language": (_("Language"), _("Active, by language"))}
    others = {"country": _("Other countries, or not said"), "language": _("Other languages")}
    everything = current_user.may(Permission.SUPPORTERS)
    return [
        (
            *titles[facet],
            [(named[facet](value), number) for value, number in numbers.values(facet)]
            if everything
            else together(numbers.values(facet), named[facet], others[facet]),
        )
        for facet in titles
    ]


def _counted(session: Session, wanted: Selection, args: Mapping[str, Any], numbers: Summary, most: int) -> int:
    """Return how many there are, exactly where that is known; more than `most` means that it was not counted further."""
    if not args:
        return numbers.everyone
    if list(args) == ["state"] and len(wanted.states) == 1:
        return numbers.people(SupporterState(wanted.states[0]))
    return people.counted(session, wanted, most)


def _filters(numbers: Summary, wanted: Selection) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Return (name, label, choices, chosen) of each filter; a choice says how many active people have it."""
    words = web_wording.country

    def choices(facet: str, chosen: tuple[str, ...], named: Callable[[str], str]) -> list[tuple[str, str]]:
        found = [(value, number) for value, number in numbers.values(facet) if value][:_MOST_CHOICES]
        kept = [(value, 0) for value in chosen if value not in dict(found)]
        return [(value, f"{named(value)} ({web_wording.grouped(number)})") for value, number in [*found, *kept]]

    def first(chosen: tuple[str, ...]) -> str:
        return chosen[0] if chosen else ""

    return [
        ("country", _("Country"), choices("country", wanted.countries, words), first(wanted.countries)),
        ("language", _("Language"), choices("language", wanted.languages, str), first(wanted.languages)),
        ("zone", _("Time zone"), choices("zone", wanted.zones, str), first(wanted.zones)),
        ("tag", _("Tag"), choices("tag", wanted.tags, str), first(wanted.tags)),
    ]


def _found(uid: str) -> Supporter:
    supporter = db.session.scalar(select(Supporter).where(Supporter.uid == uid))
    if supporter is None:
        raise NotFoundError(_("There is no such supporter."))
    return supporter
