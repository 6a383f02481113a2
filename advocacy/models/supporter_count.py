"""How many supporters there are of each kind, counted in the background: pages never count over the whole table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from advocacy.domain.supporter import SupporterState
from advocacy.models.base import Base, enum_of


class SupporterCount(Base):
    """`facet` is "all", "alerts", "country", "language", "zone" or "tag"; `value` is "" where it has none."""

    __tablename__ = "supporter_count"

    facet: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[SupporterState] = mapped_column(enum_of(SupporterState), primary_key=True)
    people: Mapped[int]
