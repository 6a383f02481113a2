"""Throw away the draft of a campaign that was never launched: a duplicate, or one begun by mistake."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Action, Consent, SignUp, Subscription
from advocacy.operations import audit

_OF_PEOPLE = (Subscription, SignUp, Consent, Action, Blast)


def throw_away(session: Session, campaign: Campaign, *, now: datetime, actor: str) -> None:
    """Delete a draft with all that was read and written for it; what was to follow it follows nothing any more.

    Raises ConflictError for a campaign that was ever launched, and for one that people were put on: what they agreed to
    names it.
    """
    session.refresh(campaign, with_for_update=True)
    if campaign.state is not CampaignState.DRAFT or campaign.launched_at is not None:
        raise ConflictError(
            "“%(title)s” is %(state)s: only a draft that was never launched can be thrown away.",
            title=campaign.title,
            state=campaign.state,
        )
    if any(session.scalar(select(exists().where(table.campaign_id == campaign.id))) for table in _OF_PEOPLE):
        raise ConflictError("People are on “%(title)s” already: it cannot be thrown away.", title=campaign.title)
    session.execute(update(Campaign).where(Campaign.follows_id == campaign.id).values(follows_id=None))
    object_, details = f"campaign:{campaign.id}", {"title": campaign.title}
    audit.record(session, actor=actor, what="campaign.thrown_away", object_=object_, now=now, details=details)
    session.delete(campaign)
    session.commit()
