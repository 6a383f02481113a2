"""A supporter's own page: compose the letter, choose a way, say "I sent it"."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.request import Tone
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.appeal.text import mark_of
from advocacy.domain.errors import InvalidError
from advocacy.domain.links import Links
from advocacy.gateways import current
from advocacy.gateways.phrases import load_pools
from advocacy.models.base import db, keys_of
from advocacy.operations import actions, appeals, drafts
from advocacy.operations.appeals import Correspondence
from advocacy.web.access import public
from advocacy.web.public import choices, compose, keeping, papers, telling, ways
from advocacy.web.public.compose import Typed, Visit
from advocacy.web.public.limits import LETTERS, PAPERS, limiter
from advocacy.web.requests import settings

bp = Blueprint("act", __name__, url_prefix="/act")

FRAGMENT = "X-Fragment"


@bp.get("/<token>")
@public
def page(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return _page(token, visit, _started(visit))


@bp.post("/<token>")
@public
@limiter.limit(LETTERS)
def show(token: str) -> ResponseReturnValue:
    """Show the letter as chosen and typed. Keeps nothing: it is a POST so that no word of it stands in an address."""
    visit = _visit(token)
    return _page(token, visit, compose.from_the_form(visit))


@bp.post("/<token>/draft")
@public
@limiter.limit(LETTERS)
def keep(token: str) -> ResponseReturnValue:
    """Keep the letter as typed, because its supporter asked for it."""
    visit = _visit(token)
    typed = compose.from_the_form(visit)
    if typed.faults:
        return _page(token, visit, typed)
    content = keeping.content_of(typed)
    drafts.save(db.session(), visit.supporter.id, visit.campaign, content, clock=current().clock)
    return redirect(url_for("act.page", token=token, draft="kept"), 303)


@bp.post("/<token>/draft/forget")
@public
def forget(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    drafts.forget(db.session(), visit.supporter.id, visit.campaign.id)
    return redirect(url_for("act.page", token=token, draft="gone"), 303)


@bp.get("/<token>/letter.pdf")
@public
@limiter.limit(PAPERS)
def letter(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return papers.letter(visit, _started(visit))


@bp.post("/<token>/letter.pdf")
@public
@limiter.limit(PAPERS)
def own_letter(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return papers.letter(visit, compose.from_the_form(visit))


@bp.get("/<token>/envelope.pdf")
@public
@limiter.limit(PAPERS)
def envelope(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return papers.envelope(visit, _started(visit))


@bp.post("/<token>/envelope.pdf")
@public
@limiter.limit(PAPERS)
def own_envelope(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return papers.envelope(visit, compose.from_the_form(visit))


@bp.get("/<token>/letters.pdf")
@public
@limiter.limit(PAPERS)
def packet(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return papers.packet(visit, _started(visit))


@bp.post("/<token>/letters.pdf")
@public
@limiter.limit(PAPERS)
def own_packet(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    return papers.packet(visit, compose.from_the_form(visit))


@bp.post("/<token>/sent")
@public
def sent(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    addressee_id = papers.number(request.form.get("addressee", ""))
    channel = next((each for each in Channel if each.value == request.form.get("channel")), None)
    if channel is None:
        raise InvalidError(_("There is no such way to reach anyone in this action."))
    if channel is Channel.PHONE and request.form.get("outcome") == "busy":
        return redirect(url_for("act.page", token=token, again=addressee_id), 303)
    actions.sent(db.session(), visit.supporter.id, visit.campaign, addressee_id, channel, clock=current().clock)
    return redirect(url_for("act.thanks", token=token), 303)


@bp.get("/<token>/thanks")
@public
def thanks(token: str) -> ResponseReturnValue:
    visit = _visit(token)
    session = db.session()
    told = actions.told(session, visit.supporter.id, visit.campaign.id)
    if not told:
        return redirect(url_for("act.page", token=token))
    following = actions.another_way(session, visit.supporter, visit.campaign, visit.now)
    return render_template(
        "public/thanks.html",
        following=following,
        following_label=ways.label(following[1]) if following else "",
        **_frame(token, visit),
    )


def _started(visit: Visit) -> Typed:
    """Return the form as it is first shown: the draft, or without one what the sign-up said."""
    kept = drafts.find(db.session(), visit.supporter.id, visit.campaign.id)
    return keeping.typed_from(visit, kept.content) if kept else compose.from_the_start(visit)


def _page(token: str, visit: Visit, typed: Typed) -> ResponseReturnValue:
    if visit.over:
        return render_template("public/act_over.html", **_frame(token, visit))
    letters = compose.letters(visit, typed)
    values: dict[str, Any] = {
        "typed": typed,
        "faults": typed.faults,
        "letters": [_shown(one, visit, typed) for one in letters],
        "told": actions.told(db.session(), visit.supporter.id, visit.campaign.id),
        "at_home": telling.writes_at_home(visit.campaign, typed.country),
        "foreign": telling.foreign_language(visit.campaign),
        "marked": telling.marked,
        "again": request.args.get("again", ""),
        "to_post": sum(ways.can_post(one) for one in letters),
        "zone": visit.supporter.timezone,
        "draft": drafts.find(db.session(), visit.supporter.id, visit.campaign.id),
        "draft_done": request.args.get("draft", ""),
        **_frame(token, visit),
    }
    if request.headers.get(FRAGMENT):
        told = telling.writes_at_home(visit.campaign, visit.supporter.country)
        return render_template("public/_letters.html", now_at_home=values["at_home"] if not told else "", **values)
    hints = load_pools().voice(load_pools().best(visit.campaign.language)).words
    return render_template(
        "public/act.html",
        countries=choices.countries(),
        tones=_tones(),
        hints=hints,
        windows=papers.windows(),
        **values,
    )


def _shown(one: Correspondence, visit: Visit, typed: Typed) -> dict[str, Any]:
    wishes = typed.wishes("")
    channel = next((each for each in (Channel.POST, Channel.FAX) if one.way(each)), None)
    pools = load_pools()
    sheet = appeals.letter_sheet(one, wishes, channel=channel, today=visit.today, pools=pools) if channel else None
    return {
        "one": one,
        "addressee": one.addressee,
        "sheet": sheet,
        "appeal": one.letter,
        "ways": ways.shown(one, visit, typed),
        "advice": telling.advice(one),
        "mark": mark_of(one.proposal),
        "body": typed.bodies.get(one.row_id) or one.proposal,
    }


def _frame(token: str, visit: Visit) -> dict[str, Any]:
    links = Links(settings().base_url, keys_of(db.session()))
    return {
        "token": token,
        "campaign": visit.campaign,
        "deadline": visit.deadline,
        "first_name": visit.first_name,
        "title": as_subject(visit.campaign.title, visit.campaign.language),
        "preferences_url": f"/preferences/{links.preferences(visit.supporter.id).rpartition('/')[2]}",
        "unsubscribe_url": f"/unsubscribe/{links.unsubscribe(visit.supporter.id).rpartition('/')[2]}",
        "share_url": links.campaign(visit.campaign.slug),
    }


def _tones() -> list[tuple[str, str, str]]:
    return [
        (Tone.FORMAL.value, _("Formal"), _("The tone an office expects.")),
        (Tone.WARM.value, _("Warm"), _("More personal, still polite.")),
        (Tone.BRIEF.value, _("Brief"), _("Short and to the point.")),
    ]


def _visit(token: str) -> Visit:
    visit = compose.visit(token)
    g.language = visit.supporter.language
    return visit
