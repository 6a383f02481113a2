"""A supporter's draft: kept only on request, sealed, until the deadline; one for each campaign."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.domain.supporter import SupporterState
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import forget_the_log, keys_of
from advocacy.models.campaign import Campaign
from advocacy.models.draft import Draft
from advocacy.models.supporter import Supporter, new_uid


@dataclass(frozen=True)
class Kept:
    """A draft as it was saved; `content` is plain values."""

    content: dict[str, Any]
    saved_at: datetime


def find(session: Session, supporter_id: int, campaign_id: int) -> Kept | None:
    """Return the draft of a supporter for a campaign, None without one."""
    row = session.scalar(_of(supporter_id, campaign_id))
    return Kept(opened(session, row), row.saved_at) if row else None


def opened(session: Session, row: Draft) -> dict[str, Any]:
    """Return what a draft holds."""
    content: dict[str, Any] = json.loads(keys_of(session).open("draft.content", row.uid, row.content_sealed))
    return content


def save(session: Session, supporter_id: int, campaign: Campaign, content: Mapping[str, Any], *, clock: Clock) -> None:
    """Keep a draft in place of the one before. Raises ConflictError once the campaign is over or the person erased."""
    now = moment.now(session, clock)
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True, populate_existing=True)
    if over(campaign, now) or supporter.state is SupporterState.ERASED:
        raise ConflictError("“%(title)s” is over, and drafts are kept until its deadline only.", title=campaign.title)
    row = session.scalar(_of(supporter_id, campaign.id))
    if row is None:
        row = Draft(supporter_id=supporter_id, campaign_id=campaign.id, uid=new_uid())
        session.add(row)
    row.content_sealed = keys_of(session).seal("draft.content", row.uid, json.dumps(content, ensure_ascii=False))
    row.saved_at = now
    session.commit()


def forget(session: Session, supporter_id: int, campaign_id: int) -> None:
    """Delete a draft; without one nothing happens."""
    session.execute(delete(Draft).where(Draft.supporter_id == supporter_id, Draft.campaign_id == campaign_id))
    session.commit()
    forget_the_log(session)


def forget_ended(session: Session, now: datetime) -> int:
    """Delete the drafts of campaigns that are over; return how many."""
    with_drafts = session.scalars(select(Campaign).where(Campaign.id.in_(select(Draft.campaign_id)))).all()
    ended = [campaign.id for campaign in with_drafts if over(campaign, now)]
    gone = session.execute(delete(Draft).where(Draft.campaign_id.in_(ended)).returning(Draft.id)).all() if ended else []
    session.commit()
    return len(gone)


def over(campaign: Campaign, now: datetime) -> bool:
    """Return whether nobody writes in this campaign any more."""
    deadline = campaign.due_by()
    return campaign.state is CampaignState.CLOSED or deadline is None or deadline.passed(now)


def _of(supporter_id: int, campaign_id: int) -> Select[Draft]:
    return select(Draft).where(Draft.supporter_id == supporter_id, Draft.campaign_id == campaign_id)
