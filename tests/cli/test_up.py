"""`advocacy up` as a person meets it: one terminal, several processes."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("workers")]


class Terminal:
    """One `advocacy up`, and all it printed."""

    def __init__(self, folder: Path, port: int, *arguments: str) -> None:
        self.port = port
        self._log = folder / f"up-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "advocacy.cli.up", *arguments],
                cwd=folder,
                env=os.environ | {"PORT": str(port), "PYTHONPATH": str(ROOT), "ADVOCACY_ENV": "test"},
                stdout=log,
                stderr=log,
            )

    @property
    def printed(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def pid(self, name: str) -> int:
        found = re.search(rf"{name} started \(pid=(\d+)\)", self.printed)
        assert found is not None, self.printed
        return int(found.group(1))

    def answers(self, path: str = "/healthz") -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def until(self, true: Callable[[], bool], what: str, seconds: float = 90) -> None:
        ends = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < ends, f"waited {seconds} seconds for {what}\n{self.printed[-3000:]}"
            time.sleep(0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def begin(*arguments: str, port: int | None = None) -> Terminal:
        started.append(Terminal(folder, port or _free_port(), *arguments))
        return started[-1]

    yield begin
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.process.send_signal(signal.SIGINT)
            terminal.process.wait(timeout=30)


def test_the_demo_shows_pages_mails_and_a_sign_in_and_ctrl_c_ends_it_all(start: Callable[..., Terminal]) -> None:
    terminal = start("--demo")
    terminal.until(lambda: "Ctrl-C stops everything." in terminal.printed, "the addresses")

    assert terminal.answers("/a/sample-seeking-safety")
    assert terminal.answers("/mailbox")
    assert f"http://localhost:{terminal.port}/desk/enter/" in terminal.printed
    terminal.until(lambda: terminal.answers("/readyz"), "the first tick")
    pids = [terminal.pid(name) for name in ("web", "worker", "beat")]

    began = time.monotonic()
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(timeout=30) == 0
    assert time.monotonic() - began < 10
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_starting_twice_says_what_is_wrong(start: Callable[..., Terminal], folder: Path) -> None:
    first = start()
    first.until(first.answers, "the first page")

    second = start()
    assert second.process.wait(timeout=60) == 1
    assert f"running here already (process {first.process.pid})" in second.printed


def test_a_taken_port_is_named(start: Callable[..., Terminal]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        terminal = start(port=port)

        assert terminal.process.wait(timeout=60) == 1
        assert f"Port {port} is taken" in terminal.printed


def test_when_one_process_dies_the_rest_stop_and_the_last_line_names_it_and_starting_again_goes_on(
    start: Callable[..., Terminal],
) -> None:
    terminal = start()
    terminal.until(terminal.answers, "the first page")
    os.kill(terminal.pid("beat"), signal.SIGKILL)

    assert terminal.process.wait(timeout=60) != 0
    assert "“beat” ended by itself" in terminal.printed.splitlines()[-1]
    assert not terminal.answers()

    again = start(port=terminal.port)
    again.until(again.answers, "the first page")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_killed_outright_it_leaves_nothing_that_is_in_the_way_of_starting_again(
    start: Callable[..., Terminal],
) -> None:
    terminal = start()
    terminal.until(terminal.answers, "the first page")
    pids = [terminal.pid(name) for name in ("web", "worker", "beat")]
    terminal.process.kill()
    terminal.process.wait()
    terminal.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "its processes to end", 30)

    again = start(port=terminal.port)
    again.until(again.answers, "the first page")
    assert "A broker left over from before is still running" in again.printed


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
