"""What supporters tell us of the answers they got."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.domain.reply import ReplyKind
from advocacy.models.base import Base, BigId, enum_of, keys_of
from advocacy.models.supporter import new_uid


class Reply(Base):
    """One supporter's word on whether one addressee answered. What it said is sealed for "reply.text" and `uid`."""

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("supporter_id", "campaign_id", "addressee_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey("addressee.id", ondelete="CASCADE"))
    kind: Mapped[ReplyKind] = mapped_column(enum_of(ReplyKind))
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]


def by_kind(session: Session, campaign_id: int) -> dict[ReplyKind, int]:
    """Return how many people told us of each kind of answer, in the order of the enum; kinds nobody told are left out."""
    query = select(Reply.kind, func.count()).where(Reply.campaign_id == campaign_id).group_by(Reply.kind)
    told = {kind: int(count) for kind, count in session.execute(query)}
    return {kind: told[kind] for kind in ReplyKind if kind in told}


def text_of(session: Session, row: Reply) -> str:
    """Return what the answer said, as its supporter told it."""
    return keys_of(session).open("reply.text", row.uid, row.text_sealed) if row.text_sealed else ""
