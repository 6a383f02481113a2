"""A campaign's blasts: derived from its cadence, planned anew when the deadline moves, filled with people in chunks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text, true, union, update
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import ENDED, BlastState, Move
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import DispatchState
from advocacy.domain.email import Writer
from advocacy.domain.schedule import Occurrence, occurrences
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways
from advocacy.models import audience, moment
from advocacy.models.audience import Group
from advocacy.models.blast import Blast, ContentVersion, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.models.eligibility import Kind, chain_of, kind_of
from advocacy.models.supporter import Subscription, Supporter
from advocacy.operations import approving, blast_moves, timetable
from advocacy.operations.filling import Chunk, Filled, fill
from advocacy.operations.words import write_contents

AHEAD = timedelta(hours=28)
"""Zones span 26 hours: planning begins before a step is due anywhere, however far east its first supporter."""

OVERLAP = timedelta(minutes=2)
"""A row written just before the last sweep may have been committed just after it."""

GRACE = timedelta(hours=6)
"""A mail written by hand that is overdue by more than this waits for a person's decision."""

NEWS = ("update", "outcome")
"""Mails that may go out after the deadline and from a closed campaign."""

CHUNK = {"sqlite": 20_000, "postgresql": 50_000}


def derive(session: Session, campaign: Campaign, *, now: datetime, writer: Writer, settings: Settings) -> None:
    """Make the blasts that a launched campaign's cadence asks for, with their words, in the caller's transaction.

    Doing it again adds what is new (a step that only a newcomer's country has) and moves what has not begun.
    """
    for occurrence in _wanted(session, campaign, now):
        blast = session.scalar(
            select(Blast).where(
                Blast.campaign_id == campaign.id,
                Blast.rule == occurrence.key,
                Blast.occurrence == str(campaign.generation),
            )
        )
        if blast is not None:
            if blast.state is BlastState.SCHEDULED:
                blast.scheduled_at, blast.send_by = occurrence.first_due, occurrence.send_by
            continue
        blast = Blast(
            campaign_id=campaign.id,
            rule=occurrence.key,
            occurrence=str(campaign.generation),
            supersedes=_before(session, campaign, occurrence.key),
            state=BlastState.SCHEDULED,
            scheduled_at=occurrence.first_due,
            local_time=True,
            send_by=occurrence.send_by,
            created_at=now,
        )
        session.add(blast)
        session.flush()
        write_contents(session, blast, campaign, writer=writer, settings=settings)


def replan(session: Session, campaign: Campaign, *, now: datetime, writer: Writer, settings: Settings) -> None:
    """Plan everything unsent anew for the campaign's new generation, in the caller's transaction.

    Blasts of which nothing ever began vanish; those that began are closed and superseded by their successor.
    """
    for blast in _cadence_blasts(session, campaign):
        if blast.occurrence == str(campaign.generation):
            continue
        blast = blast_moves.find(session, blast.id)  # noqa: PLW2901 - the same blast, under its lock
        if _began(session, blast):
            if blast.state not in ENDED:
                blast_moves.end(session, blast, now=now, actor="engine", why=Sentence("superseded"))
        elif not _is_superseded(session, blast):
            _erase(session, blast)
    session.flush()
    _shorten(session, campaign)
    derive(session, campaign, now=now, writer=writer, settings=settings)


def lock(session: Session, campaign: Campaign) -> None:
    """Lock all blasts of a campaign, whose own row the caller has locked: before the audit log, as everybody does."""
    session.execute(select(Blast.id).where(Blast.campaign_id == campaign.id).order_by(Blast.id).with_for_update())


def close(session: Session, campaign: Campaign, *, now: datetime) -> None:
    """End every blast of a campaign that is over but its news, in the caller's transaction."""
    for id_ in session.scalars(
        select(Blast.id)
        .where(Blast.campaign_id == campaign.id, Blast.state.not_in(ENDED), Blast.rule.not_in(NEWS))
        .order_by(Blast.id)
    ).all():
        blast_moves.end(session, blast_moves.find(session, id_), now=now, actor="engine", why=Sentence("closed"))


def waiting(session: Session, now: datetime) -> Sequence[int]:
    """Return the blasts whose planning is to begin or to go on, the soonest first, but those that somebody plans just now."""
    soon = or_(Blast.scheduled_at <= now + AHEAD, Blast.rule == "launch")
    found = session.scalars(
        select(Blast.id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(
            or_(
                Blast.state == BlastState.PLANNING,
                and_(Blast.state == BlastState.SENDING, Blast.planned_at.is_(None)),
                and_(Blast.state == BlastState.SCHEDULED, soon),
            ),
            campaign_allows(),
        )
        .order_by(Blast.scheduled_at, Blast.id)
        .with_for_update(of=Blast, key_share=True, skip_locked=True)
    ).all()
    session.commit()
    return found


def campaign_allows() -> ColumnElement[bool]:
    """Whether the campaign's state lets this blast go on: news may, even when it is closed."""
    return or_(
        Campaign.state == CampaignState.LIVE,
        and_(Campaign.state == CampaignState.CLOSED, Blast.rule.in_(NEWS)),
    )


def plan(session: Session, blast_id: int, *, gateways: Gateways, settings: Settings) -> bool:
    """Plan one chunk of a blast, in one transaction; return whether there is more to do.

    The cursor moves with the rows it stands for: a planner that dies redoes one chunk and puts in nobody twice. Once
    `starting.start` has let the blast send, its requests go beside the planning: those that are full, and the canaries.
    The others may still grow, and go when nobody is left to be planned.
    """
    now = moment.now(session, gateways.clock)
    blast = blast_moves.find_to_plan(session, blast_id)
    if blast is None:
        session.rollback()
        return False
    campaign = session.get_one(Campaign, blast.campaign_id)
    if blast.state is BlastState.SCHEDULED and not _begin(session, blast, campaign, now, gateways, settings):
        session.commit()
        return False
    if blast.state not in {BlastState.PLANNING, BlastState.SENDING} or blast.planned_at is not None:
        session.rollback()
        return False
    after, size = blast.plan_cursor, CHUNK[session.get_bind().dialect.name]
    next_ = select(Supporter.id).where(Supporter.id > after).order_by(Supporter.id).limit(size).subquery()
    upper = session.scalar(select(func.max(next_.c.id)))
    if upper is None:
        blast.planned_at = now
    elif not _filled(session, blast, campaign, Chunk(after, upper), now=now, batch=gateways.provider.batch):
        upper, blast = None, blast_moves.find(session, blast_id)
        blast.planned_at = now
    else:
        blast.plan_cursor, blast.progress_at = upper, now
    session.commit()
    if upper is None or after == 0:
        _learn_of(session)
    return upper is not None


def _filled(session: Session, blast: Blast, campaign: Campaign, chunk: Chunk, *, now: datetime, batch: int) -> bool:
    """Plan a chunk; False, and nothing of it, where so many would need a second person's yes that was not given."""
    fill(session, blast, campaign, candidates=chunk, now=now, batch=batch)
    if approving.outgrown(session, blast):
        session.rollback()
        return False
    return True


def _learn_of(session: Session) -> None:
    """Tell PostgreSQL what was just written: until it happens to look, it takes the tables for as small as before."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE delivery, dispatch"))
        session.commit()


def sweep(session: Session, blast_id: int, *, gateways: Gateways, settings: Settings) -> int:
    """Put late joiners into a blast that is being sent; return how many. One transaction."""
    now = moment.now(session, gateways.clock)
    blast = blast_moves.find(session, blast_id)
    campaign = session.get_one(Campaign, blast.campaign_id)
    if blast.state is not BlastState.SENDING or blast.planned_at is None or now >= blast.send_by:
        session.rollback()
        return 0
    after = (blast.swept_to or blast.created_at) - OVERLAP
    newcomers = _newcomers(session, blast, after)
    if not session.scalar(select(exists().where(newcomers))):
        session.rollback()
        return 0
    filled = fill(session, blast, campaign, candidates=newcomers, now=now, batch=gateways.provider.batch)
    if filled.people and approving.outgrown(session, blast):
        session.rollback()  # Nobody said yes to so many: they stay out, and a copy for those without it reaches them.
        blast_moves.find(session, blast_id).swept_to = now
        session.commit()
        return 0
    blast.swept_to = now
    _add_steps(session, campaign, filled, now=now, gateways=gateways, settings=settings)
    session.commit()
    return filled.people


def fill_all(session: Session, blast: Blast, campaign: Campaign, *, now: datetime, batch: int) -> int:
    """Look once more at everyone: the closing anti-join, in the caller's transaction under the blast's lock.

    Nobody is put in where so many would need a second person's yes that was not given.
    """
    before = session.begin_nested()
    people = fill(session, blast, campaign, candidates=true(), now=now, batch=batch).people
    if people and approving.outgrown(session, blast):
        before.rollback()
        return 0
    before.commit()
    return people


def _wanted(session: Session, campaign: Campaign, now: datetime) -> tuple[Occurrence, ...]:
    deadline = campaign.due_by()
    if deadline is None or campaign.launched_at is None:
        return ()
    groups = [
        *audience.groups(session, campaign),
        Group(zone=campaign.timezone, country=None, reminders=None, acted=False, people=0),
    ]
    plans = timetable.itineraries(campaign, deadline, groups, launched_at=campaign.launched_at)
    return tuple(each for each in occurrences(plans.values()) if each.send_by > now)


def _before(session: Session, campaign: Campaign, rule: str) -> int | None:
    """Return the blast of this step that began under an earlier deadline, the latest of them."""
    return session.scalar(
        select(Blast.id)
        .where(
            Blast.campaign_id == campaign.id,
            Blast.rule == rule,
            Blast.occurrence != str(campaign.generation),
        )
        .order_by(Blast.id.desc())
        .limit(1)
    )


def _shorten(session: Session, campaign: Campaign) -> None:
    """Let nothing written by hand begin after a deadline that moved nearer, in the caller's transaction."""
    deadline = campaign.due_by()
    if deadline is None:
        return
    by_hand = select(Blast.id).where(Blast.campaign_id == campaign.id, Blast.rule == "manual")
    changes = (
        update(Blast).where(Blast.id.in_(by_hand), Blast.state.not_in(ENDED), Blast.send_by > deadline.end()),
        update(Dispatch).where(
            Dispatch.blast_id.in_(by_hand),
            Dispatch.state.in_((DispatchState.PLANNED, DispatchState.CLAIMED)),
            Dispatch.send_by > deadline.end(),
        ),
    )
    for change in changes:
        session.execute(change.values(send_by=deadline.end()).execution_options(synchronize_session=False))
    session.expire_all()


def _cadence_blasts(session: Session, campaign: Campaign) -> Sequence[Blast]:
    return session.scalars(
        select(Blast).where(Blast.campaign_id == campaign.id, Blast.rule.not_in(("manual", *NEWS))).order_by(Blast.id)
    ).all()


def _began(session: Session, blast: Blast) -> bool:
    begun = exists().where(Dispatch.blast_id == blast.id, Dispatch.inflight_at.is_not(None))
    return bool(session.scalar(select(begun)))


def _is_superseded(session: Session, blast: Blast) -> bool:
    return bool(session.scalar(select(exists().where(Blast.supersedes == blast.id))))


def _erase(session: Session, blast: Blast) -> None:
    for table in (Delivery, Dispatch, ContentVersion):
        session.execute(delete(table).where(table.blast_id == blast.id).execution_options(synchronize_session=False))
    session.delete(blast)


def _begin(
    session: Session, blast: Blast, campaign: Campaign, now: datetime, gateways: Gateways, settings: Settings
) -> bool:
    """Begin to plan: the words are written last now. A stale cadence step ends, a stale mail by hand waits."""
    if kind_of(blast.rule) in {Kind.MANUAL, Kind.NEWS}:
        if now > blast.scheduled_at + GRACE:
            blast_moves.move(
                session, blast, Move.MISS, now=now, actor="engine", why=Sentence("overdue by more than its grace")
            )
            return False
        if approving.held_back(session, blast, campaign, now=now, settings=settings):
            return False
    elif now >= blast.send_by:
        blast_moves.end(session, blast, now=now, actor="engine", why=Sentence("expired"))
        return False
    else:
        write_contents(session, blast, campaign, writer=gateways.mails, settings=settings)
    blast.swept_to = now
    return blast_moves.move(session, blast, Move.BEGIN_PLANNING, now=now, actor="engine", why=Sentence("due soon"))


def _newcomers(session: Session, blast: Blast, after: datetime) -> ColumnElement[bool]:
    """Return the condition on `Supporter`: joined or confirmed since, or let go by a blast this one supersedes."""
    joined = select(Subscription.supporter_id).where(
        Subscription.campaign_id == blast.campaign_id, Subscription.joined_at >= after, Subscription.left_at.is_(None)
    )
    confirmed = (
        select(Subscription.supporter_id)
        .join(Supporter, Supporter.id == Subscription.supporter_id)
        .where(Supporter.confirmed_at >= after, Subscription.campaign_id == blast.campaign_id)
    )
    ways = [joined, confirmed]
    chain = chain_of(session, blast)
    if chain:
        ways.append(
            select(Delivery.supporter_id)
            .join(Dispatch, and_(Dispatch.blast_id == Delivery.blast_id, Dispatch.no == Delivery.dispatch_no))
            .where(Dispatch.blast_id.in_(chain), Dispatch.settled_at >= after)
        )
    here = exists().where(Delivery.blast_id == blast.id, Delivery.supporter_id == Supporter.id)
    return and_(Supporter.id.in_(union(*ways)), ~here)


def _add_steps(
    session: Session, campaign: Campaign, filled: Filled, *, now: datetime, gateways: Gateways, settings: Settings
) -> None:
    """Derive anew when a newcomer's plan has a step that nobody's had before."""
    known = set(
        session.scalars(
            select(Blast.rule).where(Blast.campaign_id == campaign.id, Blast.occurrence == str(campaign.generation))
        )
    )
    if filled.steps - known:
        derive(session, campaign, now=now, writer=gateways.mails, settings=settings)
