"""Lists of supporters taken in from a file, how far each one is, and what it added, so that it can be taken back."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.domain.importing import ImportState
from advocacy.domain.sentence import Sentence
from advocacy.models.base import Base, BigId, ToldAtLength, enum_of
from advocacy.models.supporter import new_uid


class SupporterImport(Base):
    """`source` is the file, `refused` the rows that were not taken. `rows_done` is the cursor of the work at hand.

    `open_hash` is the file's SHA-256 while the import is open: the same file handed in twice is one import. `checked`
    and `counts` say how many rows would be, and were, what (`Tally` in operations/import_rows.py).
    """

    __tablename__ = "supporter_import"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    state: Mapped[ImportState] = mapped_column(enum_of(ImportState), default=ImportState.ARRIVED, index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    open_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id", ondelete="SET NULL"))
    refused_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id", ondelete="SET NULL"))
    charset: Mapped[str] = mapped_column(String(20))
    delimiter: Mapped[str] = mapped_column(String(1))
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    alerts: Mapped[bool] = mapped_column(default=True)
    basis: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    rows_done: Mapped[int] = mapped_column(default=0)
    bytes_done: Mapped[int] = mapped_column(default=0)
    checked: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    fault: Mapped[Sentence] = mapped_column(ToldAtLength(), default="")
    actor: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(index=True)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportKey(Base):
    """An address seen in a file while it is checked, as its look-up hash: by them rows that repeat one are counted."""

    __tablename__ = "import_key"

    import_id: Mapped[int] = mapped_column(ForeignKey("supporter_import.id", ondelete="CASCADE"), primary_key=True)
    email_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class ImportTrace(Base):
    """What an import did to one supporter. `made`: there was no such supporter; `woke`: their own sign-up had never
    been confirmed; `alerts`: it put them on the alert list; `tags`: those it added."""

    __tablename__ = "import_trace"

    import_id: Mapped[int] = mapped_column(ForeignKey("supporter_import.id", ondelete="CASCADE"), primary_key=True)
    supporter_id: Mapped[int] = mapped_column(
        ForeignKey("supporter.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    made: Mapped[bool] = mapped_column(default=False)
    woke: Mapped[bool] = mapped_column(default=False)
    alerts: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
