"""Files that are kept for a while: in pieces, each compressed and encrypted, gone when their time is over.

They lie in the database and not in a folder, because the web process that takes a file and the worker that reads it
may run on different machines; and so that a file, and how far it was read or written, are one transaction.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.models.base import Base, BigId
from advocacy.models.supporter import new_uid


class Parcel(Base):
    __tablename__ = "parcel"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ParcelPart(Base):
    """One piece, sealed for "parcel.part" and the parcel's uid with the piece's number."""

    __tablename__ = "parcel_part"

    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id", ondelete="CASCADE"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
