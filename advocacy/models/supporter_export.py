"""Lists of supporters taken out as files, each for a while."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.domain.exporting import ExportState
from advocacy.models.base import Base, BigId, enum_of
from advocacy.models.supporter import new_uid


class SupporterExport(Base):
    """`last_id` is the cursor: the last supporter who is in the file. It is offered once it is ready, never before."""

    __tablename__ = "supporter_export"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    state: Mapped[ExportState] = mapped_column(enum_of(ExportState), default=ExportState.MAKING, index=True)
    selection: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id", ondelete="SET NULL"))
    expected: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(BigId, default=0)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
