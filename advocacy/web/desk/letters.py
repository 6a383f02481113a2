"""What supporters of a campaign send: ten letters as ten people would get them, to read before anybody does."""

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.request import AppealRequest, Tone, seed_for
from advocacy.domain.appeal.text import Appeal
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import InvalidError, NotFoundError
from advocacy.domain.permissions import Permission
from advocacy.gateways.phrases import load_pools
from advocacy.models.base import db
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.operations import appeals, audiences, campaigns
from advocacy.web import access
from advocacy.web.desk import previews, who
from advocacy.web.desk.previews import SamplePerson
from advocacy.web.desk.words import channel_word
from advocacy.web.sentences import say

bp = Blueprint("desk_letters", __name__, url_prefix="/desk/campaigns")

LETTERS = 10
_TONES = (Tone.FORMAL, Tone.WARM, Tone.BRIEF)


@bp.get("/<slug>/letters")
@access.staff(Permission.READ)
def show(slug: str) -> ResponseReturnValue:
    """?addressee= chooses whom to, ?channel= the way, ?more= shows ten others, ?after= those of ten other people.

    A draft's are those of real people where one may see supporters; else, and while there are none, of made-up ones.
    """
    session = db.session()
    campaign = campaigns.find(session, slug)
    rows = [row for row in campaign.addressees if row.value().channels()]
    asked = request.args.get("addressee", type=int)
    row = next((each for each in rows if each.id == asked), rows[0] if rows else None)
    ways = row.value().channels() if row else ()
    channel = next((way for way in ways if way == request.args.get("channel")), ways[0] if ways else None)
    start = max(request.args.get("more", 0, type=int), 0)
    people = _people(session, campaign, row)
    letters: list[tuple[SamplePerson | None, Tone, Appeal]] = []
    fault = None
    if row is not None and channel is not None:
        try:
            for number, person in enumerate(people or [None] * LETTERS, start):
                asked_for = (
                    letter_to(campaign, row, channel, number)
                    if person is None
                    else letter_of(campaign, row, channel, person)
                )
                letters.append((person, asked_for.tone, compose(asked_for, load_pools())))
        except (InvalidError, NotFoundError) as error:
            fault = say(error)
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
        more={"after": people[-1].uid} if people else {"more": start + LETTERS},
    )


def letter_to(campaign: Campaign, row: AddresseeRow, channel: Channel, number: int) -> AppealRequest:
    """Return what the letter of the sample's person `number` is made from; the tones take turns."""
    wishes = appeals.Wishes(tone=_TONES[number % len(_TONES)], seed=f"sample:{campaign.id}:{number}")
    return _asked(campaign, row, channel, wishes)


def letter_of(campaign: Campaign, row: AddresseeRow, channel: Channel, person: SamplePerson) -> AppealRequest:
    """Return what one supporter's letter is made from before they change anything, signed with their first name alone."""
    seed = seed_for(person.id, campaign.id)
    return _asked(campaign, row, channel, appeals.Wishes(name=person.first_name, country=person.country, seed=seed))


def _asked(campaign: Campaign, row: AddresseeRow, channel: Channel, wishes: appeals.Wishes) -> AppealRequest:
    primary = next((each.value() for each in campaign.addressees if each.role is Role.PRIMARY), None)
    base = appeals.request_for(campaign, row.value(), primary, wishes, today=who.now().date(), pools=load_pools())
    return replace(base, channel=channel)


def _people(session: Session, campaign: Campaign, row: AddresseeRow | None) -> list[SamplePerson]:
    """Return up to ten of the people whom a draft goes to and who write to this addressee, in the order of their random ids."""
    if row is None or campaign.state is not CampaignState.DRAFT or not who.me().may(Permission.SUPPORTERS):
        return []
    found = audiences.sample(session, campaign, who.now(), after=request.args.get("after", ""))
    return [previews.sample_person(session, each) for each in found if row.value().is_for(each.country)]
