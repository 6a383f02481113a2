"""A tag given to, or taken from, all people of a selection; who was changed is noted, so that it can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.domain.tagging import TaggingState
from advocacy.models.base import Base, BigId, enum_of
from advocacy.models.supporter import new_uid


class Tagging(Base):
    """`adds` or takes away. `last_id` is the cursor, `changed` how many people it changed so far."""

    __tablename__ = "tagging"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    state: Mapped[TaggingState] = mapped_column(enum_of(TaggingState), default=TaggingState.WORKING, index=True)
    tag: Mapped[str] = mapped_column(String(40))
    adds: Mapped[bool]
    selection: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    expected: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(BigId, default=0)
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class TaggingTrace(Base):
    """Somebody whom it changed."""

    __tablename__ = "tagging_trace"

    tagging_id: Mapped[int] = mapped_column(ForeignKey("tagging.id", ondelete="CASCADE"), primary_key=True)
    supporter_id: Mapped[int] = mapped_column(
        ForeignKey("supporter.id", ondelete="CASCADE"), primary_key=True, index=True
    )
