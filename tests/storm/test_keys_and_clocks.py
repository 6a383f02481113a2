"""A key exchanged in the middle of a blast, a worker with a wrong key, workers whose clocks are wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from advocacy.app import create_app
from advocacy.config import Settings
from advocacy.gateways import Gateways
from advocacy.gateways.clock import OffsetClock, SimulatedClock, SystemClock
from advocacy.models.base import db
from advocacy.models.blast import Delivery, Dispatch
from advocacy.operations import engine, planning
from tests.conftest import SECRET
from tests.factories import add_campaign, add_supporter, subscribe
from tests.fakes import FakeProvider
from tests.running import PlainWriter
from tests.storm.arena import Arena

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200), pytest.mark.xdist_group("storm")]

NEW = "another secret for tests that is long enough as well"
WORK = "from advocacy.app import create_app; from tests.storm.nursery import work; work(create_app(), 4)"
START = "import workers.main"


@pytest.fixture
def arena(settings: Settings, tmp_path: Path) -> Iterator[Arena]:
    made = Arena(settings, tmp_path, latency=0.4)
    yield made
    made.close()


def test_a_key_exchanged_in_the_middle_loses_and_doubles_nobody_and_a_wrong_one_does_not_start(arena: Arena) -> None:
    arena.launch(40)
    before = arena.run(["-c", WORK])
    arena.until(lambda: len(arena.received) > 0, "the first of them", 60)
    before.terminate()
    before.wait(timeout=20)
    assert len(arena.received) < 40, "the blast was over before its middle"

    wrong = arena.run(["-c", START], SECRET_KEY=NEW, MAIL_TRANSPORT="mailbox")
    assert wrong.wait(timeout=60) != 0
    arena.run(["-c", WORK], SECRET_KEY=NEW, SECRET_KEYS_OLD=SECRET)
    arena.until(arena.over, "everybody to be served", 120)

    assert set(arena.received.values()) == {1}
    assert len(arena.received) == 40
    arena.until(lambda: _told_of(arena) >= 36, "the reports about those before and after", 60)
    arena.check()


def _told_of(arena: Arena) -> int:
    with arena.session() as session:
        return session.scalar(select(func.count()).where(Delivery.outcome == "delivered")) or 0


class WrongClock(SystemClock):
    """The clock of a machine that is a day ahead or behind; the database server's is right."""

    def __init__(self, right: OffsetClock, wrong_by: timedelta) -> None:
        self._right, self._wrong_by = right, wrong_by

    def now(self) -> datetime:
        return self._right.now() + self._wrong_by

    def offset(self) -> timedelta:
        return self._right.offset()


@pytest.mark.parametrize("days", [1, -1], ids=["a day ahead", "a day behind"])
def test_a_worker_with_a_wrong_clock_sends_neither_early_nor_late(
    settings: Settings, tmp_path: Path, database: str, days: int
) -> None:
    if database.startswith("sqlite"):
        pytest.skip("beside a file there is no other clock than the machine's own")
    offset = tmp_path / "offset"
    offset.write_text(str(SimulatedClock(datetime.fromisoformat("2026-03-02T15:00:00+00:00")).offset().total_seconds()))
    right, provider = OffsetClock(offset), FakeProvider()
    bundle = Gateways(clock=WrongClock(right, timedelta(days=days)), provider=provider, mails=PlainWriter())
    app = create_app(settings, bundle)
    with app.app_context():
        session = db.session()
        for prefix in ("due", "early", "over"):
            campaign = add_campaign(session, launched_at=right.now())
            subscribe(session, add_supporter(session, f"{prefix}@example.org"), campaign)
            planning.derive(session, campaign, now=right.now(), writer=bundle.mails, settings=settings)
            session.commit()
            engine.tick(session, gateways=bundle, settings=settings)
            changed = {"early": {"due_at": right.now() + timedelta(hours=1)}, "over": {"send_by": right.now()}}.get(
                prefix
            )
            newest = select(func.max(Dispatch.blast_id)).scalar_subquery()
            if changed:
                session.execute(update(Dispatch).where(Dispatch.blast_id == newest).values(**changed))
            session.commit()

        engine.run_once(session, gateways=bundle, settings=settings)

        assert provider.addresses == ["due@example.org"]
        db.session.remove()
        db.engine.dispose()
