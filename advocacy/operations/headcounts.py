"""How many people a mail goes to, for pages: counted at once where they are few, else in the background when asked.

A page gets what was counted last, with its time, or None until it is counted. It only reads: keeping a draft asks, or a
press on the page.
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.gateways.clock import Clock
from advocacy.models import moment, rollups
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.headcount import Headcount
from advocacy.operations import audiences
from advocacy.operations.audiences import Reach

GOOD_FOR = timedelta(minutes=10)
"""For so long a number that was shown may be typed to confirm it, and a page does not ask for another."""

_EVERY = timedelta(minutes=1)
_REST = 20
_GIVEN_UP = timedelta(minutes=5)
"""After so long whoever began to count is taken for dead."""

_MOST = 20


class What(StrEnum):
    LAUNCH = "launch"
    NEWS = "news"
    MAIL = "mail"


def of_launch(session: Session, campaign: Campaign, now: datetime, *, large: int = rollups.LARGE) -> Reach | None:
    """Return whom a launch at this moment would write to."""
    return _found(session, campaign, What.LAUNCH, None, now, large)


def of_news(session: Session, campaign: Campaign, now: datetime, *, large: int = rollups.LARGE) -> Reach | None:
    """Return whom news of a campaign would write to at this moment."""
    return _found(session, campaign, What.NEWS, None, now, large)


def of_mail(
    session: Session, blast: Blast, campaign: Campaign, now: datetime, *, large: int = rollups.LARGE
) -> Reach | None:
    """Return whom of those it is for a mail has no row for: everybody, as long as it is not planned."""
    return _found(session, campaign, What.MAIL, blast, now, large)


def shown(session: Session, blast: Blast, campaign: Campaign, now: datetime) -> int | None:
    """Return the number of people that the check of a mail showed lately, None where it was counted at once."""
    row = _kept(session, campaign, What.MAIL, blast)
    if row is None or row.asked != _asked(blast) or row.counted_at is None or row.counted_at + GOOD_FOR < now:
        return None
    return row.reasons.get("", 0)


def count_asked(session: Session, *, clock: Clock) -> int:
    """Count what pages asked for, the longest waiting first; return how many. A transaction for each."""
    now = moment.now(session, clock)
    keys = (Headcount.campaign_id, Headcount.what, Headcount.blast_id)
    waiting = session.execute(select(*keys).where(_to_count(now)).order_by(Headcount.asked_at).limit(_MOST)).all()
    session.rollback()
    return sum(_count(session, *key, clock=clock) for key in waiting)


def ask(
    session: Session,
    campaign: Campaign,
    what: What,
    blast: Blast | None,
    now: datetime,
    *,
    large: int = rollups.LARGE,
) -> None:
    """Have it counted in the background, where it is not counted at once, not waited for and not new."""
    row = _kept(session, campaign, what, blast)
    same = row is not None and row.asked == _asked(blast)
    if rollups.people(session) < large or (row is not None and same and (_waits(row) or _is_new(row, now))):
        session.rollback()
        return
    asking = {"asked": _asked(blast), "asked_at": now}
    if not same:
        asking |= {"counted_at": None, "begun_at": None}
    key = {"campaign_id": campaign.id, "what": what.value, "blast_id": blast.id if blast else 0}
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        make(Headcount)
        .values(**key, **asking, seconds=0.0, reasons={}, zones={})
        .on_conflict_do_update(index_elements=list(key), set_=asking)
    )
    session.commit()


def is_old(reach: Reach | None, now: datetime) -> bool:
    """Whether a page should have it counted anew."""
    return reach is None or (reach.at is not None and reach.at + GOOD_FOR < now)


def _found(
    session: Session, campaign: Campaign, what: What, blast: Blast | None, now: datetime, large: int
) -> Reach | None:
    if rollups.people(session) < large:
        return _counted(session, campaign, what, blast, now)
    row = _kept(session, campaign, what, blast)
    if row is None or row.asked != _asked(blast) or row.counted_at is None:
        return None
    return audiences.reach_from(row.reasons, row.zones, at=row.counted_at)


def _kept(session: Session, campaign: Campaign, what: What, blast: Blast | None) -> Headcount | None:
    return session.get(Headcount, (campaign.id, what.value, blast.id if blast else 0), populate_existing=True)


def _counted(session: Session, campaign: Campaign, what: str, blast: Blast | None, now: datetime) -> Reach:
    if blast is not None:
        return audiences.reach_of_mail(session, blast, campaign, now)
    count = audiences.reach_of_launch if what == What.LAUNCH else audiences.reach_of_news
    return count(session, campaign, now)


def _asked(blast: Blast | None) -> str:
    return json.dumps(blast.audience, sort_keys=True) if blast is not None else ""


def _waits(row: Headcount) -> bool:
    return row.counted_at is None or row.asked_at > row.counted_at


def _is_new(row: Headcount, now: datetime) -> bool:
    return row.counted_at is not None and row.counted_at + max(_EVERY, timedelta(seconds=_REST * row.seconds)) > now


def _to_count(now: datetime) -> ColumnElement[bool]:
    waits = or_(Headcount.counted_at.is_(None), Headcount.asked_at > Headcount.counted_at)
    return and_(waits, or_(Headcount.begun_at.is_(None), Headcount.begun_at <= now - _GIVEN_UP))


def _count(session: Session, campaign_id: int, what: str, blast_id: int, *, clock: Clock) -> bool:
    """Count one; False when somebody else is at it, or when its words were thrown away."""
    now = moment.now(session, clock)
    here = and_(Headcount.campaign_id == campaign_id, Headcount.what == what, Headcount.blast_id == blast_id)
    claim = update(Headcount).where(here, _to_count(now)).values(begun_at=now).returning(Headcount.asked)
    claimed = session.execute(claim.execution_options(synchronize_session=False)).all()
    session.commit()  # Who asks meanwhile finds no lock.
    if not claimed:
        return False
    campaign = session.get(Campaign, campaign_id)
    blast = session.get(Blast, blast_id) if blast_id else None
    if campaign is None or (blast_id and blast is None):
        session.execute(delete(Headcount).where(here))
        session.commit()
        return False
    asked, began = _asked(blast), clock.boottime()
    reach = _counted(session, campaign, what, blast, now)
    counted = {
        "asked": asked,
        "counted_at": now,
        "begun_at": None,
        "seconds": clock.boottime() - began,
        "reasons": {"": reach.people} | {why.value: people for why, people in reach.left_out},
        "zones": dict(reach.zones),
    }
    done = update(Headcount).where(here, Headcount.asked == asked).values(counted)
    session.execute(done.execution_options(synchronize_session=False))
    session.commit()
    return True
