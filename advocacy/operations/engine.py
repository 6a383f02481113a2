"""One tick of the engine: what is due is planned, what is stuck is settled, what is over is closed."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import BlastState, Move
from advocacy.domain.campaign import CampaignState
from advocacy.domain.dispatch import OPEN
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways, faults
from advocacy.models import installation, moment
from advocacy.models.blast import Blast, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.operations import (
    audit,
    blast_moves,
    forgetting,
    lists,
    outcomes,
    planning,
    reports,
    sending,
    settling,
    single,
    starting,
    trying,
)
from advocacy.operations.planning import AHEAD

_PLANS_SECONDS = 20.0
_ROUNDS = 50


def tick(session: Session, *, gateways: Gateways, settings: Settings, wake: Callable[[], None] = lambda: None) -> None:
    """Do all that time asks for but the sending itself. Two at once are harmless: each step compares and sets.

    `wake` is called when a blast begins to send while its planning goes on, for others to send beside it. A restored backup is held: nothing is planned or sent until an operator lets it go on.
    """
    now = moment.now(session, gateways.clock)
    installation.set_fact(session, installation.TICKED_AT, now.isoformat())
    held = installation.fact(session, installation.HELD) is not None
    session.commit()
    faults.point("beat.ticked")
    if held:
        return
    reports.apply(session, clock=gateways.clock)
    settling.reap(session, gateways=gateways, settings=settings)
    _close_campaigns(session, now, gateways=gateways, settings=settings)
    _derive_missing(session, now, gateways=gateways, settings=settings)
    trying.decide_due(session, now)
    _plan(session, now, gateways=gateways, settings=settings, wake=wake)
    for blast_id in _sending(session):
        planning.sweep(session, blast_id, gateways=gateways, settings=settings)
    _note_progress(session)
    _close_blasts(session, now, gateways=gateways)
    forgetting.when_it_is_time(session, now)


def run_once(
    session: Session, *, gateways: Gateways, settings: Settings, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Tick and hand over until nothing more is due now, or `stopping` says so; return how many requests went out.

    Lists that are being taken in go on too.
    """
    done = 0
    for _ in range(_ROUNDS):
        tick(session, gateways=gateways, settings=settings)
        sent = single.hand_over_due(session, gateways=gateways, settings=settings, stopping=stopping)
        sent += sending.hand_over_due(session, gateways=gateways, settings=settings, stopping=stopping)
        done += sent
        if not sent or stopping():
            break
    lists.work(session, clock=gateways.clock, settings=settings, stopping=stopping)
    return done


def last_tick(session: Session) -> datetime | None:
    """Return when the engine last ticked, None if it never did."""
    kept = installation.fact(session, installation.TICKED_AT)
    return datetime.fromisoformat(kept) if kept else None


def hold(session: Session) -> None:
    """Let nothing be planned or sent until `resume`: what a restored backup begins with."""
    installation.set_fact(session, installation.HELD, "restored")
    session.commit()


def resume(session: Session, *, now: datetime, actor: str) -> bool:
    """Let a held installation send again; return False if it was not held."""
    if installation.fact(session, installation.HELD) is None:
        return False
    installation.set_fact(session, installation.HELD, None)
    audit.record(session, actor=actor, what="engine.resumed", object_="engine", now=now)
    session.commit()
    return True


def _plan(session: Session, now: datetime, *, gateways: Gateways, settings: Settings, wake: Callable[[], None]) -> None:
    """Once its first people are in, a blast begins to send; the rest are planned meanwhile."""
    until = gateways.clock.boottime() + _PLANS_SECONDS
    for blast_id in planning.waiting(session, now):
        more = planning.plan(session, blast_id, gateways=gateways, settings=settings)
        starting.start(session, blast_id, gateways=gateways, settings=settings)
        if more:
            wake()
        while more:
            if gateways.clock.boottime() >= until:
                return
            more = planning.plan(session, blast_id, gateways=gateways, settings=settings)
    for blast_id in starting.held_back(session, now):
        starting.start(session, blast_id, gateways=gateways, settings=settings)


def _derive_missing(session: Session, now: datetime, *, gateways: Gateways, settings: Settings) -> None:
    """A live campaign without a blast of its generation gets its blasts: whoever launched it did not get that far."""
    has = exists().where(Blast.campaign_id == Campaign.id, Blast.rule == "launch")
    for campaign in session.scalars(select(Campaign).where(Campaign.state == CampaignState.LIVE, ~has)).all():
        planning.derive(session, campaign, now=now, writer=gateways.mails, settings=settings)
        session.commit()


def _sending(session: Session) -> list[int]:
    return list(
        session.scalars(
            select(Blast.id)
            .join(Campaign, Campaign.id == Blast.campaign_id)
            .where(Blast.state == BlastState.SENDING, Blast.planned_at.is_not(None), planning.campaign_allows())
            .order_by(Blast.id)
        )
    )


def _note_progress(session: Session) -> None:
    """Keep when each blast last moved, here and not where requests are settled: its row would be everybody's."""
    moved = select(func.max(Dispatch.settled_at)).where(Dispatch.blast_id == Blast.id).scalar_subquery()
    session.execute(
        update(Blast)
        .where(
            Blast.state == BlastState.SENDING,
            Blast.planned_at.is_not(None),
            moved > func.coalesce(Blast.progress_at, Blast.created_at),
        )
        .values(progress_at=moved)
        .execution_options(synchronize_session=False)
    )
    session.commit()


def _close_campaigns(session: Session, now: datetime, *, gateways: Gateways, settings: Settings) -> None:
    """A campaign whose deadline has passed is closed; its blasts run out by themselves, each at its last instant.

    The mail that tells how it ended is drafted: somebody writes it and decides whether it goes.
    """
    running = Campaign.state.in_((CampaignState.LIVE, CampaignState.PAUSED))
    for id_ in session.scalars(select(Campaign.id).where(running, Campaign.deadline <= now.date())).all():
        campaign = session.get_one(Campaign, id_, with_for_update=True, populate_existing=True)
        deadline = campaign.due_by()
        if campaign.state in {CampaignState.LIVE, CampaignState.PAUSED} and deadline and deadline.passed(now):
            audit.record(
                session,
                actor="engine",
                what="campaign.state",
                object_=f"campaign:{campaign.id}",
                now=now,
                details={"from": campaign.state.value, "to": "closed", "why": "the deadline has passed"},
            )
            campaign.state, campaign.closed_at = CampaignState.CLOSED, now
            outcomes.draft_at_end(session, campaign, now=now, gateways=gateways, settings=settings, actor="engine")
        session.commit()


def _close_blasts(session: Session, now: datetime, *, gateways: Gateways) -> None:
    """Complete the blasts that have nothing more to do, and end those whose last instant passed before they began."""
    open_ = exists().where(Dispatch.blast_id == Blast.id, Dispatch.state.in_(OPEN))
    sending, planned = Blast.state == BlastState.SENDING, Blast.planned_at.is_not(None)
    for blast_id in session.scalars(select(Blast.id).where(sending, planned, ~open_)).all():
        _complete(session, blast_id, now, gateways=gateways)
    halted = (BlastState.SCHEDULED, BlastState.PLANNING, BlastState.PAUSED, BlastState.BLOCKED)
    unfinished = or_(and_(sending, ~planned), and_(Blast.state.in_(halted), Blast.rule != "manual"))
    for blast_id in session.scalars(select(Blast.id).where(unfinished, Blast.send_by <= now, ~open_)).all():
        blast = blast_moves.find(session, blast_id)
        blast_moves.end(session, blast, now=now, actor="engine", why=Sentence("expired"))
        session.commit()


def _complete(session: Session, blast_id: int, now: datetime, *, gateways: Gateways) -> None:
    blast = blast_moves.find(session, blast_id)
    open_ = exists().where(Dispatch.blast_id == blast.id, Dispatch.state.in_(OPEN))
    if blast.state is not BlastState.SENDING or blast.planned_at is None or session.scalar(select(open_)):
        session.rollback()
        return
    if now < blast.send_by:
        campaign = session.get_one(Campaign, blast.campaign_id)
        if not _may_end(blast, now) or planning.fill_all(
            session, blast, campaign, now=now, batch=gateways.provider.batch
        ):
            session.commit()
            return
    blast_moves.move(session, blast, Move.COMPLETE, now=now, actor="engine", why=Sentence("everyone was served"))
    session.commit()


def _may_end(blast: Blast, now: datetime) -> bool:
    """Nobody can join any more whom this mail would still reach: it was due everywhere. The launch waits for joiners."""
    if blast.rule == "launch":
        return False
    return now >= (blast.scheduled_at + AHEAD if blast.local_time else blast.scheduled_at)
