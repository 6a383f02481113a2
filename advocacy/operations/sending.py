"""Hand one dispatch after the other to the provider: claim, build, begin, hand over, settle.

Each step is one transaction or none, and a crash after any of them leaves a state that says what may have happened.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.orm import Session

from advocacy.config import Settings
from advocacy.domain.blast import Move
from advocacy.domain.dispatch import DispatchState, Event, next_state, states_before
from advocacy.domain.handover import Accepted, Blocked, NotSent, Outcome, Refused
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways, faults
from advocacy.models import moment
from advocacy.models.blast import Blast, Delivery, Dispatch
from advocacy.operations import account, blast_moves, splitting, statements
from advocacy.operations.answers import backoff, meaning
from advocacy.operations.building import Built, Claim, build
from advocacy.operations.claiming import claim, is_waiting
from advocacy.operations.lanes import Aside, side_by_side

ANSWER_SLACK = timedelta(seconds=5)
"""After the provider's time is up, so long until a request without an answer counts as ambiguous."""

_LAG = timedelta(hours=1)
_PAUSE = 0.05


def hand_over_due(
    session: Session,
    *,
    gateways: Gateways,
    settings: Settings,
    seconds: float = 20.0,
    lanes: int = 1,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Hand over what is due until nothing is, `seconds` are over, or `stopping` says so; return how many requests.

    Any number of workers may do this at once: each dispatch has one holder. With several `lanes` this process has as
    many requests under way at a time, each with a session and a connection of its own, and while something due waits
    for others (the canaries go one after the other) it waits too.
    """
    until = gateways.clock.boottime() + seconds

    def going_on() -> bool:
        return not stopping() and gateways.clock.boottime() < until

    if lanes == 1:
        return _lane(session, going_on, gateways=gateways, settings=settings)

    def work(own: Session, still: Callable[[], bool], aside: Aside) -> int:
        return _lane(own, still, gateways=gateways, settings=settings, aside=aside)

    def waits(own: Session) -> bool:
        return is_waiting(own, gateways=gateways, settings=settings)

    return side_by_side(session, lanes, going_on, work, waits, clock=gateways.clock)


def _lane(
    session: Session,
    going_on: Callable[[], bool],
    *,
    gateways: Gateways,
    settings: Settings,
    aside: Aside = nullcontext,
) -> int:
    done = 0
    while going_on():
        claimed = claim(session, gateways=gateways, settings=settings)
        if claimed is None:
            break
        hand_over(session, claimed, gateways=gateways, settings=settings, aside=aside)
        done += 1
    return done


def hand_over(
    session: Session, claimed: Claim, *, gateways: Gateways, settings: Settings, aside: Aside = nullcontext
) -> None:
    """Build, begin, hand over and settle one claimed dispatch; `aside` is entered while the provider has it.

    Safe to run twice, even at once: only the holder of the token moves the dispatch on, and nobody begins it twice.
    """
    built = build(session, claimed, clock=gateways.clock, settings=settings)
    # Nothing was written. At a rollback psycopg forgets what it had the server prepare, and all is planned anew.
    session.commit()
    faults.point("send.rendered")
    failed = gateways.provider.prepare() if built.request.people else None
    if failed is not None:
        _give_up(session, claimed, failed, gateways=gateways)
        return
    started = gateways.clock.boottime()
    if not begin(session, claimed, built, gateways=gateways, settings=settings):
        return
    if not built.request.people:
        return
    not_after = started + settings.provider_timeout
    with aside():
        outcome = gateways.provider.hand_over(built.request, not_after=not_after)
    faults.point("send.answer_read")
    settle(session, claimed, built, outcome, gateways=gateways)


def settle(session: Session, claimed: Claim, built: Built, outcome: Outcome, *, gateways: Gateways) -> None:
    """T3: record what became of a request. Does nothing if its token was taken away or a report settled it."""
    if isinstance(outcome, Accepted) and _accepted(session, claimed, outcome, gateways=gateways):
        return
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


def _accepted(session: Session, claimed: Claim, outcome: Accepted, *, gateways: Gateways) -> bool:
    """T3 as it nearly always is. False when there is more to it: an account that recovers, or a token taken away."""
    told: dict[str, object] = {
        "status": outcome.status,
        "message_id": outcome.message_id,
        "kind": gateways.provider.name,
    }
    told |= {"now": moment.moved(session, gateways.clock)}
    accept = statements.accept(session.get_bind().dialect.name)
    if not session.connection().execute(accept, statements.named(claimed) | told).rowcount:
        session.rollback()
        return False
    faults.point("send.updated.before_commit")
    session.commit()
    faults.point("send.committed")
    return True


def begin(session: Session, claimed: Claim, built: Built, *, gateways: Gateways, settings: Settings) -> bool:
    """T2: from here on the request may leave. False when we no longer hold it, or its blast may not send."""
    clock = gateways.clock
    connection = session.connection()
    connection.execute(statements.HOLD, {"in_blast": claimed.blast_id})
    event = Event.BEGIN if built.request.people else Event.FIND_NOBODY
    times = {
        "now": moment.moved(session, clock),
        "soon": moment.moved(session, clock, settings.request_timeout),
        "answer": moment.moved(session, clock, settings.request_timeout + ANSWER_SLACK),
    }
    held = statements.named(claimed) | {"sha": built.sha256, "late": claimed.due_at + _LAG}
    held |= {"opens": built.request.count_opens}
    if not connection.execute(statements.begin(session.get_bind().dialect.name, event), times | held).first():
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
        blast_moves.move(
            session,
            blast,
            Move.BLOCK,
            now=now,
            actor="engine",
            why=Sentence("provider: %(words)s", words=outcome.reason[:220]),
        )
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


def _this(claimed: Claim) -> ColumnElement[bool]:
    return and_(Dispatch.blast_id == claimed.blast_id, Dispatch.no == claimed.no)


def _held(claimed: Claim) -> ColumnElement[bool]:
    return and_(_this(claimed), Dispatch.state == DispatchState.CLAIMED, Dispatch.lease_token == claimed.token)
