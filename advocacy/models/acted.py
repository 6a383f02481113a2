"""How many people acted in a campaign, by channel: as they told us, and as organisers counted at stalls."""

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import Channel
from advocacy.models import stall
from advocacy.models.supporter import Action, actions_taken


def people(session: Session, campaign_id: int) -> int:
    """Return how many people acted; one who used several channels counts once."""
    return actions_taken(session, campaign_id) + sum(stall.by_channel(session, campaign_id).values())


def by_channel(session: Session, campaign_id: int) -> dict[Channel, int]:
    """Return how many people used each channel, in the order of the enum; channels that nobody used are left out."""
    query = (
        select(Action.channel, func.count(distinct(Action.supporter_id)))
        .where(Action.campaign_id == campaign_id)
        .group_by(Action.channel)
    )
    told = {channel: int(count) for channel, count in session.execute(query)}
    at_stalls = stall.by_channel(session, campaign_id)
    both = {channel: told.get(channel, 0) + at_stalls.get(channel, 0) for channel in Channel}
    return {channel: count for channel, count in both.items() if count}
