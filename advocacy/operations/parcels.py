"""Files kept for a while: written piece by piece, read as a stream, forgotten when their time is over."""

import io
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from advocacy.models.base import keys_of
from advocacy.models.parcel import Parcel, ParcelPart

PIECE = 256 * 1024
_COLUMN = "parcel.part"


def begin(session: Session, *, now: datetime, life: timedelta) -> Parcel:
    """Add an empty parcel in the caller's transaction."""
    parcel = Parcel(created_at=now, expires_at=now + life)
    session.add(parcel)
    session.flush()
    return parcel


def append(session: Session, parcel_id: int, piece: bytes, no: int | None = None) -> None:
    """Add a piece in the caller's transaction; without a number it is the next one."""
    parcel = session.get_one(Parcel, parcel_id)
    if no is None:
        no = (session.scalar(select(func.max(ParcelPart.no)).where(ParcelPart.parcel_id == parcel_id)) or 0) + 1
    sealed = keys_of(session).seal_bytes(_COLUMN, f"{parcel.uid}.{no}", zlib.compress(piece, 1))
    session.execute(insert(ParcelPart).values(parcel_id=parcel_id, no=no, sealed=sealed))


def rewrite(session: Session, parcel_id: int, piece: bytes, no: int) -> None:
    """Put another piece in a piece's place, in the caller's transaction."""
    session.execute(delete(ParcelPart).where(ParcelPart.parcel_id == parcel_id, ParcelPart.no == no))
    append(session, parcel_id, piece, no)


def pieces(session: Session, parcel_id: int) -> Iterator[bytes]:
    """Yield the pieces in order, one in memory at a time. Between two the caller may commit or roll back."""
    for _no, piece in numbered(session, parcel_id):
        yield piece


def numbered(session: Session, parcel_id: int) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces as `pieces` does, each with its number."""
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        return
    uid, keys, no = parcel.uid, keys_of(session), -1
    while True:
        row = session.execute(
            select(ParcelPart.no, ParcelPart.sealed)
            .where(ParcelPart.parcel_id == parcel_id, ParcelPart.no > no)
            .order_by(ParcelPart.no)
            .limit(1)
        ).one_or_none()
        if row is None:
            return
        no = row.no
        yield no, zlib.decompress(keys.open_bytes(_COLUMN, f"{uid}.{no}", row.sealed))


class Reading(io.RawIOBase):
    """A parcel as a file to read; `taken` bytes were read so far."""

    def __init__(self, session: Session, parcel_id: int) -> None:
        self._pieces = pieces(session, parcel_id)
        self._left = b""
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if not self._left:
            self._left = next(self._pieces, b"")
        size = min(len(view), len(self._left))
        view[:size] = self._left[:size]
        self._left = self._left[size:]
        self.taken += size
        return size


def forget(session: Session, parcel_id: int | None) -> None:
    """Delete a parcel with all its pieces, in the caller's transaction."""
    if parcel_id is not None:
        session.execute(delete(Parcel).where(Parcel.id == parcel_id))


def forget_old(session: Session, now: datetime) -> int:
    """Delete the parcels whose time is over, each in a transaction of its own; return how many."""
    gone = session.scalars(select(Parcel.id).where(Parcel.expires_at <= now).limit(100)).all()
    for parcel_id in gone:
        forget(session, parcel_id)
        session.commit()
    return len(gone)


def keep_until(session: Session, parcel_id: int, until: datetime) -> None:
    session.execute(update(Parcel).where(Parcel.id == parcel_id).values(expires_at=until))
