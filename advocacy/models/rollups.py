"""Roll-ups of who can be written to: the alert list by zone and country, and what each campaign changes about it.

A million people are alike in a few hundred ways; pages and plans read those. `operations.crowd` counts them.
"""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.models.base import Base, BigId

LARGE = 20_000
"""From so many people on, pages read roll-ups; below, counting takes less than they would save."""


class Crowd(Base):
    """So many supporters alike. `alerts`: on the alert list; `reachable`: active, with an address, not suppressed."""

    __tablename__ = "crowd"
    __table_args__ = (PrimaryKeyConstraint("state", "zone", "country", "language", "alerts", "reachable"),)

    state: Mapped[str] = mapped_column(String(20))
    zone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(12))
    alerts: Mapped[bool]
    reachable: Mapped[bool]
    people: Mapped[int] = mapped_column(BigId)


class CampaignCrowd(Base):
    """What a campaign's own people change about the alert list: so many more, or fewer, in a group.

    `reminders` is empty for those on the alert list alone.
    """

    __tablename__ = "campaign_crowd"
    __table_args__ = (PrimaryKeyConstraint("campaign_id", "zone", "country", "reminders", "acted"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    zone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(2))
    reminders: Mapped[str] = mapped_column(String(20))
    acted: Mapped[bool]
    people: Mapped[int] = mapped_column(BigId)


def people(session: Session) -> int:
    """Return how many supporters there were when they were counted last, 0 before that."""
    return int(session.scalar(select(func.sum(Crowd.people))) or 0)


def alert_list(session: Session) -> list[tuple[str, str, int]]:
    """Return (zone, country or "", people) of those on the alert list who can be written to."""
    query = (
        select(Crowd.zone, Crowd.country, func.sum(Crowd.people))
        .where(Crowd.alerts, Crowd.reachable)
        .group_by(Crowd.zone, Crowd.country)
    )
    return [(zone, country, int(number)) for zone, country, number in session.execute(query)]


def of_campaign(session: Session, campaign_id: int) -> Sequence[CampaignCrowd]:
    return session.scalars(select(CampaignCrowd).where(CampaignCrowd.campaign_id == campaign_id)).all()
