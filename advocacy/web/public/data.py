"""One's own data: a fresh single-use link by mail, then half an hour to see, download or erase it."""

import json

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.errors import NotFoundError
from advocacy.domain.links import leaving as opened_by
from advocacy.gateways import current
from advocacy.models import moment
from advocacy.models.base import db, keys_of
from advocacy.models.supporter import Supporter
from advocacy.operations import privacy
from advocacy.web.access import public

bp = Blueprint("data", __name__, url_prefix="/preferences")


@bp.post("/<token>/data")
@public
def ask(token: str) -> ResponseReturnValue:
    """Order the link. It goes to the address we know, never to one that is typed here."""
    supporter_id = opened_by(keys_of(db.session()), token)
    if supporter_id is None:
        raise NotFoundError(_("There is no page here. The address may be incomplete; copy it whole from the mail."))
    _speak(supporter_id)
    privacy.request_data_link(db.session(), supporter_id, clock=current().clock)
    return render_template("public/data_asked.html", token=token)


@bp.get("/data/<token>")
@public
def page(token: str) -> ResponseReturnValue:
    session = db.session()
    good = privacy.still_good(session, token, moment.now(session, current().clock))
    return render_template("public/data_open.html", token=token, good=good), 200 if good else 404


@bp.post("/data/<token>")
@public
def open_(token: str) -> ResponseReturnValue:
    session = db.session()
    visit = privacy.open_data(session, token, clock=current().clock)
    _speak(visit.supporter_id)
    return render_template("public/data.html", ticket=visit.ticket, data=privacy.my_data(session, visit.supporter_id))


@bp.post("/data/download")
@public
def download() -> ResponseReturnValue:
    session = db.session()
    visit = privacy.visit(session, request.form.get("ticket", ""), moment.now(session, current().clock))
    text = json.dumps(privacy.my_data(session, visit.supporter_id), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(text, content_type="application/json; charset=utf-8", headers=headers)


@bp.post("/data/erase")
@public
def erase() -> ResponseReturnValue:
    session = db.session()
    now = moment.now(session, current().clock)
    visit = privacy.visit(session, request.form.get("ticket", ""), now)
    _speak(visit.supporter_id)
    privacy.erase(session, session.get_one(Supporter, visit.supporter_id), now=now, actor="supporter")
    return render_template("public/erased.html")


def _speak(supporter_id: int) -> None:
    supporter = db.session().get(Supporter, supporter_id)
    if supporter is not None:
        g.language = supporter.language
