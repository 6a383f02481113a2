"""A campaign as commands print it."""

from typing import Any

from advocacy.domain.campaign import CampaignState
from advocacy.models.campaign import Campaign

NOW = {
    CampaignState.DRAFT: "a draft",
    CampaignState.LIVE: "live",
    CampaignState.PAUSED: "paused",
    CampaignState.CLOSED: "closed",
}


def shown(campaign: Campaign) -> dict[str, Any]:
    return {
        "slug": campaign.slug,
        "state": campaign.state.value,
        "title": campaign.title,
        "index": campaign.index_number,
        "ua_number": campaign.ua_number,
        "issued": campaign.issued,
        "deadline": campaign.deadline,
        "timezone": campaign.timezone,
        "language": campaign.language,
        "countries": campaign.countries,
        "demands": [demand.text for demand in campaign.demands],
        "addressees": [
            {
                "name": row.name,
                "role": row.role.value,
                "channels": [channel.value for channel in row.value().channels()],
            }
            for row in campaign.addressees
        ],
        "launched_at": campaign.launched_at,
    }
