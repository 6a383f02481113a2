"""Real workers, a real broker, and what is done to them. The judge is the mailbox on disk, never our tables."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from tests.workers.house import House

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("workers")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def forged(task: str, body: str, kind: str) -> bytes:
    """Return a message as it stands in the broker's list."""
    message = {
        "body": body,
        "content-type": kind,
        "content-encoding": "utf-8",
        "headers": {"task": task, "id": "forged", "lang": "py"},
        "properties": {
            "delivery_mode": 2,
            "delivery_tag": "forged",
            "delivery_info": {"exchange": "send", "routing_key": "send"},
        },
    }
    return json.dumps(message).encode()


PICKLED = forged("send.due", "gASVCgAAAAAAAACMBXBvc2l4lC4=", "application/x-python-serialize")
UNKNOWN = forged("os.system", '[["true"], {}, {}]', "application/json")
NEWER = forged("send.newer", "[[], {}, {}]", "application/json")
ARGUED = forged("send.due", "[[7], {}, {}]", "application/json")
"""What a worker of the release before meets while a deploy goes on: a task, and an argument, that it does not know."""


def everyone_once(house: House, people: int) -> bool:
    assert set(house.delivered.values()) <= {1}
    return len(house.delivered) == people


def wrote(house: House, what: str) -> bool:
    return what in house.log.read_text(encoding="utf-8")


def test_a_blast_loses_and_doubles_nothing_when_the_broker_is_killed_in_its_middle_and_its_data_deleted(
    house: House,
) -> None:
    house.launch(people=600)
    house.broker.start()
    house.start("worker", "beat")
    house.until(lambda: house.mails > 20, "the first mails")

    house.kill_broker(delete_data=True)
    assert house.mails < 600, "the blast was over before its middle"
    house.join("meanwhile", 3)
    house.until(lambda: house.mails >= 603, "everyone, without a broker")
    assert everyone_once(house, 603)

    house.broker.start()
    house.join("late", 3)
    house.until(lambda: house.mails >= 606, "late joiners, with an empty broker")
    assert everyone_once(house, 606)
    assert_names_nobody(house)


def test_five_beats_and_nudges_lost_doubled_and_forged_change_nothing(tmp_path: Path, database: str) -> None:
    house = House(tmp_path, database)
    with closing(house):
        _nudge_wildly(house)


def _nudge_wildly(house: House) -> None:
    house.launch(people=200)
    house.broker.start()
    house.start("worker", *(f"beat:{number}" for number in range(1, 6)))
    with redis.Redis(unix_socket_path=str(house.broker.place.socket)) as broker:
        while house.mails < 200:
            for name in ("tick", "send"):
                for message in broker.lrange(name, 0, -1):  # type: ignore[union-attr]
                    broker.rpush(name, *([message] * 20))
            broker.rpush("send", PICKLED, UNKNOWN, NEWER, ARGUED)
            time.sleep(1.0)
            broker.flushall()
        broker.rpush("send", NEWER, ARGUED)
        house.until(lambda: wrote(house, "unregistered task of type 'send.newer'"), "the unknown task to be dropped")
        house.until(lambda: wrote(house, "send_due() takes 0 positional arguments"), "the argument to be refused")
        house.join("late", 2)
        house.until(lambda: house.mails >= 202, "late joiners")

    assert everyone_once(house, 202)


def assert_names_nobody(house: House) -> None:
    written = house.log.read_text(encoding="utf-8")
    assert "standin.started" in written
    assert "@example.org" not in written
    assert house.app.extensions["advocacy.settings"].secret_key.get_secret_value() not in written
