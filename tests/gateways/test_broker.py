"""The embedded broker: started, adopted, started again, and kept."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from advocacy.gateways.broker import LONGEST_SOCKET_PATH, BrokerError, EmbeddedBroker, place_in


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def broker(tmp_path: Path, said: list[str]) -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker(tmp_path, said.append)
    broker.start()
    yield broker
    broker.stop()


def client(broker: EmbeddedBroker) -> "redis.Redis":
    return redis.Redis(unix_socket_path=str(broker.place.socket), decode_responses=True)


def pid_of(broker: EmbeddedBroker) -> int:
    with client(broker) as asked:
        return int(asked.info("server")["process_id"])  # type: ignore[index]


def test_it_listens_on_a_socket_that_only_its_owner_can_open(broker: EmbeddedBroker) -> None:
    assert broker.place.url == f"redis+socket://{broker.place.socket}"
    assert broker.place.socket.stat().st_mode & 0o077 == 0
    with client(broker) as asked:
        assert asked.config_get("port")["port"] == "0"  # type: ignore[index]
        assert asked.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"  # type: ignore[index]


def test_what_it_holds_survives_a_stop(tmp_path: Path, broker: EmbeddedBroker, said: list[str]) -> None:
    with client(broker) as asked:
        asked.rpush("nudges", "one", "two")
    broker.stop()

    again = EmbeddedBroker(tmp_path, said.append)
    again.start()

    with client(again) as asked:
        assert asked.lrange("nudges", 0, -1) == ["one", "two"]
    again.stop()


def test_one_left_over_from_a_crash_is_adopted_and_named(
    tmp_path: Path, broker: EmbeddedBroker, said: list[str]
) -> None:
    other = EmbeddedBroker(tmp_path, said.append)

    other.start()

    assert said == [f"A broker left over from before is still running (process {pid_of(broker)}): using it."]


def test_a_socket_nobody_listens_on_is_no_obstacle(tmp_path: Path, said: list[str]) -> None:
    place = place_in(tmp_path)
    place.data.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(place.socket))

    broker = EmbeddedBroker(tmp_path, said.append)
    broker.start()

    assert pid_of(broker) > 0
    broker.stop()


def test_one_that_holds_the_socket_and_does_not_answer_is_reported(tmp_path: Path, said: list[str]) -> None:
    place = place_in(tmp_path)
    place.data.mkdir(parents=True)
    place.pid_file.write_text("4711\n", encoding="ascii")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place.socket))
        silent.listen()

        with pytest.raises(BrokerError, match="process 4711"):
            EmbeddedBroker(tmp_path, said.append).start()


def test_it_is_started_again_when_it_is_killed_and_its_data_deleted(broker: EmbeddedBroker, said: list[str]) -> None:
    before = threading.active_count()
    broker.keep()
    killed = pid_of(broker)
    os.kill(killed, signal.SIGKILL)
    for path in (broker.place.data / "appendonlydir").glob("*"):
        path.unlink()

    ends = time.monotonic() + 10
    while time.monotonic() < ends and not said:
        time.sleep(0.1)
    time.sleep(0.5)

    assert pid_of(broker) != killed
    assert threading.active_count() == before + 1


def test_a_store_that_cannot_be_read_any_more_is_thrown_away(tmp_path: Path, said: list[str]) -> None:
    folder = place_in(tmp_path).data / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("not a manifest\n", encoding="ascii")

    broker = EmbeddedBroker(tmp_path, said.append)
    broker.start()

    assert pid_of(broker) > 0
    broker.stop()


def test_a_folder_with_a_long_name_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    place = place_in(tmp_path / ("long" * 30))

    assert len(os.fsencode(place.socket)) <= LONGEST_SOCKET_PATH
    assert place.socket.parent.stat().st_mode & 0o077 == 0
    assert place.data.parent.name.startswith("long")
