"""Counting who opens the mails of a campaign: never unless an owner asks for it, and never where people are warned."""

from datetime import datetime

from sqlalchemy.orm import Session

from advocacy.config import MailTransport, Settings
from advocacy.domain.errors import ConflictError
from advocacy.models.campaign import Campaign
from advocacy.operations import audit


def may_be_counted(campaign: Campaign, settings: Settings) -> bool:
    """Whether opens of its mails can be counted at all: the provider must report them, and no supporter be warned."""
    return settings.mail_transport is MailTransport.SENDGRID and not campaign.safety_notice.strip()


def ask(session: Session, campaign: Campaign, *, settings: Settings, now: datetime, actor: str) -> None:
    """Count the opens of what is written from now on. Raises ConflictError where that may not be."""
    session.refresh(campaign, with_for_update=True)
    if not may_be_counted(campaign, settings):
        session.rollback()
        raise ConflictError(
            "Opens cannot be counted here: the mail provider reports none, or the campaign warns its supporters for "
            "their safety."
        )
    _set(session, campaign, wanted=True, now=now, actor=actor)


def stop(session: Session, campaign: Campaign, *, now: datetime, actor: str) -> None:
    """Count no further opens, from the next request to the provider on. What was counted stays."""
    session.refresh(campaign, with_for_update=True)
    _set(session, campaign, wanted=False, now=now, actor=actor)


def _set(session: Session, campaign: Campaign, *, wanted: bool, now: datetime, actor: str) -> None:
    if campaign.counts_opens is wanted:
        session.rollback()
        return
    campaign.counts_opens = wanted
    what = "campaign.opens_asked" if wanted else "campaign.opens_stopped"
    audit.record(session, actor=actor, what=what, object_=f"campaign:{campaign.id}", now=now)
    session.commit()
