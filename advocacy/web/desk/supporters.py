"""Supporters on the desk: look-up by exact address, counts, and one person's page. Addresses stay out of URLs."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from advocacy.domain.errors import ConflictError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.domain.supporter import SupporterState
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.supporter import Action, Consent, Subscription, Supporter, by_address, opened
from advocacy.operations import audit, explaining, privacy
from advocacy.web import access
from advocacy.web.desk import who

bp = Blueprint("desk_supporters", __name__, url_prefix="/desk/supporters")

STATES = tuple(SupporterState)


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
    supporter = by_address(session, _normal(address)) if address else None
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
        mails=explaining.mails_of(session, supporter),
        ahead=explaining.ahead_of(session, supporter, who.now()),
    )


@bp.post("/<uid>/stop")
@access.staff(Permission.SUPPORTERS)
def stop(uid: str) -> ResponseReturnValue:
    try:
        privacy.stop(db.session(), _found(uid), now=who.now(), actor=who.actor())
        flash(_("Nothing is sent to this person any more."), "good")
    except ConflictError as error:
        flash(str(error), "warning")
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
    session = db.session()
    states = session.execute(select(Supporter.state, func.count()).group_by(Supporter.state))
    active = Supporter.state == SupporterState.ACTIVE
    countries = session.execute(
        select(Supporter.country, func.count()).where(active).group_by(Supporter.country).order_by(func.count().desc())
    ).all()
    languages = session.execute(
        select(Supporter.language, func.count())
        .where(active)
        .group_by(Supporter.language)
        .order_by(func.count().desc())
    ).all()
    on_alerts = session.scalar(
        select(func.count())
        .select_from(Subscription)
        .join(Supporter, Supporter.id == Subscription.supporter_id)
        .where(Subscription.campaign_id.is_(None), Subscription.left_at.is_(None), active)
    )
    return render_template(
        "desk/supporters.html",
        states=dict(states.all()),
        order=STATES,
        countries=countries,
        languages=languages,
        on_alerts=on_alerts or 0,
        address=address,
        fault=fault,
    )


def _found(uid: str) -> Supporter:
    supporter = db.session.scalar(select(Supporter).where(Supporter.uid == uid))
    if supporter is None:
        raise NotFoundError(_("There is no such supporter."))
    return supporter


def _normal(address: str) -> str:
    return address.lower()
