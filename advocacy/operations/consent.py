"""The ledger of consent: lines are added in the transaction of what they tell of, and never changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from advocacy.domain.supporter import ConsentAction
from advocacy.models.supporter import Consent

CAMPAIGN = "campaign"
ALERTS = "alerts"


def purpose_of(campaign_id: int | None) -> str:
    return ALERTS if campaign_id is None else CAMPAIGN


def note(
    session: Session,
    supporter_id: int,
    purpose: str,
    action: ConsentAction,
    campaign_id: int | None,
    now: datetime,
    *,
    source: str = "",
    actor: str = "supporter",
    like: Consent | None = None,
) -> None:
    """Add a line to the ledger; one that confirms repeats what was asked, word for word."""
    session.add(
        Consent(
            supporter_id=supporter_id,
            campaign_id=campaign_id,
            purpose=purpose,
            action=action,
            wording=like.wording if like else "",
            version=like.version if like else "",
            language=like.language if like else "",
            source=source or (like.source if like else ""),
            actor=actor,
            at=now,
        )
    )
