"""Will a letter still arrive? By country pair and the days left, with who says so."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from advocacy.domain import posting
from advocacy.domain.addressee import Addressee
from advocacy.domain.channels import PostRoute
from advocacy.domain.posting import NO_OWN, OwnAims


class Arrival(StrEnum):
    IN_TIME = "in_time"
    TODAY = "today"  # in time if it is posted today
    LATE = "late"  # posted today it comes after the deadline
    OVER = "over"  # the deadline has passed
    SUSPENDED = "suspended"  # no letters are taken to that country


class Band(StrEnum):
    """Which stamp a letter of one sheet needs. Prices change and are not kept here."""

    HOME = "home"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Forecast:
    """What to tell about one letter. `published` is False where no post's aim is known and the figure is our cautious assumption."""

    arrival: Arrival
    band: Band
    post_by: date
    working_days: int
    source: str
    dated: str
    published: bool

    @property
    def in_time(self) -> bool:
        return self.arrival in {Arrival.IN_TIME, Arrival.TODAY}


def arrival(
    from_country: str | None, to_country: str | None, *, today: date, deadline_day: date, own: OwnAims = NO_OWN
) -> Forecast:
    """Return whether a letter posted from `today` on arrives by the deadline's day. Countries are alpha-2, None when unknown."""
    aim = posting.aim(from_country, to_country, own)
    post_by = posting.last_posting_day(deadline_day, aim.working_days)
    return Forecast(
        arrival=Arrival.SUSPENDED if aim.suspended else _arrival(today, post_by, deadline_day),
        band=band(from_country, to_country),
        post_by=post_by,
        working_days=aim.working_days,
        source=aim.source,
        dated=aim.dated,
        published=aim.published,
    )


def route(addressee: Addressee, embassy: Addressee | None, from_country: str | None, own: OwnAims) -> PostRoute:
    """Return how a letter gets to an addressee: by post, through the embassy where the supporter lives, or not at all."""
    if not posting.aim(from_country, addressee.country, own).suspended:
        return PostRoute.DIRECT
    if embassy is None or posting.aim(from_country, embassy.country, own).suspended:
        return PostRoute.SUSPENDED
    return PostRoute.EMBASSY


def band(from_country: str | None, to_country: str | None) -> Band:
    """Return which stamp a letter needs between two countries (alpha-2)."""
    if not from_country or not to_country:
        return Band.UNKNOWN
    return Band.HOME if from_country.upper() == to_country.upper() else Band.ABROAD


def _arrival(today: date, post_by: date, deadline_day: date) -> Arrival:
    if today > deadline_day:
        return Arrival.OVER
    if today > post_by:
        return Arrival.LATE
    return Arrival.TODAY if today == post_by else Arrival.IN_TIME
