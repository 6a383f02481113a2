"""A supporter's own page: compose the letter, keep it for another time, print it, choose a way."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.request import Tone
from advocacy.domain.appeal.text import mark_of
from advocacy.gateways import current
from advocacy.gateways.phrases import load_pools
from advocacy.models.base import db
from advocacy.operations import actions, appeals, drafts
from advocacy.operations.appeals import Correspondence
from advocacy.web.access import public
from advocacy.web.public import choices, compose, frame, keeping, papers, telling, ways
from advocacy.web.public.compose import Typed, Visit
from advocacy.web.public.limits import LETTERS, PAPERS, limiter

bp = Blueprint("act", __name__, url_prefix="/act")

FRAGMENT = "X-Fragment"


@bp.get("/<token>")
@public
def page(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return _page(token, visit, _started(visit))


@bp.post("/<token>")
@public
@limiter.limit(LETTERS)
def show(token: str) -> ResponseReturnValue:
    """Show the letter as chosen and typed. Keeps no word: it is a POST so that no word of it stands in an address."""
    visit = frame.visit(token)
    return _page(token, visit, compose.from_the_form(visit))


@bp.post("/<token>/draft")
@public
@limiter.limit(LETTERS)
def keep(token: str) -> ResponseReturnValue:
    """Keep the letter as typed, because its supporter asked for it."""
    visit = frame.visit(token)
    typed = compose.from_the_form(visit)
    if typed.faults:
        return _page(token, visit, typed)
    content = keeping.content_of(typed)
    drafts.save(db.session(), visit.supporter.id, visit.campaign, content, clock=current().clock)
    return redirect(url_for("act.page", token=token, draft="kept"), 303)


@bp.post("/<token>/draft/forget")
@public
def forget(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    drafts.forget(db.session(), visit.supporter.id, visit.campaign.id)
    return redirect(url_for("act.page", token=token, draft="gone"), 303)


@bp.get("/<token>/letter.pdf")
@public
@limiter.limit(PAPERS)
def letter(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return papers.letter(visit, _started(visit))


@bp.post("/<token>/letter.pdf")
@public
@limiter.limit(PAPERS)
def own_letter(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return papers.letter(visit, compose.from_the_form(visit))


@bp.get("/<token>/envelope.pdf")
@public
@limiter.limit(PAPERS)
def envelope(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return papers.envelope(visit, _started(visit))


@bp.post("/<token>/envelope.pdf")
@public
@limiter.limit(PAPERS)
def own_envelope(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return papers.envelope(visit, compose.from_the_form(visit))


@bp.get("/<token>/letters.pdf")
@public
@limiter.limit(PAPERS)
def packet(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return papers.packet(visit, _started(visit))


@bp.post("/<token>/letters.pdf")
@public
@limiter.limit(PAPERS)
def own_packet(token: str) -> ResponseReturnValue:
    visit = frame.visit(token)
    return papers.packet(visit, compose.from_the_form(visit))


def _started(visit: Visit) -> Typed:
    """Return the form as it is first shown: the draft, or without one what the sign-up said."""
    kept = drafts.find(db.session(), visit.supporter.id, visit.campaign.id)
    return keeping.typed_from(visit, kept.content) if kept else compose.from_the_start(visit)


def _page(token: str, visit: Visit, typed: Typed) -> ResponseReturnValue:
    if visit.over:
        return render_template("public/act_over.html", **frame.around(token, visit))
    letters = compose.letters(visit, typed)
    values: dict[str, Any] = {
        "typed": typed,
        "faults": typed.faults,
        "letters": [_shown(one, visit, typed) for one in letters],
        "told": actions.told(db.session(), visit.supporter.id, visit.campaign.id),
        "firsts": actions.first_letters(db.session(), visit.supporter, visit.campaign.id),
        "at_home": telling.writes_at_home(visit.campaign, typed.country),
        "written_to": telling.countries_written_to(visit.campaign),
        "missing_copy": telling.missing_copy(visit.campaign, typed.country),
        "marked": telling.marked,
        "again": request.args.get("again", ""),
        "to_post": sum(ways.can_post(one) for one in letters),
        "draft": drafts.find(db.session(), visit.supporter.id, visit.campaign.id),
        "draft_done": request.args.get("draft", ""),
        **frame.around(token, visit),
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


def _tones() -> list[tuple[str, str, str]]:
    return [
        (Tone.FORMAL.value, _("Formal"), _("The tone an office expects.")),
        (Tone.WARM.value, _("Warm"), _("More personal, still polite.")),
        (Tone.BRIEF.value, _("Brief"), _("Short and to the point.")),
    ]
