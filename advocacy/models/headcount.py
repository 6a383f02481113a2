"""How many people a mail goes to, counted in the background for the page that asked."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.models.base import Base, BigId


class Headcount(Base):
    """One count. `what` is a launch, news or a mail (`blast_id`, 0 for the others); `asked` is its audience as JSON.

    `reasons` counts people by why they do not get it, "" for those who do; `zones` those who do by time zone.
    """

    __tablename__ = "headcount"
    __table_args__ = (PrimaryKeyConstraint("campaign_id", "what", "blast_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(10))
    blast_id: Mapped[int] = mapped_column(BigId, default=0)
    asked: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    reasons: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    zones: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
