"""Roll-ups of a campaign's ledger: what its pages with figures read, so that no page counts over big tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.models.base import Base, BigId


class Tally(Base):
    """One number. `what` names it; `key` tells a day, a channel, a country... ; `blast_id` is 0 for the whole campaign."""

    __tablename__ = "tally"
    __table_args__ = (PrimaryKeyConstraint("campaign_id", "what", "blast_id", "key"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    blast_id: Mapped[int] = mapped_column(BigId, default=0)
    key: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[int] = mapped_column(BigId)


class Counted(Base):
    """When a campaign was counted last, how long that took, and since when its ledger is known to have changed.

    `seen` is what its requests came to then; another one means that they moved.
    """

    __tablename__ = "counted"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    counted_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    seen: Mapped[str] = mapped_column(String(120), default="")


def tallies(session: Session, campaign_id: int) -> Sequence[Tally]:
    return session.scalars(select(Tally).where(Tally.campaign_id == campaign_id)).all()
