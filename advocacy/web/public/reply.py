"""The reply box: "I got an answer", for those who asked to be asked, and for anybody who comes back."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.reply import ReplyKind
from advocacy.gateways import current
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow
from advocacy.operations import actions, replies
from advocacy.operations.replies import Told
from advocacy.web.access import public
from advocacy.web.public import compose, frame
from advocacy.web.public.compose import Visit
from advocacy.web.public.limits import LETTERS, limiter

bp = Blueprint("reply", __name__, url_prefix="/act")

_LONGEST = 2_000


@bp.get("/<token>/reply")
@public
def page(token: str) -> ResponseReturnValue:
    return _page(token, frame.visit(token), {})


@bp.post("/<token>/reply")
@public
@limiter.limit(LETTERS)
def tell(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    faults: dict[str, str] = {}
    told = {row.id: found for row in _written_to(visit) if (found := _told(row, faults))}
    if faults:
        return _page(token, visit, faults)
    for number, each in told.items():
        replies.tell(db.session(), visit.supporter.id, visit.campaign, number, each, clock=current().clock)
    return redirect(url_for("reply.page", token=token, kept=1 if told else None), 303)


@bp.post("/<token>/ask-later")
@public
def ask_later(token: str) -> ResponseReturnValue:
    """Have oneself asked in three weeks."""
    visit = frame.visit(token)
    replies.ask_later(db.session(), visit.supporter.id, visit.campaign, clock=current().clock)
    return redirect(url_for("after.thanks", token=token, _anchor="answer"), 303)


@bp.post("/<token>/do-not-ask")
@public
def do_not_ask(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    replies.do_not_ask(db.session(), visit.supporter.id, visit.campaign.id)
    return redirect(url_for("after.thanks", token=token, _anchor="answer"), 303)


def _page(token: str, visit: Visit, faults: dict[str, str]) -> ResponseReturnValue:
    kinds = [
        (ReplyKind.ITS_OWN.value, _("An answer of its own"), _("It speaks of what I wrote about.")),
        (ReplyKind.STANDARD.value, _("A standard answer"), _("Thanks for your letter, or the like.")),
        (ReplyKind.RETURNED.value, _("My letter came back"), _("It could not be delivered.")),
        (ReplyKind.NONE.value, _("Nothing came")),
    ]
    return render_template(
        "public/reply.html",
        offices=_written_to(visit),
        told=replies.found(db.session(), visit.supporter.id, visit.campaign.id),
        kinds=kinds,
        kept="kept" in request.args,
        over=visit.over,
        faults=faults,
        **frame.around(token, visit),
    )


def _written_to(visit: Visit) -> list[AddresseeRow]:
    told = {number for number, _channel in actions.told(db.session(), visit.supporter.id, visit.campaign.id)}
    return [row for row in visit.campaign.addressees if row.id in told]


def _told(row: AddresseeRow, faults: dict[str, str]) -> Told | None:
    kind = next((each for each in ReplyKind if each.value == request.form.get(f"kind-{row.id}")), None)
    text = compose.typed_text(f"text-{row.id}", _LONGEST, faults).strip()
    return Told(kind, text) if kind else None
