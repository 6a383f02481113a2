"""Real web, worker and beat processes through the stand-in: killed all at once, started in every order, replaced by a
deploy, with two of everything. The stand-in's ledger has each person once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
import redis

from tests.proving import FULL
from tests.workers.house import ROOT, House

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900 if FULL else 240), pytest.mark.xdist_group("workers")]

PEOPLE = 1500
ORDERS = list(permutations(("web", "worker", "beat"))) if FULL else [("beat", "worker", "web")]


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    if database.startswith("sqlite") and not FULL:  # It proves least there, and costs as much.
        pytest.skip("SQLite has its turn in the full form")
    with closing(House(tmp_path, database, through_double=True, latency=1.5)) as house:
        yield house


def received(house: House) -> int:
    assert house.double is not None
    counted = house.double.received("early")
    assert set(counted.values()) <= {1}
    return len(counted)


def test_killed_all_at_once_and_started_in_any_order_it_goes_on_and_a_deploy_in_the_middle_leaves_no_doubt(
    house: House,
) -> None:
    house.launch(people=PEOPLE)
    house.broker.start()
    house.start("web", "worker", "beat", "beat:2")
    house.until(lambda: received(house) > 0, "the first mails")

    for child in house.children("worker"):
        os.kill(child, signal.SIGKILL)  # As a machine does that has no memory left.
    at_first = received(house)
    house.until(lambda: received(house) > at_first, "more mails from new children")
    assert house.runs("worker")

    for order in ORDERS:
        house.kill("web", "worker", "beat", "beat:2")
        with redis.Redis(unix_socket_path=str(house.broker.place.socket)) as broker:
            broker.flushall()
        before = received(house)
        assert before < PEOPLE, "the blast was over before its middle"
        house.start(*order, "beat:2")
        house.until(lambda was=before: received(house) > was, f"more mails after a start as {order}", 120)  # type: ignore[misc]

    house.start("worker:2")  # The new version starts beside the old one, after its migration.
    command = [str(Path(sys.executable).with_name("advocacy")), "migrate"]
    assert subprocess.run(command, env=house.environment, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert house.stop("worker") < 30
    with house.session() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT count(*) FROM dispatch WHERE state = 'inflight' AND answer_by < CURRENT_TIMESTAMP"
        )
        assert rows.scalar() == 0

    house.until(lambda: received(house) == PEOPLE, "everyone", 150)
    assert house.stop("worker:2") < 30
    assert received(house) == PEOPLE
