"""For a table at an event: sheets to print, and a form to enter how many letters were posted from it."""

from datetime import date

from babel.core import get_global
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.request import Tone
from advocacy.domain.appeal.stall import MOST_LETTERS
from advocacy.domain.errors import InvalidError
from advocacy.domain.joining import COUNTRIES
from advocacy.domain.links import Links
from advocacy.domain.permissions import Permission
from advocacy.gateways import current
from advocacy.gateways.phrases import load_pools, paper_words
from advocacy.models import stall
from advocacy.models.base import db, keys_of
from advocacy.models.campaign import Campaign
from advocacy.operations import campaigns, stalls
from advocacy.operations.stalls import Event
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.forms import a_day
from advocacy.web.desk.words import channel_word
from advocacy.web.public import choices
from advocacy.web.requests import settings
from advocacy.web.sentences import say

bp = Blueprint("desk_stall", __name__, url_prefix="/desk/campaigns")

LETTERS = 10


@bp.get("/<slug>/stall")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    return _page(campaigns.find(db.session(), slug), {})


@bp.get("/<slug>/stall.pdf")
@access.staff(Permission.READ)
def sheets(slug: str) -> ResponseReturnValue:
    """?letters= ?tone= ?language= ?country= ?town= ?day= ?addressee="""
    campaign = campaigns.find(db.session(), slug)
    rows = stalls.writable(campaign)
    if not rows:
        raise InvalidError(_("Nobody in this campaign has a postal address."))
    asked = request.args.get("addressee", type=int)
    try:
        sheet = stalls.stall_sheet(
            campaign,
            next((row for row in rows if row.id == asked), rows[0]),
            _event(campaign),
            url=Links(settings().base_url, keys_of(db.session())).campaign(campaign.slug),
            pools=load_pools(),
            words=paper_words(request.args.get("language", campaign.language)),
            letter_words=paper_words(load_pools().best(campaign.language)),
        )
    except InvalidError as error:
        return _page(campaign, error.faults or {"letters": say(error)}), 422
    printed = current().press.stall(sheet)
    headers = {"Content-Disposition": f'attachment; filename="stall-{campaign.slug}.pdf"'}
    return Response(printed.content, content_type="application/pdf", headers=headers)


@bp.post("/<slug>/stall")
@access.staff(Permission.EDIT)
def enter(slug: str) -> ResponseReturnValue:
    """Enter a number; `remove` takes an entry back."""
    session = db.session()
    campaign = campaigns.find(session, slug)
    clock, actor = current().clock, who.actor()
    removed = request.form.get("remove", type=int)
    if removed is not None:
        stalls.take_back(session, campaign, removed, clock=clock, actor=actor)
        flash(_("The entry is taken back."), "good")
        return redirect(url_for("desk_stall.show", slug=slug))
    asked = request.form.get("channel", "")
    channel = Channel(asked) if asked in set(Channel) else Channel.POST
    try:
        stalls.enter(session, campaign, channel, request.form.get("people", 0, type=int), clock=clock, actor=actor)
    except InvalidError as error:
        session.rollback()
        return _page(campaigns.find(session, slug), error.faults), 422
    flash(_("Thank you. It counts."), "good")
    return redirect(url_for("desk_stall.show", slug=slug))


def _event(campaign: Campaign) -> Event:
    tone, country = request.args.get("tone", ""), request.args.get("country", _usual_country(campaign))
    return Event(
        letters=request.args.get("letters", LETTERS, type=int),
        tone=Tone(tone) if tone in set(Tone) else Tone.FORMAL,
        day=a_day(request.args.get("day", "")) or _today(),
        country=country if country in COUNTRIES else None,
        town=request.args.get("town", "").strip()[:100],
    )


def _page(campaign: Campaign, faults: dict[str, str]) -> str:
    session = db.session()
    event = _event(campaign)
    languages = {paper_words(tag).language for tag, _name in choices.languages()}
    ways = sorted({way for row in campaign.addressees for way in row.value().channels()}, key=list(Channel).index)
    return render_template(
        "desk/stall.html",
        campaign=campaign,
        event=event,
        faults=faults,
        rows=[(row.id, row.name) for row in stalls.writable(campaign)],
        row=request.args.get("addressee", type=int),
        language=request.args.get("language", campaign.language),
        languages=[(tag, name) for tag, name in choices.languages() if tag.partition("-")[0] in languages],
        countries=choices.countries(),
        most=MOST_LETTERS,
        ways=[(way.value, channel_word(way)) for way in ways or [Channel.POST]],
        entries=stall.entries(session, campaign.id),
        total=sum(stall.by_channel(session, campaign.id).values()),
    )


def _today() -> date:
    return who.now().astimezone(who.zone()).date()


def _usual_country(campaign: Campaign) -> str:
    """Return the country of the campaign's time zone, which is that of its organisers; an empty text where it has none."""
    return str(get_global("zone_territories").get(campaign.timezone, ""))
