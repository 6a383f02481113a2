"""Who a campaign's mails are for, counted in groups that share every due time."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from advocacy.domain.supporter import Reminders, SupporterState
from advocacy.models import rollups
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Action, Subscription, Supporter, Suppression


@dataclass(frozen=True)
class Group:
    """Supporters alike in all that places a mail: `zone` is an IANA name, `country` alpha-2 or None.

    `reminders` is None for those on the alert list alone, who get every reminder of an action they got.
    """

    zone: str
    country: str | None
    reminders: Reminders | None
    acted: bool
    people: int


def reachable() -> ColumnElement[bool]:
    """Active, with an address, and not suppressed."""
    suppressed = exists().where(Suppression.suppression_key == Supporter.suppression_key, Suppression.scope == "all")
    return and_(Supporter.state == SupporterState.ACTIVE, Supporter.email_sealed.is_not(None), ~suppressed)


def groups(session: Session, campaign: Campaign, *, large: int = rollups.LARGE) -> list[Group]:
    """Return the people a launch reaches: the alert list, and those already on this campaign.

    Counted now, unless the list is so long that the roll-ups have to do: the alert list as it was counted last, and
    what this campaign's own people change about it.
    """
    if rollups.people(session) < large:
        return counted(session, campaign)
    found: dict[tuple[str, str, str, bool], int] = {}
    for zone, country, people in rollups.alert_list(session):
        found[zone, country, "", False] = people
    for row in rollups.of_campaign(session, campaign.id):
        key = (row.zone, row.country, row.reminders, row.acted)
        found[key] = found.get(key, 0) + row.people
    return [
        Group(zone, country or None, Reminders(reminders) if reminders else None, acted, people)
        for (zone, country, reminders, acted), people in sorted(found.items())
        if people > 0
    ]


def counted(session: Session, campaign: Campaign) -> list[Group]:
    """Count them, which takes seconds for a million."""
    own = (
        select(Subscription.supporter_id, Subscription.reminders)
        .where(Subscription.campaign_id == campaign.id, Subscription.left_at.is_(None))
        .subquery()
    )
    left = exists().where(
        Subscription.supporter_id == Supporter.id,
        Subscription.campaign_id == campaign.id,
        Subscription.left_at.is_not(None),
    )
    alerts = exists().where(
        Subscription.supporter_id == Supporter.id,
        Subscription.campaign_id.is_(None),
        Subscription.left_at.is_(None),
    )
    acted = exists().where(Action.supporter_id == Supporter.id, Action.campaign_id == campaign.id).label("acted")
    rows = session.execute(
        select(Supporter.timezone, Supporter.country, own.c.reminders, acted, func.count())
        .outerjoin(own, own.c.supporter_id == Supporter.id)
        .where(reachable(), or_(own.c.supporter_id.is_not(None), and_(alerts, ~left)))
        .group_by(Supporter.timezone, Supporter.country, own.c.reminders, acted)
        .order_by(Supporter.timezone, Supporter.country)
    )
    return [
        Group(zone, country, reminders, bool(has_acted), people) for zone, country, reminders, has_acted, people in rows
    ]
