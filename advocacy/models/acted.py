"""How many people acted in a campaign, by channel: as they told us, and as organisers counted at stalls."""

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.models import stall
from advocacy.models.supporter import Action, actions_taken
from advocacy.models.tally import Tally

MANY = 5_000
"""From so many people on, public pages read the roll-ups; below, they count, so that one's own action shows at once."""


def people(session: Session, campaign_id: int) -> int:
    """Return how many people acted; one who used several channels counts once."""
    rolled_up = _tallies(session, campaign_id, "acted").get("", 0)
    told = rolled_up if rolled_up >= MANY else actions_taken(session, campaign_id)
    return told + sum(stall.by_channel(session, campaign_id).values())


def by_channel(session: Session, campaign_id: int) -> dict[Channel, int]:
    """Return how many people used each channel, in the order of the enum; channels that nobody used are left out."""
    rolled_up = _tallies(session, campaign_id, "acted_channel")
    many = sum(rolled_up.values()) >= MANY
    told = {Channel(key): number for key, number in rolled_up.items()} if many else _counted(session, campaign_id)
    at_stalls = stall.by_channel(session, campaign_id)
    both = {channel: told.get(channel, 0) + at_stalls.get(channel, 0) for channel in Channel}
    return {channel: count for channel, count in both.items() if count}


def _counted(session: Session, campaign_id: int) -> dict[Channel, int]:
    query = (
        select(Action.channel, func.count(distinct(Action.supporter_id)))
        .where(Action.campaign_id == campaign_id)
        .group_by(Action.channel)
    )
    return {channel: int(count) for channel, count in session.execute(query)}


def _tallies(session: Session, campaign_id: int, what: str) -> dict[str, int]:
    query = select(Tally.key, Tally.number).where(Tally.campaign_id == campaign_id, Tally.what == what)
    return dict(session.execute(query).all())
