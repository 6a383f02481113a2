"""The ways from one supporter's country to one addressee, on what the organisation knows of the post."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy.domain import channels
from advocacy.domain.addressee import Addressee, embassy_for
from advocacy.domain.arrival import Forecast, arrival, route
from advocacy.domain.campaign import Deadline
from advocacy.domain.channels import Offer, PostRoute
from advocacy.domain.posting import OwnAims
from advocacy.models.campaign import Campaign


@dataclass(frozen=True)
class Routed:
    """The ways to one addressee, best first. `by_post` is how the envelope names them: through an embassy where the post to
    their country is suspended. `forecast` is that of this letter, `suspended` the word on the post that is not taken, if so."""

    offers: tuple[Offer, ...]
    by_post: Addressee
    forecast: Forecast
    suspended: Forecast | None


def routed(
    campaign: Campaign, addressee: Addressee, country: str | None, *, deadline: Deadline, now: datetime, own: OwnAims
) -> Routed:
    """Return the ways for a supporter in `country` (alpha-2, None when unknown)."""
    days_left = deadline.days_left(now)
    embassy = embassy_for((row.value() for row in campaign.addressees), country)
    found = route(addressee, embassy, country, own)
    by_post = addressee.care_of(embassy) if embassy is not None and found is PostRoute.EMBASSY else addressee
    today = deadline.day - timedelta(days=days_left)
    direct = arrival(country, addressee.country, today=today, deadline_day=deadline.day, own=own)
    forecast = arrival(country, by_post.country, today=today, deadline_day=deadline.day, own=own)
    offers = channels.offered(
        addressee,
        supporter_country=country,
        days_left=days_left,
        posting_days=(deadline.day - forecast.post_by).days,
        route=found,
    )
    return Routed(offers, by_post, forecast, suspended=None if found is PostRoute.DIRECT else direct)
