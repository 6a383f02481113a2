"""What the organisation itself says of the post between countries, and the embassies it keeps for copies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.domain import posting
from advocacy.domain.posting import NO_OWN, Entry, OwnAims
from advocacy.models.base import Base, BigId


class PostingEntry(Base):
    """One entry on a pair of countries (None: anywhere), over what ships. The latest for a pair that is not taken back holds.

    `source` says who publishes it, `dated` as of when, `why` is a note for colleagues, `actor` is "organiser:<id>".
    """

    __tablename__ = "posting_entry"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_country: Mapped[str | None] = mapped_column(String(2))
    to_country: Mapped[str | None] = mapped_column(String(2))
    working_days: Mapped[int | None]
    suspended: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(500), default="")
    dated: Mapped[date]
    entered_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    taken_back_at: Mapped[datetime | None]

    def value(self) -> Entry:
        return Entry(
            self.from_country, self.to_country, self.working_days, self.suspended, source=self.source, dated=self.dated
        )


class Embassy(Base):
    """An embassy to send copies to: of `of_country`, standing in `country`, for supporters in `for_countries` (alpha-2).

    `former` is what it said before the last change, so that one press undoes it.
    """

    __tablename__ = "embassy"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    of_country: Mapped[str] = mapped_column(String(2), index=True)
    name: Mapped[str] = mapped_column(String(300))
    salutation: Mapped[str | None] = mapped_column(String(300))
    postal_lines: Mapped[list[str]] = mapped_column(JSON, default=list)
    country: Mapped[str] = mapped_column(String(2))
    emails: Mapped[list[str]] = mapped_column(JSON, default=list)
    phones: Mapped[list[str]] = mapped_column(JSON, default=list)
    faxes: Mapped[list[str]] = mapped_column(JSON, default=list)
    web_form: Mapped[str | None] = mapped_column(String(500))
    for_countries: Mapped[list[str]] = mapped_column(JSON, default=list)
    former: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


def entries(session: Session, *, taken_back: bool = False) -> list[PostingEntry]:
    """Return what was entered, the latest first: what was not taken back, or what was."""
    shown = PostingEntry.taken_back_at.is_not(None) if taken_back else PostingEntry.taken_back_at.is_(None)
    return list(session.scalars(select(PostingEntry).where(shown).order_by(PostingEntry.id.desc())))


def own_aims(session: Session | None) -> OwnAims:
    """Return what the organisation says of the post, by pair of countries."""
    if session is None:
        return NO_OWN
    return posting.own_aims(row.value() for row in reversed(entries(session)))


def embassies(session: Session, *, removed: bool = False) -> list[Embassy]:
    """Return the embassies on the list, or those taken off it."""
    shown = Embassy.removed_at.is_not(None) if removed else Embassy.removed_at.is_(None)
    return list(session.scalars(select(Embassy).where(shown).order_by(Embassy.of_country, Embassy.name, Embassy.id)))
