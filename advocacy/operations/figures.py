"""Keep each campaign's roll-ups in step with its ledger: notice what changed, count it anew in sets, never by hand.

Nothing on the way of a mail or of a supporter's page writes a number here; a campaign is counted whole, from the rows
that are the truth, so that a number cannot drift. How often depends on how long it takes: at most a hundredth of the time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.gateways.clock import Clock
from advocacy.models import audience, counting, installation, moment
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.press import Press
from advocacy.models.supporter import Action, Consent, Subscription
from advocacy.models.tally import Counted, Tally
from advocacy.operations import crowd, headcounts, timetable

LOOKED_AT = "figures_looked_at"
OVERLAP = timedelta(minutes=2)
"""A row written just before the last look may have been committed just after it."""

_REST = 100
_SHORTEST = timedelta(seconds=5)
_SECONDS = 20.0
_STALE = timedelta(days=1)


def count_due(session: Session, *, clock: Clock) -> int:
    """Count the campaigns whose ledger changed, the longest waiting first; return how many. A transaction for each.

    What somebody waits for at a page comes before.
    """
    headcounts.count_asked(session, clock=clock)
    now = moment.now(session, clock)
    _look(session, now)
    until = clock.boottime() + _SECONDS
    crowd.when_it_is_time(session, clock=clock)
    done = 0
    for campaign_id in _due(session, now):
        done += _count(session, campaign_id, now, clock=clock)
        if clock.boottime() >= until:
            break
    return done


def recount(session: Session, *, clock: Clock) -> int:
    """Count every campaign anew, whatever is known of changes; return how many."""
    now = moment.now(session, clock)
    campaign_ids = session.scalars(select(Campaign.id).order_by(Campaign.id)).all()
    mark(session, campaign_ids, now)
    crowd.count(session)
    session.commit()
    return sum(_count(session, campaign_id, now, clock=clock) for campaign_id in campaign_ids)


def mark(session: Session, campaign_ids: Iterable[int], now: datetime) -> None:
    """Note that the ledgers of these campaigns changed, in the caller's transaction."""
    rows = [{"campaign_id": id_, "changed_at": now, "seconds": 0.0, "seen": ""} for id_ in sorted(set(campaign_ids))]
    if rows:
        make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(
            make(Counted).values(rows).on_conflict_do_update(index_elements=["campaign_id"], set_={"changed_at": now})
        )


def mark_blasts(session: Session, blast_ids: Iterable[int], now: datetime) -> None:
    """Note that something became of mails of these blasts, in the caller's transaction."""
    mark(session, session.scalars(select(Blast.campaign_id).where(Blast.id.in_(set(blast_ids))).distinct()).all(), now)


def _look(session: Session, now: datetime) -> None:
    """Mark the campaigns of which something new is stored since the last look."""
    kept = installation.fact(session, LOOKED_AT)
    since = datetime.fromisoformat(kept) - OVERLAP if kept else None
    changed = _requests_moved(session)
    changed |= _told_since(session, since)
    mark(session, changed, now)
    installation.set_fact(session, LOOKED_AT, now.isoformat())
    session.commit()


def _requests_moved(session: Session) -> set[int]:
    """Return the campaigns whose requests are not as when they were counted: sums over requests, not over people."""
    seen = dict(session.execute(select(Counted.campaign_id, Counted.seen)).all())
    return {campaign_id for campaign_id, mark_ in _signatures(session).items() if seen.get(campaign_id) != mark_}


def _signatures(session: Session, campaign_id: int | None = None) -> dict[int, str]:
    query = (
        select(
            Blast.campaign_id,
            func.max(Campaign.generation),
            func.count(Dispatch.no),
            func.sum(Dispatch.n),
            func.count(Dispatch.inflight_at),
            func.count(Dispatch.settled_at),
            func.sum(case((Dispatch.state == DispatchState.ACCEPTED, Dispatch.n), else_=0)),
        )
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .outerjoin(Dispatch, Dispatch.blast_id == Blast.id)
        .group_by(Blast.campaign_id)
    )
    if campaign_id is not None:
        query = query.where(Blast.campaign_id == campaign_id)
    return {id_: ".".join(str(int(number or 0)) for number in numbers) for id_, *numbers in session.execute(query)}


def _told_since(session: Session, since: datetime | None) -> set[int]:
    """Return the campaigns with actions, presses, sign-ups or withdrawals since then; all of them for None."""
    if since is None:
        return set(session.scalars(select(Campaign.id)))
    found = set(session.scalars(select(Campaign.id).where(~exists().where(Counted.campaign_id == Campaign.id))))
    found |= set(session.scalars(select(Action.campaign_id).where(Action.at >= since).distinct()))
    found |= set(session.scalars(select(Press.campaign_id).where(Press.at >= since).distinct()))
    joined = exists().where(Subscription.campaign_id == Campaign.id, Subscription.joined_at >= since)
    found |= set(session.scalars(select(Campaign.id).where(joined)))
    given_up = select(Consent.campaign_id).where(counting.withdrawn(), Consent.at >= since)
    found |= {id_ for id_ in session.scalars(given_up.distinct()) if id_ is not None}
    left = (
        select(Blast.campaign_id)
        .join(Delivery, Delivery.blast_id == Blast.id)
        .join(Consent, Consent.supporter_id == Delivery.supporter_id)
        .where(counting.withdrawn(), Consent.at >= since)
    )
    return found | set(session.scalars(left.distinct()))


def _due(session: Session, now: datetime) -> list[int]:
    rows = session.execute(
        select(Counted)
        .where(or_(Counted.counted_at.is_(None), Counted.changed_at.is_not(None)))
        .order_by(Counted.counted_at.is_not(None), Counted.counted_at)
    ).scalars()
    found = [row.campaign_id for row in rows if _is_due(row, now)]
    session.rollback()
    return found


def _reach(session: Session, campaign_id: int) -> list[counting.Number]:
    """How many each mail of the plan goes to, if it was sent to whom it is for now."""
    campaign = session.get_one(Campaign, campaign_id)
    deadline = campaign.due_by()
    if deadline is None or campaign.state is CampaignState.CLOSED or campaign.launched_at is None:
        return []
    groups, launched = audience.groups(session, campaign), campaign.launched_at
    lines = timetable.lines(campaign, deadline, groups, launched_at=launched, after=launched)
    return [(counting.REACH, 0, line.rule, line.people) for line in lines]


def _is_due(row: Counted, now: datetime) -> bool:
    if row.counted_at is None or row.changed_at is None:
        return row.counted_at is None
    if row.counted_at + _STALE <= now:
        return True  # Who can be written to changes without a trace in the campaign's own ledger.
    rest = max(_SHORTEST, timedelta(seconds=_REST * row.seconds))
    return row.counted_at <= row.changed_at + OVERLAP and row.counted_at + rest <= now


def _count(session: Session, campaign_id: int, now: datetime, *, clock: Clock) -> bool:
    """Replace a campaign's numbers by new ones; False when another worker is at it."""
    if not _alone(session, campaign_id):
        session.rollback()
        return False
    began = clock.boottime()
    seen = _signatures(session, campaign_id).get(campaign_id, "")
    crowd.count_campaign(session, campaign_id)
    numbers = [*counting.count(session, campaign_id), *_reach(session, campaign_id)]
    _replace(session, campaign_id, numbers, now, seconds=clock.boottime() - began, seen=seen)
    session.commit()
    return True


def reduce(session: Session, campaign_id: int, more: Sequence[counting.Number], now: datetime) -> bool:
    """Count a closed campaign a last time and keep `more` beside, in the caller's transaction; False as for a count.

    Whoever counts it later finds the rows gone and the numbers kept, or, before this is committed, neither.
    """
    if session.get(Counted, campaign_id) is None:
        mark(session, [campaign_id], now)
    if not _alone(session, campaign_id):
        return False
    seen = _signatures(session, campaign_id).get(campaign_id, "")
    _replace(session, campaign_id, [*counting.count(session, campaign_id), *more], now, seconds=0.0, seen=seen)
    return True


def _alone(session: Session, campaign_id: int) -> bool:
    """Whether nobody else counts this campaign, who then waits for us."""
    row = session.scalar(
        select(Counted)
        .where(Counted.campaign_id == campaign_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return row is not None


def _replace(
    session: Session, campaign_id: int, numbers: Sequence[counting.Number], now: datetime, *, seconds: float, seen: str
) -> None:
    session.execute(delete(Tally).where(Tally.campaign_id == campaign_id))
    if numbers:
        session.execute(
            insert(Tally),
            [
                {"campaign_id": campaign_id, "what": what, "blast_id": blast_id, "key": key, "number": number}
                for what, blast_id, key, number in numbers
            ],
        )
    session.execute(
        update(Counted)
        .where(Counted.campaign_id == campaign_id)
        .values(counted_at=now, seconds=seconds, seen=seen)
        .execution_options(synchronize_session=False)
    )
