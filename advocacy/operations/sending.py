"""Hand one dispatch after the other to the provider: claim, build, begin, hand over, settle.

Each step is one transaction or none, and a crash after any of them leaves a state that says what may have happened.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from advocacy.config import Settings
from advocacy.domain.blast import BlastState, Move
from advocacy.domain.dispatch import DispatchState, Event, next_state, states_before
from advocacy.domain.handover import Blocked, NotSent, Outcome, Refused
from advocacy.gateways import Gateways, faults
from advocacy.models import installation, moment
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.operations import account, blast_moves, splitting
from advocacy.operations.answers import backoff, meaning
from advocacy.operations.building import Built, Claim, build
from advocacy.operations.planning import campaign_allows

LEASE = timedelta(seconds=60)
"""How long a claimed dispatch may be built before somebody else may have it."""

ANSWER_SLACK = timedelta(seconds=5)
"""After the provider's time is up, so long until a request without an answer counts as ambiguous."""

_LAG = timedelta(hours=1)


def hand_over_due(
    session: Session,
    *,
    gateways: Gateways,
    settings: Settings,
    seconds: float = 20.0,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Hand over what is due until nothing is, `seconds` are over, or `stopping` says so; return how many requests.

    Any number of workers may do this at once: each dispatch has one holder.
    """
    until = gateways.clock.boottime() + seconds
    done = 0
    while not stopping() and gateways.clock.boottime() < until:
        claimed = claim(session, gateways=gateways, settings=settings)
        if claimed is None:
            break
        hand_over(session, claimed, gateways=gateways, settings=settings)
        done += 1
    return done


def claim(session: Session, *, gateways: Gateways, settings: Settings) -> Claim | None:
    """T1: take the dispatch that is due first, under a lease with a token of our own; None when there is none."""
    clock = gateways.clock
    if installation.fact(session, installation.HELD) is not None:
        session.rollback()
        return None
    now = moment.sql_now(session, clock)
    soon = moment.sql_now(session, clock, ahead=settings.request_timeout)
    row = session.execute(
        select(Dispatch, Blast.rule, Blast.campaign_id, moment.sql_now(session, clock).label("now"))
        .join(Blast, Blast.id == Dispatch.blast_id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(
            Dispatch.state == DispatchState.PLANNED,
            Dispatch.due_at <= now,
            or_(Dispatch.hold_until.is_(None), Dispatch.hold_until <= now),
            or_(Dispatch.civil_until.is_(None), Dispatch.civil_until > now),
            Dispatch.send_by > soon,
            Blast.state == BlastState.SENDING,
            campaign_allows(),
            ~_waits_for_canary(),
        )
        .order_by(Dispatch.due_at, Dispatch.blast_id, Dispatch.no)
        .limit(1)
        .with_for_update(of=Dispatch, skip_locked=True)
    ).first()
    if row is None or not account.admit(session, gateways.provider.name, row.now):
        session.rollback()
        return None
    dispatch: Dispatch = row[0]
    token = uuid4().hex
    claimed = Claim(
        blast_id=dispatch.blast_id,
        no=dispatch.no,
        public_id=dispatch.public_id,
        rule=row.rule,
        campaign_id=row.campaign_id,
        content_version_id=dispatch.content_version_id,
        due_at=dispatch.due_at,
        zone=dispatch.zone or "UTC",
        attempts=dispatch.attempts,
        token=token,
    )
    session.execute(
        update(Dispatch)
        .where(_this(claimed), Dispatch.state.in_(states_before(Event.CLAIM)))
        .values(
            state=DispatchState.CLAIMED,
            lease_token=token,
            lease_until=moment.sql_now(session, clock, ahead=LEASE),
        )
        .execution_options(synchronize_session=False)
    )
    faults.point("send.claimed.before_commit")
    session.commit()
    faults.point("send.claimed.after_commit")
    return claimed


def hand_over(session: Session, claimed: Claim, *, gateways: Gateways, settings: Settings) -> None:
    """Build, begin, hand over and settle one claimed dispatch.

    Safe to run twice, even at once: only the holder of the token moves the dispatch on, and nobody begins it twice.
    """
    built = build(session, claimed, clock=gateways.clock, settings=settings)
    session.rollback()
    faults.point("send.rendered")
    failed = gateways.provider.prepare() if built.request.people else None
    if failed is not None:
        _give_up(session, claimed, failed, gateways=gateways)
        return
    started = gateways.clock.boottime()
    if not _begin(session, claimed, built, gateways=gateways, settings=settings):
        return
    if not built.request.people:
        return
    not_after = started + settings.provider_timeout
    outcome = gateways.provider.hand_over(built.request, not_after=not_after)
    faults.point("send.answer_read")
    settle(session, claimed, built, outcome, gateways=gateways)


def settle(session: Session, claimed: Claim, built: Built, outcome: Outcome, *, gateways: Gateways) -> None:
    """T3: record what became of a request. Does nothing if its token was taken away or a report settled it."""
    now = moment.now(session, gateways.clock)
    meant = meaning(outcome, now=now, attempts=claimed.attempts)
    account.learn(session, gateways.provider.name, outcome, now)
    session.commit()
    # The blast row is locked before its dispatches, always; most answers need no lock on it at all.
    blast = blast_moves.find(session, claimed.blast_id) if isinstance(outcome, Refused | Blocked) else None
    moved = session.execute(
        update(Dispatch)
        .where(
            _this(claimed),
            Dispatch.lease_token == claimed.token,
            Dispatch.state.in_(states_before(meant.event)),
        )
        .values(state=next_state(DispatchState.INFLIGHT, meant.event), **meant.values)
        .execution_options(synchronize_session=False)
        .returning(Dispatch.no)
    ).first()
    if moved is not None and blast is not None:
        _consequences(session, blast, claimed, built, outcome, now=now)
    faults.point("send.updated.before_commit")
    session.commit()
    faults.point("send.committed")


def _begin(session: Session, claimed: Claim, built: Built, *, gateways: Gateways, settings: Settings) -> bool:
    """T2: from here on the request may leave. False when we no longer hold it, or its blast may not send."""
    clock = gateways.clock
    # Campaign first, then blast, then dispatch: the order in which everybody locks them.
    session.execute(select(Campaign.id).where(Campaign.id == claimed.campaign_id).with_for_update(read=True))
    sending = session.scalar(
        select(Blast.id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(Blast.id == claimed.blast_id, Blast.state == BlastState.SENDING, campaign_allows())
        .with_for_update(read=True, of=Blast)
    )
    now, late = moment.sql_now(session, clock), claimed.due_at + _LAG
    event = Event.BEGIN if built.request.people else Event.FIND_NOBODY
    values: dict[str, object] = {"state": next_state(DispatchState.CLAIMED, event), "body_sha256": built.sha256}
    if event is Event.BEGIN:
        values |= {
            "inflight_at": now,
            "answer_by": moment.sql_now(session, clock, ahead=settings.request_timeout + ANSWER_SLACK),
            "hold_until": None,
            "counts_at": case((now > late, now), else_=Dispatch.due_at),
        }
    else:
        values |= {"settled_at": now, "settled_how": "nobody left", "lease_token": None, "lease_until": None}
    begun = (
        sending is not None
        and session.execute(
            update(Dispatch)
            .where(
                _held(claimed),
                Dispatch.lease_until > now,
                Dispatch.send_by > moment.sql_now(session, clock, ahead=settings.request_timeout),
            )
            .values(values)
            .execution_options(synchronize_session=False)
            .returning(Dispatch.no)
        ).first()
    )
    if not begun:
        session.rollback()
        _free(session, claimed)
        return False
    _skip(session, claimed, built.skips)
    faults.point("send.begun.before_commit")
    session.commit()
    faults.point("send.begun.after_commit")
    return True


def _consequences(
    session: Session, blast: Blast, claimed: Claim, built: Built, outcome: Outcome, *, now: datetime
) -> None:
    if isinstance(outcome, Blocked):
        blast_moves.move(session, blast, Move.BLOCK, now=now, actor="engine", why=f"provider: {outcome.reason}"[:300])
        return
    if not isinstance(outcome, Refused):
        return
    dispatch = session.get_one(Dispatch, (claimed.blast_id, claimed.no), populate_existing=True)
    named = outcome.person
    if named is None and len(built.people) == 1:
        named = 0
    if named is not None and 0 <= named < len(built.people):
        _skip(session, claimed, {built.people[named]: "refused"})
        splitting.send_rest(session, blast, dispatch, now=now)
    else:
        splitting.halve(session, blast, dispatch, now=now)
    session.flush()


def _skip(session: Session, claimed: Claim, skips: dict[int, str]) -> None:
    by_reason: dict[str, list[int]] = {}
    for supporter_id, reason in skips.items():
        by_reason.setdefault(reason, []).append(supporter_id)
    for reason, ids in by_reason.items():
        session.execute(
            update(Delivery)
            .where(
                Delivery.blast_id == claimed.blast_id,
                Delivery.supporter_id.in_(ids),
                Delivery.dispatch_no == claimed.no,
                Delivery.skip_reason.is_(None),
            )
            .values(skip_reason=reason)
            .execution_options(synchronize_session=False)
        )


def _free(session: Session, claimed: Claim, hold_until: datetime | None = None, attempts: int | None = None) -> None:
    """Give a claimed dispatch back, so that nobody has to wait for the lease to end."""
    values: dict[str, object] = {"state": DispatchState.PLANNED, "lease_token": None, "lease_until": None}
    if hold_until is not None:
        values |= {"hold_until": hold_until, "attempts": attempts}
    session.execute(update(Dispatch).where(_held(claimed)).values(values).execution_options(synchronize_session=False))
    session.commit()


def _give_up(session: Session, claimed: Claim, failed: NotSent, *, gateways: Gateways) -> None:
    now = moment.now(session, gateways.clock)
    account.learn(session, gateways.provider.name, failed, now)
    attempts = claimed.attempts + 1
    _free(session, claimed, now + backoff(attempts), attempts)


def _waits_for_canary() -> ColumnElement[bool]:
    """The first dispatches of a blast go one after the other, the rest when all of them are settled.

    One that nobody knows about holds the others back; who joined later and is due before them does not wait.
    """
    canary = aliased(Dispatch, name="canary")
    under_way = canary.state.in_((DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS))
    child_first = and_(canary.parent_no.is_not(None), Dispatch.parent_no.is_(None))
    alike = canary.parent_no.is_(None) == Dispatch.parent_no.is_(None)
    goes_before = or_(~Dispatch.canary, child_first, and_(alike, canary.no < Dispatch.no))
    earlier = and_(canary.state == DispatchState.PLANNED, canary.due_at <= Dispatch.due_at, goes_before)
    return exists().where(
        canary.blast_id == Dispatch.blast_id,
        canary.canary,
        canary.no != Dispatch.no,
        or_(and_(under_way, canary.due_at <= Dispatch.due_at), earlier),
    )


def _this(claimed: Claim) -> ColumnElement[bool]:
    return and_(Dispatch.blast_id == claimed.blast_id, Dispatch.no == claimed.no)


def _held(claimed: Claim) -> ColumnElement[bool]:
    return and_(_this(claimed), Dispatch.state == DispatchState.CLAIMED, Dispatch.lease_token == claimed.token)
