"""Count supporters into the groups that pages and plans read (`models.rollups`), in sets; each count replaces the last."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, union
from sqlalchemy.orm import Session

from advocacy.gateways.clock import Clock
from advocacy.models import installation, moment
from advocacy.models.audience import reachable
from advocacy.models.rollups import CampaignCrowd, Crowd
from advocacy.models.supporter import Action, Subscription, Supporter

COUNTED = "crowd_counted"
_EVERY = timedelta(minutes=1)
_REST = 100

_Group = tuple[str, str, str, bool]


def when_it_is_time(session: Session, *, clock: Clock) -> bool:
    """Count everybody, at most once a minute and for a hundredth of the time; return whether it did."""
    now = moment.now(session, clock)
    kept = (installation.fact(session, COUNTED) or "").partition(" ")
    if kept[0] and now < datetime.fromisoformat(kept[0]) + max(_EVERY, timedelta(seconds=_REST * float(kept[2]))):
        session.rollback()
        return False
    installation.set_fact(session, COUNTED, f"{now.isoformat()} {kept[2] or 0}")
    session.commit()  # Who comes now sees that somebody counts.
    began = clock.boottime()
    count(session)
    installation.set_fact(session, COUNTED, f"{now.isoformat()} {clock.boottime() - began:.3f}")
    session.commit()
    return True


def count(session: Session) -> None:
    """Count everybody anew, in the caller's transaction."""
    country = func.coalesce(Supporter.country, "").label("country")
    alerts, open_ = _on_alerts().label("alerts"), reachable().label("reachable")
    columns = (Supporter.state, Supporter.timezone, country, Supporter.language, alerts, open_)
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()
    session.execute(delete(Crowd))
    names = ("state", "zone", "country", "language", "alerts", "reachable", "people")
    if rows:
        session.execute(insert(Crowd), [dict(zip(names, row, strict=True)) for row in rows])


def count_campaign(session: Session, campaign_id: int) -> None:
    """Count what a campaign's own people change about the alert list, in the caller's transaction."""
    session.execute(delete(CampaignCrowd).where(CampaignCrowd.campaign_id == campaign_id))
    changes = [each for each in _changes(session, campaign_id).items() if each[1]]
    if changes:
        names = ("zone", "country", "reminders", "acted")
        rows = [
            dict(zip(names, group, strict=True)) | {"campaign_id": campaign_id, "people": n} for group, n in changes
        ]
        session.execute(insert(CampaignCrowd), rows)


def _changes(session: Session, campaign_id: int) -> Counter[_Group]:
    own = select(Subscription).where(Subscription.campaign_id == campaign_id).subquery()
    concerned = union(
        select(Subscription.supporter_id.label("id")).where(Subscription.campaign_id == campaign_id),
        select(Action.supporter_id.label("id")).where(Action.campaign_id == campaign_id),
    ).subquery()
    acted = exists().where(Action.supporter_id == Supporter.id, Action.campaign_id == campaign_id)
    columns = (
        Supporter.timezone,
        func.coalesce(Supporter.country, "").label("country"),
        own.c.reminders,
        own.c.left_at.is_not(None).label("left"),
        _on_alerts().label("alerts"),
        acted.label("acted"),
    )
    rows = session.execute(
        select(*columns, func.count())
        .select_from(concerned)
        .join(Supporter, Supporter.id == concerned.c.id)
        .outerjoin(own, own.c.supporter_id == Supporter.id)
        .where(reachable())
        .group_by(*columns)
    )
    found: Counter[_Group] = Counter()
    for zone, country, reminders, left, alerts, has_acted, people in rows:
        if alerts:
            found[zone, country, "", False] -= people
        if not left and (alerts or reminders is not None):
            found[zone, country, reminders.value if reminders else "", bool(has_acted)] += people
    return found


def _on_alerts() -> ColumnElement[bool]:
    return exists().where(
        and_(
            Subscription.supporter_id == Supporter.id,
            Subscription.campaign_id.is_(None),
            Subscription.left_at.is_(None),
        )
    )
