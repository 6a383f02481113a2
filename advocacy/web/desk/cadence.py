"""A campaign's cadence on the desk: the plan as it is, what another would change, and taking it."""

from datetime import time, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from advocacy.domain.cadence import Cadence, QuietHours
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.operations import cadences, campaigns
from advocacy.web import access
from advocacy.web.desk import mails, timeline, who
from advocacy.web.desk.forms import a_number, a_time
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_cadence", __name__, url_prefix="/desk/campaigns")

_LONGEST_CAP = 8_760
"""Hours of a year: how many are the most, the rules themselves say."""

_TIMES = ("reminder_time", "last_day_time", "quiet_start", "quiet_end")


@bp.get("/<slug>/cadence")
@access.staff(Permission.LAUNCH)
def show(slug: str) -> ResponseReturnValue:
    """The rules in a form; with ?show= what those in the query would change, before anything is accepted."""
    campaign = campaigns.find(db.session(), slug)
    if "show" not in request.args:
        return _page(campaign, cadences.of(campaign))
    try:
        return _page(campaign, _asked(request.args), asked=True)
    except InvalidError as error:
        return _page(campaign, None, faults=dict(error.faults)), 422


@bp.post("/<slug>/cadence")
@access.staff(Permission.LAUNCH)
def change(slug: str) -> ResponseReturnValue:
    session = db.session()
    campaign = campaigns.find(session, slug)
    try:
        cadence = _asked(request.form)
        cadences.change(session, campaign, cadence, gateways=current(), settings=settings(), actor=who.actor())
    except InvalidError as error:
        session.rollback()
        return _page(campaigns.find(session, slug), None, faults=dict(error.faults)), 422
    except ConflictError as error:
        session.rollback()
        flash(say(error), "warning")
        return redirect(url_for("desk_campaigns.plan", slug=slug))
    flash(_("The cadence is changed. Everything unsent was planned anew."), "good")
    return redirect(url_for("desk_campaigns.plan", slug=slug))


@bp.get("/<slug>/cadence.svg")
@access.staff(Permission.LAUNCH)
def picture(slug: str) -> ResponseReturnValue:
    """The plan that the rules in the query would make, as a picture."""
    session, now = db.session(), who.now()
    campaign = campaigns.find(session, slug)
    deadline = campaign.due_by()
    if deadline is None:
        return Response(status=404)
    look = timeline.Look(dark="dark" in request.args, narrow="narrow" in request.args)
    marks = [
        timeline.Mark(mails.short_name(line.rule), line.first_due, "scheduled")
        for line in cadences.lines(session, campaign, _asked(request.args), now)
    ]
    start = campaign.launched_at or now
    drawn = timeline.draw(marks, start=start, end=deadline.end(), now=now, zone=deadline.zone, look=look)
    return Response(drawn, mimetype="image/svg+xml", headers={"Content-Security-Policy": "default-src 'none'"})


def _asked(given: MultiDict[str, str]) -> Cadence:
    """Return the cadence a form asks for. Raises InvalidError naming each field that is none."""
    days = [a_number(text) for text in given.getlist("days") if text.strip()]
    times = {name: a_time(given.get(name, "")) for name in _TIMES}
    cap = a_number(given.get("cap_hours", ""))
    faults = {name: _("Give a time such as 10:00.") for name, at in times.items() if at is None}
    if None in days:
        faults["days"] = _("Give whole days.")
    if cap is None or cap > _LONGEST_CAP:
        faults["cap_hours"] = _("Give a whole number of hours.")
    if faults:
        raise InvalidError(_("Some of these are missing."), faults=faults)
    said: dict[str, time] = {name: at for name, at in times.items() if at is not None}
    return Cadence(
        offsets=tuple(dict.fromkeys(day for day in days if day is not None)),
        last_morning="last_morning" in given,
        reminder_time=said["reminder_time"],
        last_day_time=said["last_day_time"],
        quiet=QuietHours(said["quiet_start"], said["quiet_end"]),
        cap=timedelta(hours=cap or 0),
    )


def _said(cadence: Cadence) -> dict[str, Any]:
    """Return what stands in the form for a cadence."""
    return {
        "days": [str(day) for day in cadence.offsets],
        "last_morning": cadence.last_morning,
        "reminder_time": f"{cadence.reminder_time:%H:%M}",
        "last_day_time": f"{cadence.last_day_time:%H:%M}",
        "quiet_start": f"{cadence.quiet.start:%H:%M}",
        "quiet_end": f"{cadence.quiet.end:%H:%M}",
        "cap_hours": f"{cadence.cap / timedelta(hours=1):g}",
    }


def _typed() -> dict[str, Any]:
    given = request.values
    kept = {name: given.get(name, "") for name in (*_TIMES, "cap_hours")}
    days = [day for day in given.getlist("days") if day.strip()]
    return kept | {"days": days, "last_morning": "last_morning" in given}


def _page(
    campaign: Campaign, cadence: Cadence | None, *, asked: bool = False, faults: dict[str, str] | None = None
) -> str:
    session, now = db.session(), who.now()
    return render_template(
        "desk/campaign/cadence.html",
        campaign=campaign,
        said=_said(cadence) if cadence is not None else _typed(),
        lines=cadences.lines(session, campaign, cadence, now) if cadence is not None else [],
        zones=cadences.in_zones(session, campaign, cadence, now) if cadence is not None else [],
        changes=cadences.changes(session, campaign, cadence, now) if asked and cadence is not None else None,
        query=_said(cadence) if asked and cadence is not None else None,
        faults={("days" if name == "offsets" else name): fault for name, fault in (faults or {}).items()},
    )
