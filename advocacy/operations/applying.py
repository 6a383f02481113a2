"""What the kept reports mean: evidence for requests, outcomes for people, suppressions. Applied in sets, in any order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, and_, case, exists, or_, select, update
from sqlalchemy.orm import Session

from advocacy.domain import dispatch as dispatches
from advocacy.domain import person_ref
from advocacy.domain.delivery import RANKS, graver
from advocacy.domain.dispatch import GONE, DispatchState, Event
from advocacy.domain.report import OPENS, Opened
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import BigId, UtcDateTime, keys_of
from advocacy.models.blast import Delivery, Dispatch, Report
from advocacy.models.json_rows import Types, json_rows
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Supporter
from advocacy.operations import audit, blast_moves, complaints, figures, suppressing
from advocacy.operations.suppressing import Reason

_BATCH = 5_000
_ROUNDS = 100
_REASONS = {
    "bounced": Reason.BOUNCED,
    "complained": Reason.COMPLAINED,
    "unsubscribed": Reason.UNSUBSCRIBED,
}
_OPENED: Types = {"blast": BigId, "supporter": BigId, "opened": String(10)}
_OUTCOMES: Types = {
    "blast": BigId,
    "supporter": BigId,
    "outcome": String(20),
    "at": UtcDateTime(),
    "rank": Integer(),
}


def apply(session: Session, *, clock: Clock) -> int:
    """Apply the reports kept so far; return how many. A report that was applied is no news the second time."""
    done = 0
    for _ in range(_ROUNDS):
        batch = session.execute(
            select(Report.id, Report.public_id, Report.person_ref, Report.type, Report.suppression_key, Report.at)
            .where(Report.applied_at.is_(None))
            .order_by(Report.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        if not batch:
            session.rollback()
            break
        reports = _read(session, batch)
        session.rollback()  # Evidence takes the locks of blasts, which come before those of reports.
        now = moment.now(session, clock)
        vouch(session, {news.public_id for news in reports if news.public_id}, now=now)
        _tell_people(session, reports, now=now)
        done += len(reports)
    return done


def vouch(session: Session, public_ids: Collection[str], *, now: datetime, how: str = "report") -> None:
    """A verified report (or the provider's log) names these requests, so the provider has them, whatever we thought. A few transactions."""
    news = dispatches.states_before(Event.VOUCH)
    found = session.execute(
        select(Dispatch.blast_id, Dispatch.no)
        .where(Dispatch.public_id.in_(public_ids), Dispatch.state.in_(news))
        .order_by(Dispatch.blast_id, Dispatch.no)
    ).all()
    settled = {"state": DispatchState.ACCEPTED, "settled_at": now, "settled_how": how, "lease_token": None}
    session.execute(
        update(SingleMail)
        .where(SingleMail.public_id.in_(public_ids), SingleMail.state.in_(news))
        .values(**settled, secret_sealed=None)
        .execution_options(synchronize_session=False)
    )
    session.commit()
    for blast_id, no in found:
        blast_moves.find(session, blast_id)
        row = session.get_one(Dispatch, (blast_id, no), with_for_update=True, populate_existing=True)
        was = row.state
        row.state = dispatches.next_state(was, Event.VOUCH)
        if row.state is not was:
            row.settled_at, row.settled_how, row.lease_token = now, how, None
            session.flush()
            if was in {DispatchState.NOT_ACCEPTED, DispatchState.REFUSED}:
                _take_back_children(session, row, now=now)
        session.commit()


def _take_back_children(session: Session, parent: Dispatch, *, now: datetime) -> None:
    """Its people went to children: these are cancelled, but for those that may be out, which are now doubles."""
    for child in session.scalars(
        select(Dispatch)
        .where(Dispatch.blast_id == parent.blast_id, Dispatch.parent_no == parent.no)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all():
        if child.state in GONE:
            child.state_reason = "duplicate"
            audit.record(
                session,
                actor="engine",
                what="dispatch.duplicate",
                object_=f"dispatch:{child.blast_id}.{child.no}",
                now=now,
                details={"parent": parent.no, "people": child.n},
            )
            continue
        was = child.state
        child.state = dispatches.next_state(was, Event.CANCEL)
        if child.state is DispatchState.CANCELLED:
            child.settled_at, child.settled_how = now, "cancelled"
            child.state_reason, child.lease_token = "its parent was accepted", None
            _move_back(session, parent, child)
        _take_back_children(session, child, now=now)


def _move_back(session: Session, parent: Dispatch, child: Dispatch) -> None:
    session.execute(
        update(Delivery)
        .where(
            Delivery.blast_id == child.blast_id,
            Delivery.dispatch_no == child.no,
            Delivery.skip_reason.is_(None),
        )
        .values(dispatch_no=parent.no)
        .execution_options(synchronize_session=False)
    )
    parent.n, child.n = parent.n + child.n, 0
    session.flush()


@dataclass(frozen=True)
class _News:
    """One kept report. `blast_id` is None when it is about a single mail, `supporter_id` when nobody can be told from it."""

    id: int
    public_id: str | None
    type: str
    suppression_key: bytes | None
    at: datetime
    blast_id: int | None
    supporter_id: int | None


@dataclass
class _Findings:
    """What reports say of people: outcomes and opens by (blast, supporter), and suppressions by reason."""

    outcomes: dict[tuple[int, int], tuple[str, datetime]] = field(default_factory=dict)
    opens: dict[tuple[int, int], Opened] = field(default_factory=dict)
    suppressed: dict[Reason, set[int]] = field(default_factory=dict)


def _read(session: Session, rows: Sequence[Any]) -> list[_News]:
    """Return what the rows tell, each with the person it names: names are read, nobody is looked for."""
    wanted = {row.public_id for row in rows if row.public_id and row.person_ref}
    blasts: dict[str, int | None] = dict.fromkeys(
        session.scalars(select(SingleMail.public_id).where(SingleMail.public_id.in_(wanted)))
    )
    carried = select(Dispatch.public_id, Dispatch.blast_id).where(Dispatch.public_id.in_(wanted))
    blasts.update((row.public_id, row.blast_id) for row in session.execute(carried))
    reader = person_ref.Reader(keys_of(session))
    return [
        _News(
            id=row.id,
            public_id=row.public_id,
            type=row.type,
            suppression_key=row.suppression_key,
            at=row.at,
            blast_id=blasts.get(row.public_id),
            supporter_id=(
                reader.supporter(row.public_id, row.person_ref) if row.public_id in blasts and row.person_ref else None
            ),
        )
        for row in rows
    ]


def _tell_people(session: Session, reports: Sequence[_News], *, now: datetime) -> None:
    """Outcomes, suppressions and the mark of having been applied, in one transaction; then what is claimed is revoked."""
    findings = _findings(session, reports)
    reported = {blast_id for (blast_id, _), (type_, _) in findings.outcomes.items() if type_ == "complained"}
    blasts = complaints.locked(session, reported)
    _write_outcomes(session, findings)
    _write_opens(session, findings)
    figures.mark_blasts(session, {blast_id for blast_id, _supporter in (*findings.outcomes, *findings.opens)}, now)
    for reason, ids in findings.suppressed.items():
        suppressing.note(session, ids, reason, now=now)
    done = json_rows(session, "done", [{"id": news.id} for news in reports], {"id": BigId})
    session.execute(
        update(Report).where(Report.id == done.c.id).values(applied_at=now).execution_options(synchronize_session=False)
    )
    complaints.judge(session, blasts, now=now)
    session.commit()
    everyone = {id_ for ids in findings.suppressed.values() for id_ in ids}
    if everyone:
        suppressing.revoke(session, everyone)
        session.commit()


def _findings(session: Session, reports: Sequence[_News]) -> _Findings:
    findings = _Findings()
    lost: dict[bytes, set[Reason]] = {}
    for news in reports:
        reason = _REASONS.get(news.type)
        if news.supporter_id is None:
            if reason is not None and news.suppression_key is not None:
                lost.setdefault(news.suppression_key, set()).add(reason)
            continue
        if reason is not None:
            findings.suppressed.setdefault(reason, set()).add(news.supporter_id)
        if news.blast_id is not None and news.type in RANKS:
            _note(findings.outcomes, (news.blast_id, news.supporter_id), news)
        if news.blast_id is not None and news.type in OPENS:
            whom = (news.blast_id, news.supporter_id)
            # A person's open outweighs any number of a machine's, in whatever order they come.
            findings.opens[whom] = max(findings.opens.get(whom, Opened.MACHINE), OPENS[news.type])
    if lost:
        _add_lost(session, findings, lost)
    return findings


def _add_lost(session: Session, findings: _Findings, lost: dict[bytes, set[Reason]]) -> None:
    """Without ids the address alone is left; it says nothing of which mail it was about."""
    for supporter_id, key in session.execute(
        select(Supporter.id, Supporter.suppression_key).where(Supporter.suppression_key.in_(list(lost)))
    ):
        for reason in lost[key]:
            findings.suppressed.setdefault(reason, set()).add(supporter_id)


def _note(outcomes: dict[tuple[int, int], tuple[str, datetime]], whom: tuple[int, int], news: _News) -> None:
    """Keep the gravest, and of several alike the first: so that no order makes a difference."""
    type_, at = outcomes.get(whom, (None, news.at))
    if graver(type_, news.type) != type_ or (type_ == news.type and news.at < at):
        outcomes[whom] = (news.type, news.at)


def _write_outcomes(session: Session, findings: _Findings) -> None:
    """Write all outcomes in one statement, in one order, so that two of these at once wait for each other."""
    told = [
        {"blast": blast_id, "supporter": supporter_id, "outcome": type_, "at": at, "rank": RANKS[type_]}
        for (blast_id, supporter_id), (type_, at) in sorted(findings.outcomes.items())
    ]
    if not told:
        return
    news = json_rows(session, "news", told, _OUTCOMES)
    rank = case(RANKS, value=Delivery.outcome, else_=0)
    graver_now = or_(rank < news.c.rank, and_(rank == news.c.rank, Delivery.outcome_at > news.c.at))
    session.execute(
        update(Delivery)
        .where(Delivery.blast_id == news.c.blast, Delivery.supporter_id == news.c.supporter, graver_now)
        .values(outcome=news.c.outcome, outcome_at=news.c.at)
        .execution_options(synchronize_session=False)
    )


def _write_opens(session: Session, findings: _Findings) -> None:
    """Note who opened a mail, where its request asked for it, and of nobody who is erased."""
    told = [
        {"blast": blast_id, "supporter": supporter_id, "opened": opened.value}
        for (blast_id, supporter_id), opened in sorted(findings.opens.items())
    ]
    if not told:
        return
    news = json_rows(session, "opens", told, _OPENED)
    asked = exists().where(
        Dispatch.blast_id == Delivery.blast_id, Dispatch.no == Delivery.dispatch_no, Dispatch.counts_opens
    )
    there = exists().where(Supporter.id == Delivery.supporter_id, Supporter.erased_at.is_(None))
    session.execute(
        update(Delivery)
        .where(
            Delivery.blast_id == news.c.blast,
            Delivery.supporter_id == news.c.supporter,
            or_(Delivery.opened.is_(None), Delivery.opened < news.c.opened),
            asked,
            there,
        )
        .values(opened=news.c.opened)
        .execution_options(synchronize_session=False)
    )
