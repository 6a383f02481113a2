"""What supporters of a campaign send: ten letters as ten people would get them, to read before anybody does."""

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.request import AppealRequest, Tone
from advocacy.domain.appeal.text import Appeal
from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.gateways.phrases import load_pools
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.operations import appeals, campaigns
from advocacy.web import access
from advocacy.web.desk import who
from advocacy.web.desk.words import channel_word

bp = Blueprint("desk_letters", __name__, url_prefix="/desk/campaigns")

LETTERS = 10
_TONES = (Tone.FORMAL, Tone.WARM, Tone.BRIEF)


@bp.get("/<slug>/letters")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    """?addressee= chooses whom to, ?channel= the way, ?more= shows ten others."""
    campaign = campaigns.find(db.session(), slug)
    rows = [row for row in campaign.addressees if row.value().channels()]
    asked = request.args.get("addressee", type=int)
    row = next((each for each in rows if each.id == asked), rows[0] if rows else None)
    ways = row.value().channels() if row else ()
    channel = next((way for way in ways if way == request.args.get("channel")), ways[0] if ways else None)
    start = max(request.args.get("more", 0, type=int), 0)
    letters: list[tuple[Tone, Appeal]] = []
    fault = None
    if row is not None and channel is not None:
        try:
            asked_for = [letter_to(campaign, row, channel, number) for number in range(start, start + LETTERS)]
            letters = [(one.tone, compose(one, load_pools())) for one in asked_for]
        except (InvalidError, NotFoundError) as error:
            fault = str(error)
    return render_template(
        "desk/campaign/letters.html",
        campaign=campaign,
        rows=rows,
        row=row,
        choices=[(each.id, each.name) for each in rows],
        ways_named=[(way.value, channel_word(way)) for way in ways],
        channel=channel,
        letters=letters,
        fault=fault,
        next_start=start + LETTERS,
    )


def letter_to(campaign: Campaign, row: AddresseeRow, channel: Channel, number: int) -> AppealRequest:
    """Return what the letter of the sample's person `number` is made from; the tones take turns."""
    primary = next((each.value() for each in campaign.addressees if each.role is Role.PRIMARY), None)
    wishes = appeals.Wishes(tone=_TONES[number % len(_TONES)], seed=f"sample:{campaign.id}:{number}")
    base = appeals.request_for(campaign, row.value(), primary, wishes, today=who.now().date(), pools=load_pools())
    return replace(base, channel=channel)
