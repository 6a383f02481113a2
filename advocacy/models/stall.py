"""Letters posted from tables at events: numbers that an organiser enters, about nobody in particular."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.domain.addressee import Channel
from advocacy.models.base import Base, BigId, enum_of


class StallCount(Base):
    """One entry: so many people sent their letter from a stall. `actor` is "organiser:<id>"."""

    __tablename__ = "stall_count"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(enum_of(Channel))
    people: Mapped[int]
    actor: Mapped[str] = mapped_column(String(80))


def entries(session: Session, campaign_id: int) -> list[StallCount]:
    """Return what was entered for a campaign, the latest first."""
    query = select(StallCount).where(StallCount.campaign_id == campaign_id).order_by(StallCount.id.desc())
    return list(session.scalars(query))


def by_channel(session: Session, campaign_id: int) -> dict[Channel, int]:
    """Return how many people sent something from a stall in a campaign, by channel."""
    query = (
        select(StallCount.channel, func.sum(StallCount.people))
        .where(StallCount.campaign_id == campaign_id)
        .group_by(StallCount.channel)
    )
    return {channel: int(people) for channel, people in session.execute(query)}
