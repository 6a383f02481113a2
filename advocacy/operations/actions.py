"""What supporters tell us they sent, the thanks for it, and the way that is left."""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel, Role
from advocacy.domain.call import CallOutcome
from advocacy.domain.errors import InvalidError
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import Clock
from advocacy.models import moment, press
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.posting import own_aims
from advocacy.models.single_mail import SingleKind
from advocacy.models.supporter import Action, Supporter, opened, suppressed
from advocacy.operations import figures, ordering, routing


def sent(
    session: Session,
    supporter_id: int,
    campaign: Campaign,
    addressee_id: int,
    channel: Channel,
    *,
    clock: Clock,
    outcome: CallOutcome | None = None,
    chosen: Collection[int] = (),
) -> bool:
    """Keep "I sent it" and, the first time in a campaign, order one thank-you; reminders stop by themselves.

    `outcome` is how a call went; `chosen` are the places of the demands that the letter carried, from 0: they are
    counted, not kept with the person. Return False when this was told before. Raises InvalidError for an addressee or a channel that is none of theirs.
    """
    now = moment.now(session, clock)
    supporter = session.get_one(Supporter, supporter_id)
    row = next((row for row in campaign.addressees if row.id == addressee_id), None)
    if row is None or channel not in row.value().channels() or not row.value().is_for(supporter.country):
        raise InvalidError("There is no such way to reach anyone in this action.")
    values = {
        "supporter_id": supporter_id,
        "campaign_id": campaign.id,
        "addressee_id": addressee_id,
        "channel": channel,
        "outcome": outcome if channel is Channel.PHONE else None,
        "at": now,
        "day": now.astimezone(ZoneInfo(supporter.timezone)).date(),
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    kept = session.execute(insert(Action).values(values).on_conflict_do_nothing().returning(Action.id)).first()
    if kept is not None:
        press.note_demands(session, campaign.id, [row.id for at, row in enumerate(campaign.demands) if at in chosen])
    if kept is not None and _may_thank(session, supporter):
        ordering.order(
            session,
            SingleKind.THANKS,
            f"thanks:{supporter_id}:{campaign.id}",
            now=now,
            supporter_id=supporter_id,
            campaign_id=campaign.id,
            language=supporter.language,
            facts={"another_channel": another_way(session, supporter, campaign, now) is not None},
        )
    session.commit()
    return kept is not None


def pressed(session: Session, supporter_id: int, campaign: Campaign, now: datetime) -> None:
    """Keep that a supporter used their page: by a press, which no program that opens links makes."""
    if press.note_press(session, campaign.id, supporter_id, now):
        session.commit()


def take_back(
    session: Session, supporter_id: int, campaign_id: int, addressee_id: int, channel: Channel, *, now: datetime
) -> None:
    """Take back "I sent it": somebody who acted in no other way is reminded again. Nothing to take back is no fault."""
    session.execute(
        delete(Action).where(
            Action.supporter_id == supporter_id,
            Action.campaign_id == campaign_id,
            Action.addressee_id == addressee_id,
            Action.channel == channel,
        )
    )
    figures.mark(session, [campaign_id], now)
    session.commit()


def _may_thank(session: Session, supporter: Supporter) -> bool:
    active = supporter.state is SupporterState.ACTIVE and supporter.email_sealed is not None
    return active and not suppressed(session, opened(session, supporter, "email"))


def told(session: Session, supporter_id: int, campaign_id: int) -> dict[tuple[int, Channel], datetime]:
    """Return what this supporter told us they sent in a campaign: when, by addressee and channel."""
    rows = session.scalars(
        select(Action).where(Action.supporter_id == supporter_id, Action.campaign_id == campaign_id).order_by(Action.id)
    )
    return {(row.addressee_id, row.channel): row.at for row in rows}


def first_letters(session: Session, supporter: Supporter, campaign_id: int) -> dict[int, date]:
    """Return the day on which this supporter first told us of a letter, by addressee; calls and public posts are none."""
    first: dict[int, date] = {}
    for (addressee_id, channel), at in told(session, supporter.id, campaign_id).items():
        if channel not in {Channel.PHONE, Channel.SOCIAL}:
            first.setdefault(addressee_id, at.astimezone(ZoneInfo(supporter.timezone)).date())
    return first


def another_way(
    session: Session, supporter: Supporter, campaign: Campaign, now: datetime
) -> tuple[AddresseeRow, Channel] | None:
    """Return the next useful way this supporter has not used, None when it is time to rest or too late."""
    deadline = campaign.due_by()
    if deadline is None or deadline.passed(now):
        return None
    done = told(session, supporter.id, campaign.id)
    own = own_aims(session)
    for row in sorted(campaign.addressees, key=lambda row: (row.role is not Role.PRIMARY, row.position)):
        addressee = row.value()
        if not addressee.is_for(supporter.country):
            continue
        ways = routing.routed(campaign, addressee, supporter.country, deadline=deadline, now=now, own=own)
        for offer in ways.offers:
            if offer.works and (row.id, offer.channel) not in done:
                return row, offer.channel
    return None
