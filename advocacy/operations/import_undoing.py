"""Undoing an import: what it added goes, and only that. Some hundred people at a time, each time in one transaction."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from advocacy.domain.importing import ImportState
from advocacy.domain.supporter import ConsentAction, SupporterState
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.base import forget_the_log
from advocacy.models.blast import Delivery
from advocacy.models.single_mail import SingleMail
from advocacy.models.supporter import Action, Consent, EmailAlias, SignUp, Subscription, Supporter
from advocacy.models.supporter_import import ImportTrace, SupporterImport
from advocacy.operations import audit, consent, suppressing
from advocacy.operations.consent import ALERTS
from advocacy.operations.import_rows import ENDED, IMPORT
from advocacy.operations.import_work import GoOn

_AT_ONCE = 500


def undo(session: Session, import_id: int, *, clock: Clock, go_on: GoOn) -> None:
    """Take back what an import did, trace by trace. Who is killed here leaves the rest of the traces to the next."""
    while True:
        row = session.get_one(SupporterImport, import_id, with_for_update=True, populate_existing=True)
        if row.state is not ImportState.UNDOING:
            session.rollback()
            return
        now = moment.now(session, clock)
        traces = session.scalars(
            select(ImportTrace)
            .where(ImportTrace.import_id == import_id)
            .order_by(ImportTrace.supporter_id)
            .limit(_AT_ONCE)
        ).all()
        if not traces:
            row.state, row.undone_at = ImportState.UNDONE, now
            audit.record(session, actor=row.actor, what="supporters.undone", object_=f"import:{row.id}", now=now)
            session.commit()
            forget_the_log(session)
            return
        blanked = _take_back(session, row, {trace.supporter_id: trace for trace in traces}, now)
        row.rows_done += len(traces)
        faults.point("import.batch")
        session.commit()
        suppressing.revoke(session, blanked)
        session.commit()
        if not go_on():
            return


def _take_back(session: Session, row: SupporterImport, traces: dict[int, ImportTrace], now: datetime) -> set[int]:
    """Return those who stay as an empty row: they had one before, or something else is on record about them."""
    people = {
        person.id: person
        for person in session.scalars(
            select(Supporter)
            .where(Supporter.id.in_(traces))
            .order_by(Supporter.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    vouched = _hand_over(session, row.id, traces)
    own = _joined_themselves(session, traces)
    for id_, person in people.items():
        if traces[id_].tags:
            person.tags = [tag for tag in person.tags if tag not in traces[id_].tags]
    session.flush()
    unlist = {id_ for id_, trace in traces.items() if trace.alerts and id_ not in vouched}
    _unlist(session, unlist - _asked_for_alerts(session, unlist))
    gone = {id_ for id_, trace in traces.items() if (trace.made or trace.woke) and id_ not in vouched | own}
    kept = {id_ for id_ in gone if traces[id_].woke} | _on_record(session, gone)
    for id_ in kept:
        _blank(session, people[id_])
    for id_ in set(traces) - (gone - kept):
        purpose = ALERTS if row.alerts else IMPORT
        consent.note(session, id_, purpose, ConsentAction.WITHDRAWN, None, now, source="import undone", actor=row.actor)
    session.flush()
    _delete(session, gone - kept)
    session.execute(
        delete(ImportTrace)
        .where(ImportTrace.import_id == row.id, ImportTrace.supporter_id.in_(traces))
        .execution_options(synchronize_session=False)
    )
    return kept


def _hand_over(session: Session, import_id: int, traces: dict[int, ImportTrace]) -> set[int]:
    """Return those whom a later import lists too: they are that one's from now on."""
    others = session.scalars(
        select(ImportTrace)
        .where(ImportTrace.supporter_id.in_(traces), ImportTrace.import_id != import_id)
        .order_by(ImportTrace.import_id.desc())
    ).all()
    first = {other.supporter_id: other for other in others}
    for id_, other in first.items():
        mine = traces[id_]
        other.made, other.woke = other.made or mine.made, other.woke or mine.woke
        other.alerts = other.alerts or mine.alerts
    session.flush()
    return set(first)


def _joined_themselves(session: Session, ids: Collection[int]) -> set[int]:
    """Return those who confirmed a sign-up of their own: they stay, whatever a list said about them."""
    return set(
        session.scalars(
            select(Consent.supporter_id).where(Consent.supporter_id.in_(ids), Consent.action == ConsentAction.CONFIRMED)
        )
    )


def _asked_for_alerts(session: Session, ids: Collection[int]) -> set[int]:
    return set(
        session.scalars(
            select(Consent.supporter_id).where(
                Consent.supporter_id.in_(ids),
                Consent.action == ConsentAction.CONFIRMED,
                Consent.purpose == ALERTS,
            )
        )
    )


def _unlist(session: Session, ids: Collection[int]) -> None:
    """Take people off the alert list. That somebody left it by themselves is kept: the next list must not put them back.

    Who stopped all mail needs no such row: their suppression holds.
    """
    stopped = select(Supporter.id).where(Supporter.id.in_(ids), Supporter.state.in_(ENDED))
    session.execute(
        delete(Subscription)
        .where(
            Subscription.supporter_id.in_(ids),
            Subscription.campaign_id.is_(None),
            or_(Subscription.left_at.is_(None), Subscription.supporter_id.in_(stopped)),
        )
        .execution_options(synchronize_session=False)
    )


def _on_record(session: Session, ids: Collection[int]) -> set[int]:
    """Return those of whom something else is on record: a mail, an action, a sign-up, an earlier address."""
    named = (Delivery, SingleMail, Action, SignUp, EmailAlias, Subscription)
    referred = or_(*(exists().where(table.supporter_id == Supporter.id) for table in named))
    return set(session.scalars(select(Supporter.id).where(Supporter.id.in_(ids), referred)))


def _blank(session: Session, person: Supporter) -> None:
    """Leave a row that names nobody and gets nothing. Who stopped all mail stays stopped."""
    waiting = session.scalar(select(SignUp.id).where(SignUp.supporter_id == person.id).limit(1)) is not None
    person.name_sealed = person.town_sealed = None
    person.email_sealed = person.email_sealed if waiting else None
    person.country, person.tags, person.confirmed_at = None, [], None
    if person.state is SupporterState.ACTIVE:
        person.state = SupporterState.PENDING


def _delete(session: Session, ids: Collection[int]) -> None:
    for table in (Consent, Subscription, ImportTrace):
        session.execute(delete(table).where(table.supporter_id.in_(ids)).execution_options(synchronize_session=False))
    session.execute(delete(Supporter).where(Supporter.id.in_(ids)).execution_options(synchronize_session=False))
