"""How many people acted, as the public is told: from 20 up and to the full ten below, so that none tells of one person."""

from advocacy.models import acted
from advocacy.models.base import db
from advocacy.models.campaign import Campaign
from advocacy.web.public import ways

_FEWEST_SHOWN = 20


def people(campaign: Campaign) -> int | None:
    """Return how many people acted at least; None for too few to tell."""
    return _rounded(acted.people(db.session(), campaign.id))


def by_channel(campaign: Campaign) -> list[tuple[str, int]]:
    """Return (way, people) for the channels that enough people used."""
    counts = acted.by_channel(db.session(), campaign.id)
    return [(ways.label(channel), shown) for channel, count in counts.items() if (shown := _rounded(count))]


def _rounded(count: int) -> int | None:
    return count // 10 * 10 if count >= _FEWEST_SHOWN else None
