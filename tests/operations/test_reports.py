"""Reports come in any order, several times, several posts at once: the end is the same, and nothing is refused."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from advocacy.domain.report import ReportType, Told
from advocacy.domain.supporter import SupporterState
from advocacy.models.base import db
from advocacy.models.blast import Delivery, Dispatch, Report
from advocacy.models.supporter import Subscription, Supporter, Suppression
from advocacy.operations import reports
from tests.running import MORNING, Engine, launched

PEOPLE = 40
LIVES = (
    (ReportType.PROCESSED, ReportType.DELIVERED, ReportType.OPENED_BY_MACHINE, ReportType.OPENED, ReportType.OPENED),
    (ReportType.DELIVERED, ReportType.OPENED_BY_MACHINE, ReportType.OPENED_BY_MACHINE),
    (ReportType.PROCESSED, ReportType.DEFERRED, ReportType.DEFERRED, ReportType.DELIVERED),
    (ReportType.PROCESSED, ReportType.BOUNCED),
    (ReportType.DELIVERED, ReportType.COMPLAINED, ReportType.UNSUBSCRIBED),
    (ReportType.DROPPED,),
    (),
)


def everything(running: Engine) -> list[Told]:
    """What becomes of each of a blast's people, in the order in which it happens."""
    found = []
    for request in running.provider.asked:
        for number, person in enumerate(request.people):
            for step, type_ in enumerate(LIVES[number % len(LIVES)]):
                at = MORNING + timedelta(minutes=step, seconds=number)
                identity = f"{request.public_id} {person.ref} {step}"
                lost = type_ is ReportType.BOUNCED and number % 4 == 0
                ids = (None, None) if lost else (request.public_id, person.ref)
                found.append(Told(type_, at, identity, *ids, address=person.address))
    return found


def end(session: Session) -> list[object]:
    return [
        session.execute(select(*columns).order_by(columns[0])).all()
        for columns in (
            (Delivery.supporter_id, Delivery.outcome, Delivery.outcome_at, Delivery.opened),
            (Dispatch.no, Dispatch.state),
            (Supporter.id, Supporter.state),
            (Suppression.suppression_key,),
        )
    ]


def start_over(session: Session) -> None:
    session.execute(delete(Report))
    session.execute(delete(Suppression))
    session.execute(update(Subscription).values(left_at=None))
    session.execute(update(Supporter).values(state=SupporterState.ACTIVE))
    session.execute(update(Delivery).values(outcome=None, outcome_at=None, opened=None))
    session.commit()


@pytest.mark.parametrize("seed", range(3))
def test_three_copies_in_any_order_come_to_the_end_of_once_in_order(running: Engine, seed: int) -> None:
    launched(running, PEOPLE, counts_opens=True)
    running.run()
    told = everything(running)
    reports.keep(running.session, told, now=MORNING)
    reports.apply(running.session, clock=running.clock)
    in_order = end(running.session)
    assert {opened for *_, opened in in_order[0]} == {None, "machine", "person"}  # type: ignore[attr-defined]
    assert {outcome for _, outcome, *_ in in_order[0]} == {None, "delivered", "bounced", "complained", "dropped"}  # type: ignore[attr-defined]
    start_over(running.session)

    chance, copies = random.Random(seed), told * 3  # noqa: S311 - repeatable
    chance.shuffle(copies)
    while copies:
        some, copies = copies[:17], copies[17:]
        reports.keep(running.session, some, now=MORNING)
        if chance.random() < 0.5:
            reports.apply(running.session, clock=running.clock)
    reports.apply(running.session, clock=running.clock)

    assert end(running.session) == in_order
    running.check()


def test_a_report_that_lost_its_person_keeps_no_other_from_being_applied(running: Engine) -> None:
    launched(running, 2)
    running.run()
    (request, *_) = running.provider.asked
    bo = request.people[0]
    whole = Told(ReportType.COMPLAINED, MORNING, "whole", request.public_id, bo.ref, address=bo.address)

    reports.keep(running.session, [whole, Told(ReportType.OPENED, MORNING, "lost", request.public_id)], now=MORNING)

    assert reports.apply(running.session, clock=running.clock) == 2
    assert running.session.scalar(select(func.count()).select_from(Suppression)) == 1


def test_posts_with_the_same_events_in_opposite_orders_do_not_block_each_other(app: Flask) -> None:
    told = [Told(ReportType.DELIVERED, MORNING, f"event {number}") for number in range(300)]

    def post(number: int) -> None:
        with app.app_context():
            reports.keep(db.session(), told if number % 2 else told[::-1], now=MORNING)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(12)))

    assert db.session().scalar(select(func.count()).select_from(Report)) == len(told)


def test_an_address_is_kept_only_of_what_may_have_to_suppress_it(session: Session) -> None:
    told = [Told(type_, MORNING, type_.value, address="ann@example.org") for type_ in ReportType]

    reports.keep(session, told, now=MORNING)

    hashed = select(Report.type).where(Report.suppression_key.is_not(None))
    assert set(session.scalars(hashed)) == {"bounced", "complained", "unsubscribed"}
