"""People leave, and organisers stop or start a blast, while workers claim, build and hand over at that very moment.

Not one request begins after the answer. Threads with a session each, and a provider that takes its time.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError
from advocacy.domain.handover import Accepted, NotSent, Outcome, Request
from advocacy.gateways import Gateways, current
from advocacy.gateways.clock import OffsetClock, SimulatedClock
from advocacy.models.base import db
from advocacy.models.blast import Blast
from advocacy.models.campaign import Campaign
from advocacy.models.supporter import Supporter
from advocacy.operations import blast_moves, campaigns, engine, leaving, planning, sending
from tests.factories import add_campaign, add_supporter, subscribe
from tests.proving import FULL, say
from tests.running import MORNING, PlainWriter

pytestmark = [pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(600)]

LEAVERS, STOPS = (450, 100) if FULL else (40, 6)
WORKERS = 3


@dataclass
class Slow:
    """A provider that notes, on the machine's own clock, when each request began, and takes a while to answer."""

    name: str = "fake"
    idempotent: bool = False
    reports: bool = True
    batch: int = 3
    begun: list[tuple[float, str]] = field(default_factory=list)

    def prepare(self) -> NotSent | None:
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        self.begun += [(time.monotonic(), person.address) for person in request.people]
        time.sleep(random.uniform(0, 0.03))  # noqa: S311 - anything between
        return Accepted()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def house(settings: Settings, tmp_path: Path, slow: Slow) -> Iterator[Flask]:
    offset = tmp_path / "offset"
    offset.write_text(str(SimulatedClock(MORNING).offset().total_seconds()))
    bundle = Gateways(clock=OffsetClock(offset), provider=slow, mails=PlainWriter())
    app = create_app(settings, bundle)
    yield app
    with app.app_context():
        db.engine.dispose()


def launch(app: Flask, people: int, prefix: str = "p") -> tuple[int, list[tuple[int, str]]]:
    """Return the campaign's id, and each person's with their address."""
    with app.app_context():
        session = db.session()
        campaign = add_campaign(session, launched_at=current().clock.now())
        found = []
        for number in range(people):
            address = f"{prefix}{number:04}@example.org"
            person = add_supporter(session, address)
            subscribe(session, person, campaign)
            found.append((person.id, address))
        settings = app.extensions["advocacy.settings"]
        planning.derive(session, campaign, now=current().clock.now(), writer=current().mails, settings=settings)
        session.commit()
        engine.tick(session, gateways=current(), settings=settings)
        id_ = campaign.id
        db.session.remove()
        return id_, found


def at_once(app: Flask, *jobs: Callable[[], None]) -> None:
    """Do all of them at once, each in an app context of its own; raise what one of them raised."""
    raised: list[BaseException] = []

    def do(job: Callable[[], None]) -> None:
        with app.app_context():
            try:
                job()
            except BaseException as error:  # noqa: BLE001 - raised again below
                raised.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def send(app: Flask, over: threading.Event) -> None:
    while not over.is_set():
        settings = app.extensions["advocacy.settings"]
        if not sending.hand_over_due(db.session(), gateways=current(), settings=settings, seconds=0.5):
            time.sleep(0.01)


def test_nobody_who_left_is_in_a_request_that_begins_after_the_answer(house: Flask, slow: Slow, database: str) -> None:
    _, people = launch(house, 3 * LEAVERS)
    chance = random.Random(1)  # noqa: S311 - repeatable
    leavers = chance.sample(people, LEAVERS)
    answered: dict[str, float] = {}
    over = threading.Event()

    def leave(some: list[tuple[int, str]]) -> None:
        settings = house.extensions["advocacy.settings"]
        for id_, address in some:
            time.sleep(chance.uniform(0, 0.02))
            limit = settings.request_timeout
            leaving.stop_all(db.session(), id_, source="test", clock=current().clock, limit=limit)
            answered[address] = time.monotonic()
            db.session.remove()

    def last() -> None:
        """Ends the workers when nothing has begun for a while."""
        while not answered or len(answered) < LEAVERS or time.monotonic() - slow.begun[-1][0] < 1:
            time.sleep(0.05)
        over.set()

    at_once(
        house,
        *[lambda: send(house, over)] * WORKERS,
        *[lambda part=leavers[n::4]: leave(part) for n in range(4)],  # type: ignore[misc]
        last,
    )

    counted = Counter(address for _, address in slow.begun)
    late = [address for begun, address in slow.begun if begun > answered.get(address, float("inf"))]
    before = sum(1 for address in answered if address in counted)
    say(
        f"{len(answered)} left during {len(counted)} mails on {database.partition(':')[0]}: {before} had it before, {len(late)} after"
    )
    assert late == []
    assert set(counted.values()) == {1}
    assert len(counted) == 3 * LEAVERS - (LEAVERS - before)
    assert 0 < before < LEAVERS


def test_nothing_begins_after_a_stop_was_answered(house: Flask, slow: Slow) -> None:
    for number in range(STOPS):
        campaign_id, _ = launch(house, 30, f"s{number}-")
        move = (blast_moves.pause, blast_moves.cancel)[number % 2]
        over, answered = threading.Event(), [0.0]

        def stop(move: Callable[..., object] = move, id_: int = campaign_id, answered: list[float] = answered) -> None:
            while not any(address.startswith(f"s{number}-") for _, address in slow.begun):  # noqa: B023
                time.sleep(0.002)
            time.sleep(random.uniform(0, 0.03))  # noqa: S311 - anything between
            session = db.session()
            blast_id = session.scalar(select(Blast.id).where(Blast.campaign_id == id_, Blast.rule == "launch"))
            move(session, blast_id, now=current().clock.now(), actor="cli")
            answered[0] = time.monotonic()

        def end(over: threading.Event = over, answered: list[float] = answered) -> None:
            while not answered[0] or time.monotonic() - answered[0] < 0.15:
                time.sleep(0.01)
            over.set()

        at_once(house, *[lambda over=over: send(house, over)] * WORKERS, stop, end)  # type: ignore[misc]
        begun = [when for when, address in slow.begun if address.startswith(f"s{number}-")]
        assert 0 < len(begun) <= 30
        assert max(begun) <= answered[0] + 0.02, "a request began after the answer"


def test_a_campaign_launched_twice_at_once_has_each_blast_once(house: Flask) -> None:
    with house.app_context():
        session = db.session()
        campaign = add_campaign(session, state=CampaignState.DRAFT, launched_at=None)
        subscribe(session, add_supporter(session, "ann@example.org"))
        session.commit()
        id_ = campaign.id
        db.session.remove()
    refused: list[Exception] = []
    ready = threading.Barrier(3)

    def press() -> None:
        session = db.session()
        ready.wait(timeout=30)
        found = session.get_one(Campaign, id_)
        try:
            settings = house.extensions["advocacy.settings"]
            campaigns.launch(session, found, gateways=current(), settings=settings, actor="test")
        except (ConflictError, DBAPIError) as error:
            session.rollback()
            refused.append(error)

    at_once(house, press, press, press)

    assert [type(error) for error in refused] == [ConflictError, ConflictError]
    with house.app_context():
        launches = select(func.count(Blast.id)).where(Blast.rule == "launch", Blast.campaign_id == id_)
        assert db.session().scalar(launches) == 1
        assert db.session().scalar(select(func.count(Supporter.id))) == 1
        db.session.remove()
