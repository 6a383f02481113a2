"""The first step of handing over: take a dispatch that is due, under a lease with a token of our own."""

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from advocacy.config import Settings
from advocacy.domain.blast import BlastState
from advocacy.domain.dispatch import DispatchState, Event, states_before
from advocacy.gateways import Gateways, faults
from advocacy.models import installation, moment
from advocacy.models.blast import Blast, ContentVersion, Dispatch
from advocacy.models.campaign import Campaign
from advocacy.operations import account
from advocacy.operations.building import Claim
from advocacy.operations.planning import campaign_allows
from advocacy.operations.statements import TABLE

LEASE = timedelta(seconds=60)
"""How long a claimed dispatch may be built before somebody else may have it."""

_PLANNED: ColumnElement[str] = literal_column(f"'{DispatchState.PLANNED.value}'")
"""Written out: SQLite uses a partial index only for a condition it can read."""


def claim(session: Session, *, gateways: Gateways, settings: Settings) -> Claim | None:
    """T1: take the dispatch that is due first, under a lease with a token of our own; None when there is none."""
    clock, dialect = gateways.clock, session.get_bind().dialect.name
    times = {
        "now": moment.moved(session, clock),
        "soon": moment.moved(session, clock, settings.request_timeout),
        "kind": gateways.provider.name,
        "batch": gateways.provider.batch,
    }
    connection = session.connection()
    row = connection.execute(_due_first(dialect), times).first()
    if row is None:
        session.commit()  # Nothing was written, and a rollback would cost what the server has prepared.
        return None
    if row.troubled and not account.admit(session, gateways.provider.name, row.now):
        session.rollback()
        return None
    token = uuid4().hex
    claimed = Claim(
        blast_id=row.blast_id,
        no=row.no,
        public_id=row.public_id,
        rule=row.rule,
        campaign_id=row.campaign_id,
        content_version_id=row.content_version_id,
        content_sha256=row.sha256,
        due_at=row.due_at,
        zone=row.zone or "UTC",
        attempts=row.attempts,
        token=token,
    )
    taken = {"in_blast": row.blast_id, "the_no": row.no, "token": token, "until": moment.moved(session, clock, LEASE)}
    connection.execute(_take(dialect), taken)
    faults.point("send.claimed.before_commit")
    session.commit()
    faults.point("send.claimed.after_commit")
    return claimed


def is_waiting(session: Session, *, gateways: Gateways, settings: Settings) -> bool:
    """Whether a dispatch is due that may be claimed soon: it waits for a canary, or to be filled, or is just locked."""
    clock = gateways.clock
    times = {"now": moment.moved(session, clock), "soon": moment.moved(session, clock, settings.request_timeout)}
    waits = session.connection().execute(_any_due(session.get_bind().dialect.name), times).first() is not None
    waits = waits and account.usable(session, gateways.provider.name, moment.now(session, clock))
    session.commit()
    return waits


@lru_cache(maxsize=4)
def _due_first(dialect: str) -> Select[*tuple[object, ...]]:
    """Built once: building it anew would cost more than the database does for it."""
    now = moment.later(dialect, "now")
    return (
        select(
            *(
                TABLE.c[name]
                for name in ("blast_id", "no", "public_id", "content_version_id", "due_at", "zone", "attempts")
            ),
            Blast.__table__.c.rule,
            Blast.__table__.c.campaign_id,
            ContentVersion.__table__.c.sha256,
            account.troubled(now).label("troubled"),
            now.label("now"),
        )
        .join_from(Dispatch, Blast, Blast.id == Dispatch.blast_id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .join(ContentVersion, ContentVersion.id == Dispatch.content_version_id)
        .where(*_due(now, moment.later(dialect, "soon")), ~_may_grow(), ~_waits_for_canary())
        .order_by(Dispatch.due_at, Dispatch.blast_id, Dispatch.no)
        .limit(1)
        .with_for_update(of=Dispatch, skip_locked=True)
    )


@lru_cache(maxsize=4)
def _any_due(dialect: str) -> Select[tuple[int]]:
    unknown = aliased(Dispatch, name="unknown")
    nobody_knows = exists().where(
        unknown.blast_id == Dispatch.blast_id, unknown.canary, unknown.state == DispatchState.AMBIGUOUS
    )
    return (
        select(TABLE.c.no)
        .join(Blast, Blast.id == Dispatch.blast_id)
        .join(Campaign, Campaign.id == Blast.campaign_id)
        .where(*_due(moment.later(dialect, "now"), moment.later(dialect, "soon")), ~nobody_knows)
        .limit(1)
    )


@lru_cache(maxsize=4)
def _take(dialect: str) -> Update:
    return (
        update(TABLE)
        .where(
            Dispatch.blast_id == bindparam("in_blast"),
            Dispatch.no == bindparam("the_no"),
            Dispatch.state.in_(states_before(Event.CLAIM)),
        )
        .values(state=DispatchState.CLAIMED, lease_token=bindparam("token"), lease_until=moment.later(dialect, "until"))
    )


def _due(now: ColumnElement[datetime], soon: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    held = exists().where(installation.Fact.name == installation.HELD)
    return [
        Dispatch.state == _PLANNED,
        Dispatch.due_at <= now,
        or_(Dispatch.hold_until.is_(None), Dispatch.hold_until <= now),
        or_(Dispatch.civil_until.is_(None), Dispatch.civil_until > now),
        Dispatch.send_by > soon,
        Blast.state == BlastState.SENDING,
        campaign_allows(),
        ~held,
    ]


def _may_grow() -> ColumnElement[bool]:
    """While its blast is planned, a request that is not full waits for more people; `cutting.tails` says the same."""
    part_empty = and_(Dispatch.n < bindparam("batch"), ~Dispatch.canary, Dispatch.parent_no.is_(None))
    return and_(Blast.planned_at.is_(None), part_empty)


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
