"""Who pressed a button on their page, and which demands letters carried: the first by person, the second by number alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.models.base import Base, BigId


class Press(Base):
    """The first time a supporter pressed anything on their page of a campaign. Opening it is none: programs do that."""

    __tablename__ = "press"
    __table_args__ = (PrimaryKeyConstraint("campaign_id", "supporter_id"), Index("ix_press_supporter", "supporter_id"))

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(index=True)


class DemandCount(Base):
    """How many letters carried a demand, as their writers' pages had it when they told us. About nobody in particular:
    which demands one person chose is not kept. `demand_id` 0 counts the letters themselves."""

    __tablename__ = "demand_count"
    __table_args__ = (PrimaryKeyConstraint("campaign_id", "demand_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    demand_id: Mapped[int] = mapped_column(BigId, autoincrement=False)
    letters: Mapped[int] = mapped_column(BigId)


def note_press(session: Session, campaign_id: int, supporter_id: int, now: datetime) -> bool:
    """Keep the first press, in the caller's transaction; return False for a later one, which costs a look."""
    if session.get(Press, (campaign_id, supporter_id)) is not None:
        return False
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"campaign_id": campaign_id, "supporter_id": supporter_id, "at": now}
    session.execute(insert(Press).values(values).on_conflict_do_nothing())
    return True


def note_demands(session: Session, campaign_id: int, demand_ids: Collection[int]) -> None:
    """Count one more letter, and it for each of these demands, in the caller's transaction."""
    if not demand_ids:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for demand_id in sorted({0, *demand_ids}):  # In one order, so that two writers never wait for each other.
        session.execute(
            insert(DemandCount)
            .values(demand_id=demand_id, campaign_id=campaign_id, letters=1)
            .on_conflict_do_update(
                index_elements=["campaign_id", "demand_id"], set_={"letters": DemandCount.letters + 1}
            )
        )
