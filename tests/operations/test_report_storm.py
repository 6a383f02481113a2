"""Reports three times each, in any order and any portions, lead to the same end as each once in order: 1,000,000 in full."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.domain.report import ReportType, Told
from advocacy.models.blast import Delivery
from advocacy.models.supporter import Supporter, Suppression
from advocacy.operations import reports
from tests.factories import add_campaign, add_supporter, subscribe
from tests.proving import FULL, say
from tests.running import MORNING, Engine

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]

PEOPLE, EVENTS = (1000, 1000) if FULL else (30, 20)
"""So many people on each side, and events about each of them."""

AT_ONCE = 5000 if FULL else 97
USUAL = (ReportType.PROCESSED, ReportType.DEFERRED, ReportType.DELIVERED, ReportType.OPENED, ReportType.CLICKED)
RARE = (ReportType.BOUNCED, ReportType.COMPLAINED, ReportType.UNSUBSCRIBED, ReportType.BLOCKED, ReportType.DROPPED)


def test_reports_thrice_in_any_order_end_as_once_in_order(running: Engine, database: str) -> None:
    running.clock.set(MORNING)
    campaign = add_campaign(running.session)
    for number in range(PEOPLE):
        for side in "ab":
            subscribe(running.session, add_supporter(running.session, f"{side}{number:05}@example.org"))
    running.launch(campaign)
    running.run()
    chance = random.Random(9)  # noqa: S311 - repeatable
    tidy, wild = list(_told(running, "a")), list(_told(running, "b")) * 3
    chance.shuffle(wild)

    _keep(running, tidy, apply=lambda: False)
    _keep(running, wild, apply=lambda: chance.random() < 0.3)

    one, other = _end_of(running, "a"), _end_of(running, "b")
    say(f"{len(wild):,} reports of {len(wild) // 3:,} events on {database.partition(':')[0]}: {Counter(one)}")
    assert one == other
    assert len(set(one)) > 3
    running.check()


def _told(running: Engine, side: str) -> Iterator[Told]:
    """Yield what happens to each person of a side, in order; the same to those of the same number."""
    for request in running.provider.asked:
        for person in request.people:
            if not person.address.startswith(side):
                continue
            chance = random.Random(int(person.address[1:6]))  # noqa: S311 - repeatable
            for number in range(EVENTS):
                kind = chance.choice(USUAL if chance.random() > 0.5 / EVENTS else RARE)
                at = MORNING + timedelta(seconds=number)
                yield Told(kind, at, f"{person.address} {number}", request.public_id, person.ref, person.address)


def _keep(running: Engine, told: list[Told], apply: Callable[[], bool]) -> None:
    for start in range(0, len(told), AT_ONCE):
        reports.keep(running.session, told[start : start + AT_ONCE], now=running.clock.now())
        if apply():
            reports.apply(running.session, clock=running.clock)
    reports.apply(running.session, clock=running.clock)


def _end_of(running: Engine, side: str) -> list[tuple[str | None, str, bool]]:
    keys = running.session.info["keys"]
    numbers = [keys.email_keys(f"{side}{number:05}@example.org")[0] for number in range(PEOPLE)]
    rows = running.session.execute(
        select(Supporter.email_key, Delivery.outcome, Supporter.state, Suppression.id)
        .join(Delivery, Delivery.supporter_id == Supporter.id)
        .outerjoin(Suppression, Suppression.suppression_key == Supporter.suppression_key)
    ).all()
    found = {key: (outcome, state.value, suppressed is not None) for key, outcome, state, suppressed in rows}
    return [found[key] for key in numbers]
