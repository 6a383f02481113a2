"""A new draft from a campaign: a copy to begin with, or a second action whose audience is carried over at its launch."""

from datetime import datetime

from sqlalchemy import Select, exists, func, insert, inspect, literal, select
from sqlalchemy.orm import Session, aliased

from advocacy.domain.campaign import CampaignState
from advocacy.domain.supporter import SupporterState
from advocacy.models.base import Base, UtcDateTime
from advocacy.models.campaign import AddresseeRow, Campaign, CampaignTranslation, Demand, Phrasing, free_slug
from advocacy.models.supporter import Subscription, Supporter, of_campaign
from advocacy.operations import audit

_NEW = {"id", "slug", "state", "deadline", "issued", "generation", "sample", "reviewed_at", "follows_id"}
_NEW |= {"created_at", "launched_at", "closed_at"}
"""What a copy does not take over from its original."""

_EARLIER = aliased(Subscription, name="earlier")
_OTHER = aliased(Subscription, name="other")


def copy(session: Session, campaign: Campaign, *, follows: bool, now: datetime, actor: str) -> Campaign:
    """Make a draft with the campaign's words, people to write to and rules, and no deadline yet.

    With `follows` it is the next action of the same case; without, one of its own, with no number.
    """
    draft = Campaign(
        **_values(campaign, without=_NEW),
        slug=free_slug(session, campaign.title, campaign.ua_number if follows else None),
        state=CampaignState.DRAFT,
        follows_id=campaign.id if follows else None,
        reviewed_at=now,
        created_at=now,
    )
    if not follows:
        draft.ua_number = draft.index_number = None
    draft.demands = [Demand(**_values(row, without={"id", "campaign_id"})) for row in campaign.demands]
    draft.addressees = [AddresseeRow(**_values(row, without={"id", "campaign_id"})) for row in campaign.addressees]
    draft.translations = [CampaignTranslation(**_values(row, without={"campaign_id"})) for row in campaign.translations]
    session.add(draft)
    session.flush()
    for row in session.scalars(select(Phrasing).where(Phrasing.campaign_id == campaign.id)):
        session.add(Phrasing(**_values(row, without={"id", "campaign_id"}), campaign_id=draft.id))
    what = "campaign.followed" if follows else "campaign.copied"
    audit.record(
        session, actor=actor, what=what, object_=f"campaign:{draft.id}", now=now, details={"from": campaign.id}
    )
    session.commit()
    return draft


def carry_over(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """Put whoever is on the campaign that this one follows onto it, as they are there; in the caller's transaction.

    They asked to be told of this case: who left it, or this one before, stays away.
    """
    if campaign.follows_id is None:
        return
    columns = ("supporter_id", "campaign_id", "reminders", "joined_at")
    people = _people_of(campaign).with_only_columns(
        _EARLIER.supporter_id, literal(campaign.id), _EARLIER.reminders, literal(now, UtcDateTime())
    )
    session.execute(insert(Subscription).from_select(columns, people))


def carried(session: Session, campaign: Campaign) -> int:
    """Return how many people a launch would carry over who are not on the alert list: those get the action anyway."""
    if campaign.follows_id is None or campaign.state is not CampaignState.DRAFT:
        return 0
    alerted = exists().where(
        _OTHER.supporter_id == Supporter.id, _OTHER.campaign_id.is_(None), _OTHER.left_at.is_(None)
    )
    return session.scalar(_people_of(campaign).with_only_columns(func.count()).where(~alerted)) or 0


def _people_of(campaign: Campaign) -> Select[int]:
    """Pick those on the followed campaign who are active and not on this one."""
    here = exists().where(Subscription.supporter_id == Supporter.id, of_campaign(campaign.id))
    return (
        select(_EARLIER.supporter_id)
        .join(Supporter, Supporter.id == _EARLIER.supporter_id)
        .where(
            _EARLIER.campaign_id == campaign.follows_id,
            _EARLIER.left_at.is_(None),
            Supporter.state == SupporterState.ACTIVE,
            ~here,
        )
    )


def _values(row: Base, *, without: set[str]) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns if column.key not in without}
