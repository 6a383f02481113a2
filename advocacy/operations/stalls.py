"""A table at an event: letters to print for it, and how many were posted from it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.appeal.compose import compose
from advocacy.domain.appeal.paper import LetterSheet, letter_data
from advocacy.domain.appeal.paper_words import PaperWords
from advocacy.domain.appeal.pools import Pools
from advocacy.domain.appeal.request import Tone, seed_for
from advocacy.domain.appeal.stall import StallSheet, stall_data
from advocacy.domain.appeal.subject import as_subject
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.sentence import Sentence
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.stall import StallCount
from advocacy.operations import appeals, audit

MOST_PEOPLE: Final = 100_000
"""More than any stall has: a slip of the finger."""


@dataclass(frozen=True)
class Event:
    """Where and when the table stands. `country` is alpha-2 and decides the paper; `town` may be empty."""

    letters: int
    tone: Tone
    day: date
    country: str | None
    town: str = ""


def writable(campaign: Campaign) -> list[AddresseeRow]:
    """Return those who can be written to by post, the primary ones first."""
    rows = [row for row in campaign.addressees if Channel.POST in row.value().channels()]
    return sorted(rows, key=lambda row: (row.role is not Role.PRIMARY, row.position))


def stall_sheet(
    campaign: Campaign,
    row: AddresseeRow,
    event: Event,
    *,
    url: str,
    pools: Pools,
    words: PaperWords,
    letter_words: PaperWords,
) -> StallSheet:
    """Return the sheets for one event: the same event gives the same letters, another day or town gives others.

    `url` is the campaign's public page. Raises ConflictError for a campaign that is not live, InvalidError for what cannot be printed.
    """
    if campaign.state is not CampaignState.LIVE:
        raise ConflictError(
            "“%(title)s” is not live, so its page would not open from the QR code.", title=campaign.title
        )
    letters = [_letter(campaign, row, event, number, pools) for number in range(event.letters)]
    return stall_data(
        letters,
        words,
        letter_words,
        title=as_subject(campaign.title, campaign.language),
        url=url,
        deadline_day=campaign.deadline,
    )


def _letter(campaign: Campaign, row: AddresseeRow, event: Event, number: int, pools: Pools) -> LetterSheet:
    primary = next((each.value() for each in campaign.addressees if each.role is Role.PRIMARY), None)
    wishes = appeals.Wishes(
        country=event.country,
        tone=event.tone,
        seed=seed_for(f"stall {event.day} {event.town} {number}", campaign.id),
    )
    request = appeals.request_for(campaign, row.value(), primary, wishes, today=event.day, pools=pools)
    return letter_data(
        compose(request, pools),
        request.addressee,
        pools.voice(request.language),
        day=event.day,
        supporter_country=event.country,
        city=event.town,
        country_names=appeals.country_names(row.country, request.language),
    )


def enter(session: Session, campaign: Campaign, channel: Channel, people: int, *, clock: Clock, actor: str) -> None:
    """Keep that so many people sent their letter from a stall. Raises InvalidError for a number that cannot be."""
    if not 1 <= people <= MOST_PEOPLE:
        message = Sentence("Enter a number from 1 to %(most)s.", most=MOST_PEOPLE)
        raise InvalidError(message, faults={"people": message})
    now = moment.now(session, clock)
    session.add(StallCount(campaign_id=campaign.id, at=now, channel=channel, people=people, actor=actor))
    audit.record(
        session,
        actor=actor,
        what="stall.enter",
        object_=f"campaign:{campaign.id}",
        now=now,
        details={"channel": channel.value, "people": people},
    )
    session.commit()


def take_back(session: Session, campaign: Campaign, entry_id: int, *, clock: Clock, actor: str) -> None:
    """Remove an entry made in error; the audit log keeps that it was there. Raises NotFoundError."""
    entry = session.get(StallCount, entry_id)
    if entry is None or entry.campaign_id != campaign.id:
        raise NotFoundError("There is no such entry.")
    now = moment.now(session, clock)
    audit.record(
        session,
        actor=actor,
        what="stall.take_back",
        object_=f"campaign:{campaign.id}",
        now=now,
        details={"channel": entry.channel.value, "people": entry.people},
    )
    session.delete(entry)
    session.commit()
