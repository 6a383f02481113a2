"""What the kept reports mean: evidence for requests, outcomes for people, suppressions. Applied in sets, in any order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from advocacy.domain import dispatch as dispatches
from advocacy.domain.delivery import graver
from advocacy.domain.dispatch import GONE, DispatchState, Event
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import keys_of
from advocacy.models.blast import Delivery, Dispatch, Report
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Supporter
from advocacy.operations import audit, blast_moves, complaints, suppressing
from advocacy.operations.building import person_refs
from advocacy.operations.suppressing import Reason

_BATCH = 5_000
_ROUNDS = 100
_REASONS = {
    "bounced": Reason.BOUNCED,
    "complained": Reason.COMPLAINED,
    "unsubscribed": Reason.UNSUBSCRIBED,
}


def apply(session: Session, *, clock: Clock) -> int:
    """Apply the reports kept so far; return how many. A report that was applied is no news the second time."""
    done = 0
    for _ in range(_ROUNDS):
        batch = session.scalars(
            select(Report)
            .where(Report.applied_at.is_(None))
            .order_by(Report.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        if not batch:
            session.rollback()
            break
        reports = [_News(row.id, row.public_id, row.person_ref, row.type, row.suppression_key, row.at) for row in batch]
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
    id: int
    public_id: str | None
    person_ref: str | None
    type: str
    suppression_key: bytes | None
    at: datetime


@dataclass
class _Findings:
    """What reports say of people: outcomes by (blast, supporter) and suppressions by reason."""

    outcomes: dict[tuple[int, int], tuple[str, datetime]] = field(default_factory=dict)
    suppressed: dict[Reason, set[int]] = field(default_factory=dict)


def _tell_people(session: Session, reports: Sequence[_News], *, now: datetime) -> None:
    """Outcomes, suppressions and the mark of having been applied, in one transaction; then what is claimed is revoked."""
    people = _people(session, reports)
    findings = _findings(session, reports, people)
    reported = {blast_id for (blast_id, _), (type_, _) in findings.outcomes.items() if type_ == "complained"}
    blasts = complaints.locked(session, reported)
    _write_outcomes(session, findings)
    for reason, ids in findings.suppressed.items():
        suppressing.note(session, ids, reason, now=now)
    session.execute(
        update(Report)
        .where(Report.id.in_([news.id for news in reports]))
        .values(applied_at=now)
        .execution_options(synchronize_session=False)
    )
    complaints.judge(session, blasts, now=now)
    session.commit()
    everyone = {id_ for ids in findings.suppressed.values() for id_ in ids}
    if everyone:
        suppressing.revoke(session, everyone)
        session.commit()


def _people(session: Session, reports: Iterable[_News]) -> dict[tuple[str, str], tuple[int | None, int]]:
    """Return (blast id, supporter id) for each (public id, person ref), the blast None for a single mail.

    A person's ref is recomputed for everyone in the dispatch and in its descendants, where a refused or unproven
    request's people went.
    """
    wanted = {news.public_id for news in reports if news.public_id and news.person_ref}
    keys = keys_of(session)
    found: dict[tuple[str, str], tuple[int | None, int]] = {}
    for blast_id, no, public_id in session.execute(
        select(Dispatch.blast_id, Dispatch.no, Dispatch.public_id).where(Dispatch.public_id.in_(wanted))
    ):
        members = session.scalars(
            select(Delivery.supporter_id).where(
                Delivery.blast_id == blast_id, Delivery.dispatch_no.in_(_with_descendants(session, blast_id, no))
            )
        )
        for supporter_id in members:
            for ref in person_refs(keys, public_id, supporter_id):
                found[public_id, ref] = (blast_id, supporter_id)
    for public_id, addressee in session.execute(
        select(SingleMail.public_id, SingleMail.supporter_id).where(SingleMail.public_id.in_(wanted))
    ):
        if addressee is not None:
            for ref in person_refs(keys, public_id, addressee):
                found[public_id, ref] = (None, addressee)
    return found


def _with_descendants(session: Session, blast_id: int, no: int) -> list[int]:
    family, newest = [no], [no]
    while newest:
        newest = list(
            session.scalars(select(Dispatch.no).where(Dispatch.blast_id == blast_id, Dispatch.parent_no.in_(newest)))
        )
        family += newest
    return family


def _findings(
    session: Session, reports: Sequence[_News], people: dict[tuple[str, str], tuple[int | None, int]]
) -> _Findings:
    findings = _Findings()
    lost: dict[bytes, set[Reason]] = {}
    for news in reports:
        who = people.get((news.public_id or "", news.person_ref or ""))
        if who is not None:
            _note(findings, news, *who)
        elif news.type in _REASONS and news.suppression_key is not None:
            lost.setdefault(news.suppression_key, set()).add(_REASONS[news.type])
    # Without ids the address alone is left; it says nothing of which mail it was about.
    for supporter_id, key in session.execute(
        select(Supporter.id, Supporter.suppression_key).where(Supporter.suppression_key.in_(list(lost)))
    ):
        for reason in lost[key]:
            findings.suppressed.setdefault(reason, set()).add(supporter_id)
    return findings


def _note(findings: _Findings, news: _News, blast_id: int | None, supporter_id: int) -> None:
    if news.type in _REASONS:
        findings.suppressed.setdefault(_REASONS[news.type], set()).add(supporter_id)
    if blast_id is None:
        return
    kept = findings.outcomes.get((blast_id, supporter_id), (None, news.at))[0]
    if graver(kept, news.type) != kept:
        findings.outcomes[blast_id, supporter_id] = (news.type, news.at)


def _write_outcomes(session: Session, findings: _Findings) -> None:
    by_blast: dict[int, list[int]] = {}
    for blast_id, supporter_id in findings.outcomes:
        by_blast.setdefault(blast_id, []).append(supporter_id)
    rows = []
    for blast_id, ids in by_blast.items():
        known = session.execute(
            select(Delivery.supporter_id, Delivery.outcome)
            .where(Delivery.blast_id == blast_id, Delivery.supporter_id.in_(ids))
            .with_for_update()
        )
        for supporter_id, outcome in known:
            news, at = findings.outcomes[blast_id, supporter_id]
            if graver(outcome, news) != outcome:
                rows.append({"b": blast_id, "s": supporter_id, "outcome": news, "outcome_at": at})
    if rows:
        session.connection().execute(
            update(Delivery.__table__)  # type: ignore[arg-type]
            .where(Delivery.__table__.c.blast_id == bindparam("b"), Delivery.__table__.c.supporter_id == bindparam("s"))
            .values(outcome=bindparam("outcome"), outcome_at=bindparam("outcome_at")),
            rows,
        )
