"""Letters that supporters asked us to keep until the deadline."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.models.base import Base, BigId
from advocacy.models.supporter import new_uid


class Draft(Base):
    """What one supporter chose and typed for one campaign, sealed for "draft.content" and `uid`, as JSON."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("supporter_id", "campaign_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]
