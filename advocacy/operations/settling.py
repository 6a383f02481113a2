"""What time and evidence make of open dispatches: leases end, answers stay out, the last instant passes.

Each function is one or more short transactions and harmless when it runs twice, or twice at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from advocacy.config import AmbiguousPolicy, Settings
from advocacy.domain.blast import ENDED, BlastState, Move
from advocacy.domain.cadence import Cadence
from advocacy.domain.delivery import DEPENDABLE
from advocacy.domain.dispatch import DispatchState, Event, next_state, states_before
from advocacy.domain.schedule import civil_until, next_civil
from advocacy.domain.sentence import Sentence
from advocacy.gateways import Gateways, faults
from advocacy.models import moment
from advocacy.models.blast import Blast, Dispatch, Report, is_held, is_planned
from advocacy.models.campaign import Campaign
from advocacy.models.single_mail import SingleMail
from advocacy.operations import account, blast_moves, searching, splitting

_CANARY = "canary: "
_AT_ONCE = 200
_AFTER_CRASH = timedelta(seconds=10)


def reap(session: Session, *, gateways: Gateways, settings: Settings) -> None:
    """Settle what its holder will not settle any more, for dispatches and single mails alike."""
    now = moment.now(session, gateways.clock)
    work = session.execute(select(*_work(now))).one()
    session.rollback()
    if work.held:
        _end_leases(session, now)
        _lose_unanswered(session, now)
        if gateways.provider.idempotent:
            _ask_again(session, now)
        else:
            _look_for_proof(session, now, gateways=gateways, settings=settings)
        _block_for_canaries(session, now, quarantine=timedelta(seconds=settings.quarantine))
    if work.stale:
        _expire(session, now)
    if work.late:
        _wait_for_morning(session, now)
    if work.blocked:
        _unblock_after_canaries(session, now)
        _unblock(session, now, kind=gateways.provider.name)


def absent(quarantined_since: datetime) -> ColumnElement[bool]:
    """Whether the evidence says that the provider never had this dispatch.

    Its quarantine is over; a report of a kind that comes for every mail named a request handed over after this one had
    to be answered; and no report, applied or not, names this one.
    """
    later = aliased(Dispatch, name="later")
    named = exists().where(Report.public_id == Dispatch.public_id)
    told = Report.type.in_(DEPENDABLE)
    by_blast = exists().where(told, Report.public_id == later.public_id, later.inflight_at > Dispatch.answer_by)
    by_single = exists().where(
        told, Report.public_id == SingleMail.public_id, SingleMail.inflight_at > Dispatch.answer_by
    )
    return and_(Dispatch.answer_by <= quarantined_since, ~named, or_(by_blast, by_single))


def _work(now: datetime) -> list[ColumnElement[bool]]:
    """What there is to do, as one cheap question: most ticks find nothing."""
    held = (DispatchState.CLAIMED, DispatchState.INFLIGHT, DispatchState.AMBIGUOUS)
    single_stale = and_(SingleMail.state.in_(states_before(Event.CANCEL)), SingleMail.send_by <= now)
    return [
        or_(exists().where(is_held()), exists().where(SingleMail.state.in_(held))).label("held"),
        or_(*[exists().where(stale) for stale in _stale(now)], exists().where(single_stale)).label("stale"),
        exists().where(_late(now)).label("late"),
        exists().where(Blast.state == BlastState.BLOCKED).label("blocked"),
    ]


def _stale(now: datetime) -> list[ColumnElement[bool]]:
    """The dispatches that may not begin any more: the planned and the claimed apart, since each has its own index."""
    ended = exists().where(Blast.id == Dispatch.blast_id, Blast.state.in_(ENDED))
    over = or_(Dispatch.send_by <= now, ended)
    return [and_(is_planned(), over), and_(is_held(DispatchState.CLAIMED), over)]


def _late(now: datetime) -> ColumnElement[bool]:
    return and_(is_planned(), Dispatch.due_at <= now, Dispatch.civil_until <= now)


def _held(table: type[Dispatch | SingleMail], state: DispatchState) -> ColumnElement[bool]:
    return is_held(state) if table is Dispatch else table.state == state


def _end_leases(session: Session, now: datetime) -> None:
    """Whoever died between the claim and the beginning sent nothing: that is proven. It is tried again a bit later."""
    for table in (Dispatch, SingleMail):
        session.execute(
            update(table)
            .where(_held(table, DispatchState.CLAIMED), table.lease_until < now)
            .values(
                state=next_state(DispatchState.CLAIMED, Event.FREE),
                lease_token=None,
                lease_until=None,
                attempts=table.attempts + 1,
                hold_until=case((table.attempts > 0, now + _AFTER_CRASH), else_=None),
            )
            .execution_options(synchronize_session=False)
        )
        session.commit()


def _lose_unanswered(session: Session, now: datetime) -> None:
    """The token stays with the holder: its late answer still counts."""
    for table in (Dispatch, SingleMail):
        session.execute(
            update(table)
            .where(_held(table, DispatchState.INFLIGHT), table.answer_by < now)
            .values(state=next_state(DispatchState.INFLIGHT, Event.LOSE), state_reason="no answer")
            .execution_options(synchronize_session=False)
        )
        faults.point("reap.selected")
        session.commit()


def _ask_again(session: Session, now: datetime) -> None:
    """A provider that knows the request by its id takes it once however often it is asked."""
    for table in (Dispatch, SingleMail):
        session.execute(
            update(table)
            .where(_held(table, DispatchState.AMBIGUOUS), table.answer_by < now)
            .values(
                state=next_state(DispatchState.AMBIGUOUS, Event.ASK_AGAIN),
                lease_token=None,
                lease_until=None,
                state_reason="asked again",
                hold_until=case((table.attempts > 1, now + _AFTER_CRASH), else_=None),
            )
            .execution_options(synchronize_session=False)
        )
        session.commit()


def _look_for_proof(session: Session, now: datetime, *, gateways: Gateways, settings: Settings) -> None:
    quarantine = timedelta(seconds=settings.quarantine)
    searching.search(session, now, gateways=gateways, quarantine=quarantine)
    if gateways.provider.reports and settings.ambiguous_policy is AmbiguousPolicy.EVIDENCE:
        asked = searching.asked_about(gateways.provider)
        _prove_absent(session, now, and_(absent(now - quarantine), asked))


def _prove_absent(session: Session, now: datetime, no_trace: ColumnElement[bool]) -> None:
    proven = and_(is_held(DispatchState.AMBIGUOUS), no_trace)
    for blast_id, no in _some(session, proven):
        blast = blast_moves.find(session, blast_id)
        moved = session.execute(
            update(Dispatch)
            .where(Dispatch.blast_id == blast_id, Dispatch.no == no, proven)
            .values(
                state=next_state(DispatchState.AMBIGUOUS, Event.PROVE_ABSENT),
                settled_at=now,
                settled_how="proof",
                lease_token=None,
            )
            .execution_options(synchronize_session=False)
            .returning(Dispatch.no)
        ).first()
        if moved is not None:
            parent = session.get_one(Dispatch, (blast_id, no), populate_existing=True)
            splitting.send_rest(session, blast, parent, now=now)
        session.commit()


def _expire(session: Session, now: datetime) -> None:
    """Cancel what may not begin any more: its last instant has passed, or its blast was closed."""
    stale = or_(*_stale(now))
    blasts = {id_ for part in _stale(now) for id_ in session.scalars(select(Dispatch.blast_id).where(part).distinct())}
    for blast_id in sorted(blasts):
        blast_moves.find(session, blast_id)
        session.execute(
            update(Dispatch)
            .where(Dispatch.blast_id == blast_id, stale)
            .values(
                state=DispatchState.CANCELLED,
                state_reason=case((Dispatch.send_by <= now, "expired"), else_="closed"),
                settled_at=now,
                settled_how="cancelled",
                lease_token=None,
                lease_until=None,
            )
            .execution_options(synchronize_session=False)
        )
        session.commit()
    session.execute(
        update(SingleMail)
        .where(SingleMail.state.in_(states_before(Event.CANCEL)), SingleMail.send_by <= now)
        .values(
            state=DispatchState.CANCELLED,
            state_reason="expired",
            settled_at=now,
            settled_how="cancelled",
            lease_token=None,
            lease_until=None,
            secret_sealed=None,
        )
        .execution_options(synchronize_session=False)
    )
    session.commit()


def _wait_for_morning(session: Session, now: datetime) -> None:
    """What is late and would now come at night is held until the end of the night in its zone."""
    late = _late(now)
    places = session.execute(
        select(Dispatch.blast_id, Dispatch.zone, Dispatch.civil_until).where(late).distinct()
    ).all()
    cadences: dict[int, Cadence] = {}
    for blast_id, zone_name, until in places:
        if blast_id not in cadences:
            written = session.scalar(
                select(Campaign.cadence).join(Blast, Blast.campaign_id == Campaign.id).where(Blast.id == blast_id)
            )
            cadences[blast_id] = Cadence.from_json(written)
        zone, quiet = ZoneInfo(zone_name or "UTC"), cadences[blast_id].quiet
        morning = next_civil(now, zone, quiet)
        session.execute(
            update(Dispatch)
            .where(late, Dispatch.blast_id == blast_id, Dispatch.zone == zone_name, Dispatch.civil_until == until)
            .values(
                civil_until=civil_until(morning, zone, quiet),
                hold_until=case((Dispatch.hold_until > morning, Dispatch.hold_until), else_=morning),
            )
            .execution_options(synchronize_session=False)
        )
    session.commit()


def _block_for_canaries(session: Session, now: datetime, *, quarantine: timedelta) -> None:
    """A canary that nobody knows about blocks its blast once its quarantine is over, until it is settled."""
    unknown = and_(Dispatch.canary, is_held(DispatchState.AMBIGUOUS), Dispatch.answer_by < now - quarantine)
    for blast_id in session.scalars(
        select(Dispatch.blast_id)
        .join(Blast, Blast.id == Dispatch.blast_id)
        .where(unknown, Blast.state == BlastState.SENDING)
        .distinct()
    ).all():
        blast = blast_moves.find(session, blast_id)
        why = Sentence("canary: nobody knows whether the provider took one of the first requests")
        blast_moves.move(session, blast, Move.BLOCK, now=now, actor="engine", why=why)
        session.commit()


def _unblock_after_canaries(session: Session, now: datetime) -> None:
    unknown = exists().where(Dispatch.blast_id == Blast.id, Dispatch.canary, Dispatch.state == DispatchState.AMBIGUOUS)
    for blast_id in session.scalars(
        select(Blast.id).where(Blast.state == BlastState.BLOCKED, Blast.state_reason.startswith(_CANARY), ~unknown)
    ).all():
        blast = blast_moves.find(session, blast_id)
        blast_moves.move(session, blast, Move.UNBLOCK, now=now, actor="engine", why=Sentence("the canary was settled"))
        session.commit()


def _unblock(session: Session, now: datetime, *, kind: str) -> None:
    """When the account has cooled down, blocked blasts try again: one request at a time asks whether it is mended."""
    begun = and_(Blast.started_at.is_not(None), ~Blast.state_reason.startswith(_CANARY))
    blocked = session.scalars(select(Blast.id).where(Blast.state == BlastState.BLOCKED, begun)).all()
    if not blocked or not account.usable(session, kind, now):
        session.rollback()
        return
    for blast_id in blocked:
        blast = blast_moves.find(session, blast_id)
        blast_moves.move(
            session, blast, Move.UNBLOCK, now=now, actor="engine", why=Sentence("asking the provider again")
        )
        session.commit()


def _some(session: Session, condition: ColumnElement[bool]) -> Sequence[tuple[int, int]]:
    rows = session.execute(select(Dispatch.blast_id, Dispatch.no).where(condition).limit(_AT_ONCE)).all()
    session.rollback()
    return rows
