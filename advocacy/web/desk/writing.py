"""A mail written by hand: the form, its preview, a test to me, and the time it goes."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from advocacy.domain.email import Words
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.handwriting import FIELDS, UnwritableError
from advocacy.domain.permissions import Permission
from advocacy.domain.selection import Selection
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter
from advocacy.operations import audiences, blasts, campaigns
from advocacy.operations.blasts import Draft
from advocacy.web import access
from advocacy.web.desk import previews, who
from advocacy.web.desk.forms import an_instant, split
from advocacy.web.requests import settings

bp = Blueprint("desk_writing", __name__, url_prefix="/desk/campaigns")

_ACTED = {"yes": True, "no": False}


@bp.get("/<slug>/write")
@access.staff(Permission.SEND)
def write(slug: str) -> ResponseReturnValue:
    campaign = campaigns.find(db.session(), slug)
    return _page(campaign, {"acted": "no", "when": "instant", **_proposed()})


@bp.post("/<slug>/write")
@access.staff(Permission.SEND)
def save(slug: str) -> ResponseReturnValue:
    """Look at it, test it, or schedule it: `do` says which button was pressed."""
    database = db.session()
    campaign = campaigns.find(database, slug)
    said = request.form.to_dict() | {"countries": request.form.get("countries", "")}
    draft = _draft(said)
    try:
        words = blasts.write(database, campaign, draft, campaign.language, writer=current().mails, settings=settings())
        if said.get("do") == "schedule":
            return _schedule(campaign, draft)
    except (InvalidError, ConflictError) as error:
        database.rollback()
        return _page(campaigns.find(database, slug), said, error=error), 422
    if said.get("do") == "test":
        blasts.send_test(database, who.me().id, words, campaign=campaign, now=who.now(), settings=settings())
        flash(_("A test is on its way to %(email)s.", email=who.me().email), "good")
    return _page(campaign, said, words=words)


@bp.post("/<slug>/write/frame")
@access.staff(Permission.SEND)
def frame(slug: str) -> ResponseReturnValue:
    """The mail as it will look, into the frame of the form that sends it."""
    database = db.session()
    campaign = campaigns.find(database, slug)
    try:
        words = blasts.write(
            database,
            campaign,
            _draft(request.form.to_dict()),
            campaign.language,
            writer=current().mails,
            settings=settings(),
        )
    except InvalidError as error:
        return previews.as_text(str(error)), 422
    return previews.framed(previews.filled(words, campaign, _someone(campaign)).html)


def _schedule(campaign: Campaign, draft: Draft) -> ResponseReturnValue:
    blast = blasts.schedule(db.session(), campaign, draft, gateways=current(), settings=settings(), actor=who.actor())
    flash(_("The mail is scheduled. It can be paused or cancelled until it has gone."), "good")
    return redirect(url_for("desk_blasts.show", blast_id=blast.id))


def _draft(said: dict[str, str]) -> Draft:
    at: datetime | None = an_instant(said.get("day", ""), said.get("time", ""), who.zone())
    if at is not None and said.get("when") == "local":
        at = at.replace(tzinfo=None)
    return Draft(
        subject=" ".join(said.get("subject", "").split()),
        text=said.get("text", "").replace("\r\n", "\n"),
        at=at,
        selection=Selection(
            countries=tuple(code.upper() for code in split(said.get("countries", ""), ",")),
            languages=tuple(split(said.get("languages", ""), ",")),
            acted=_ACTED.get(said.get("acted", "")),
        ),
    )


def _page(
    campaign: Campaign,
    said: dict[str, str],
    *,
    words: Words | None = None,
    error: Exception | None = None,
) -> str:
    database, draft = db.session(), _draft(said)
    at = draft.at if draft.at is not None and draft.at.tzinfo is not None else who.now()
    faults: dict[str, str] = dict(error.faults) if isinstance(error, InvalidError) else {}
    if error is not None and not faults:
        faults = {"subject": str(error)}
    person = _someone(campaign)
    return render_template(
        "desk/campaign/write.html",
        campaign=campaign,
        said=said,
        fields=FIELDS,
        faults=faults,
        place=error.place if isinstance(error, UnwritableError) else None,
        reach=audiences.reach_by_hand(database, campaign, draft.selection, at),
        preview=previews.filled(words, campaign, person) if words else None,
        person=person,
        **_offered(),
    )


def _offered() -> dict[str, Any]:
    """Countries and languages that supporters really have."""
    database = db.session()
    countries = database.scalars(select(Supporter.country).distinct().order_by(Supporter.country)).all()
    languages = database.scalars(select(Supporter.language).distinct().order_by(Supporter.language)).all()
    return {"countries": [code for code in countries if code], "languages": [tag for tag in languages if tag]}


def _proposed() -> dict[str, str]:
    at = blasts.next_round_hour(who.now(), who.zone())
    return {"day": at.date().isoformat(), "time": f"{at:%H:%M}"}


def _someone(campaign: Campaign) -> previews.SamplePerson | None:
    found = audiences.sample(db.session(), campaign, who.now())
    return previews.sample_person(db.session(), found[0]) if found else None
