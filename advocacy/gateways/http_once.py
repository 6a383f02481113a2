"""One HTTP request, at most once: kept-alive connections, a deadline for the whole call, no second try, no redirect.

urllib3 opens the connections (names, addresses, TLS). Its pool is not used: it silently opens another connection when
one turns out to be dead, and its timeouts count from read to read, so that a server which sends a byte a second is
waited for without end.
"""

import http.client
import io
import os
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.wait import wait_for_read

from advocacy.gateways.clock import Clock

ANSWER_CAP = 64 * 1024
CONNECT_SECONDS = 3.0
LONGEST_IDLE = 45.0
"""Seconds after which an idle connection is not trusted any more: the other side may have closed it unseen."""

_MOST_IDLE = 32
_CHUNK = 256 * 1024


class UnsentError(Exception):
    """Not one byte of the request was written."""


class LostError(Exception):
    """Something was written and no answer was understood: nobody knows what became of it."""


@dataclass(frozen=True)
class Answer:
    """What came back. `headers` are lower case; `body` is cut at ANSWER_CAP."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class _Wire:
    """One open connection and when it was last used (CLOCK_BOOTTIME)."""

    connection: HTTPConnection
    used_at: float

    @property
    def sock(self) -> socket.socket:
        return cast("socket.socket", self.connection.sock)

    def close(self) -> None:
        self.connection.close()


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Hooks:
    """What is called while a request is written: just before its first byte, and after its last."""

    checked: Callable[[], None] = _nothing
    written: Callable[[], None] = _nothing


NO_HOOKS = Hooks()


class Wires:
    """The connections to one service. Safe to share between threads; a forked child begins with none."""

    def __init__(self, url: str, clock: Clock) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError(f"an http or https address without a password is needed, not {parts.scheme}://...")
        self._host = parts.hostname
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[_Wire] = []
        self._pid = os.getpid()

    def ready(self) -> str | None:
        """Make sure that a connection is open. Return why not when none can be had."""
        try:
            wire = self._take(CONNECT_SECONDS)
        except UnsentError as error:
            return str(error)
        self._give_back(wire)
        return None

    def exchange(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        *,
        not_after: float,
        hooks: Hooks = NO_HOOKS,
    ) -> Answer:
        """Write one request and read its answer, both before `not_after` (a CLOCK_BOOTTIME reading).

        Raises UnsentError when nothing was written, LostError when something was and no answer came.
        """
        request = self._head(method, path, headers, len(body)) + body
        wire = self._take(min(CONNECT_SECONDS, not_after - self._clock.boottime()))
        keep = False
        try:
            self._write(wire, request, not_after, hooks)
            hooks.written()
            answer, keep = self._read(wire, method, not_after)
        finally:
            if keep:
                self._give_back(wire)
            else:
                wire.close()
        return answer

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for wire in idle:
            wire.close()

    def _head(self, method: str, path: str, headers: dict[str, str], length: int) -> bytes:
        named = self._host if self._port is None else f"{self._host}:{self._port}"
        lines = [f"{method} {self._path}{path} HTTP/1.1", f"Host: {named}", "Accept-Encoding: identity"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {length}", "", ""]
        if any("\r" in line or "\n" in line for line in lines):
            raise UnsentError("a header holds a line break")
        return "\r\n".join(lines).encode("latin-1")

    def _take(self, seconds: float) -> _Wire:
        """Return a connection on which nothing is waiting to be read, a new one if there is none."""
        while (wire := self._pop()) is not None:
            fresh = self._clock.boottime() - wire.used_at < LONGEST_IDLE
            if fresh and not wait_for_read(wire.sock, timeout=0.0):
                return wire
            wire.close()
        return self._open(seconds)

    def _pop(self) -> _Wire | None:
        with self._lock:
            if self._pid != os.getpid():
                self._pid, self._idle = os.getpid(), []
            return self._idle.pop() if self._idle else None

    def _give_back(self, wire: _Wire) -> None:
        wire.used_at = self._clock.boottime()
        with self._lock:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(wire)
                return
        wire.close()

    def _open(self, seconds: float) -> _Wire:
        if seconds <= 0:
            raise UnsentError("the time to hand over had passed")
        if self._tls is None:
            connection = HTTPConnection(self._host, self._port or 80, timeout=seconds)
        else:
            connection = HTTPSConnection(self._host, self._port or 443, timeout=seconds, ssl_context=self._tls)
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            raise UnsentError(f"no connection to {self._host}: {type(error).__name__}") from error
        return _Wire(connection, self._clock.boottime())

    def _write(self, wire: _Wire, request: bytes, not_after: float, hooks: Hooks) -> None:
        """Write all of it. An early answer cuts the writing short: what it says is read by the caller."""
        view, written = memoryview(request), 0
        while written < len(view):
            remaining = not_after - self._clock.boottime()
            if remaining <= 0:
                if written:
                    raise LostError("the time ran out while the request was being written")
                raise UnsentError("the time to hand over had passed")
            if not written:
                hooks.checked()
            wire.sock.settimeout(remaining)
            try:
                written += wire.sock.send(view[written : written + _CHUNK])
            except TimeoutError as error:
                raise LostError("the time ran out while the request was being written") from error
            except OSError as error:
                if not written:
                    raise UnsentError(f"the connection was closed: {type(error).__name__}") from error
                return

    def _read(self, wire: _Wire, method: str, not_after: float) -> tuple[Answer, bool]:
        """Return the answer, and whether the connection may be used again."""
        raw = cast("socket.socket", _Dated(wire.sock, self._clock, not_after))
        response = http.client.HTTPResponse(raw, method=method)
        try:
            response.begin()
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise LostError(f"no answer: {type(error).__name__}") from error
        body, whole = b"", False
        try:
            body = response.read(ANSWER_CAP + 1)
            whole = len(body) <= ANSWER_CAP and response.isclosed()
        except (http.client.HTTPException, OSError, ValueError):
            # The status line is the answer; what was to follow it decides nothing.
            whole = False
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body[:ANSWER_CAP]), whole and not response.will_close


class _Dated:
    """A socket as `http.client` reads it, whose reads together end at one instant."""

    def __init__(self, sock: socket.socket, clock: Clock, not_after: float) -> None:
        self._raw = _DatedReads(sock, clock, not_after)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._raw, 8192)


class _DatedReads(io.RawIOBase):
    def __init__(self, sock: socket.socket, clock: Clock, not_after: float) -> None:
        self._sock = sock
        self._clock = clock
        self._not_after = not_after

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        remaining = self._not_after - self._clock.boottime()
        if remaining <= 0:
            raise TimeoutError("the time to answer has passed")
        self._sock.settimeout(remaining)
        return self._sock.recv_into(buffer)
