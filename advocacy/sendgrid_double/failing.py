"""What a fault does to a request: the wrong answer, half an answer, an endless one, or none."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable

from advocacy.sendgrid_double.faults import Fault, Faults
from advocacy.sendgrid_double.taking import HTML_ERROR, Desk, Reply, fault
from advocacy.sendgrid_double.wire import HangUpError, written


class Failing:
    """Does what a fault says to the connection it hits."""

    def __init__(self, desk: Desk, faults: Faults, now: Callable[[], float]) -> None:
        self._desk = desk
        self._faults = faults
        self._now = now

    async def fail(self, broken: Fault, writer: asyncio.StreamWriter, taken: Reply | None) -> None:
        """Do what the fault says. `taken` is the answer the client should have had, None if nothing was taken."""
        if broken in _STATUSES:
            writer.write(written(self._failure(broken)))
        elif broken in (Fault.CLOSE_BEFORE, Fault.CLOSE_AFTER):
            raise HangUpError
        elif broken is Fault.RESET_AFTER:
            _linger_not(writer)
            raise HangUpError
        elif broken is Fault.STALL_BEFORE:
            await asyncio.sleep(self._faults.stall)
            raise HangUpError
        elif broken is Fault.GARBAGE:
            writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            raise HangUpError
        elif taken is not None:
            await self._odd(broken, writer, taken)

    async def _odd(self, broken: Fault, writer: asyncio.StreamWriter, taken: Reply) -> None:
        """Answer a taken request, but oddly."""
        if broken is Fault.SLOW_DRIP:
            for byte in written(taken):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1.0)
            return
        if broken is Fault.ENDLESS:
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000\r\nX-Message-Id: endless\r\n\r\n")
            for _ in range(16_000):
                writer.write(b"x" * 65536)
                await writer.drain()
            raise HangUpError
        writer.write(written(taken))
        if broken is Fault.CLOSE_IDLE:
            await writer.drain()
            raise HangUpError

    def _failure(self, broken: Fault) -> Reply:
        status, message = _STATUSES[broken]
        headers: dict[str, str] = {}
        if broken is Fault.REDIRECT:
            headers["Location"] = "http://127.0.0.1:9/v3/mail/send"
        if status == 429 and self._faults.retry_after:
            headers["Retry-After"] = self._faults.retry_after
        if broken is Fault.TOO_MANY_HEADERS:
            reset = int(self._now()) + (self._faults.reset if self._faults.reset is not None else 1)
            headers |= {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        if broken in (Fault.HTML_BEFORE, Fault.HTML_AFTER):
            return Reply(status, HTML_ERROR % status, kind="text/html")
        if broken is Fault.UNVERIFIED:
            problem = {"message": message, "field": "from", "help": None}
            return Reply(status, json.dumps({"errors": [problem]}).encode())
        if broken is Fault.REVOKED:
            self._desk.account.keys.clear()
        reply = fault(status, message)
        return Reply(reply.status, reply.body, headers, reply.kind)


_STATUSES: dict[Fault, tuple[int, str]] = {
    Fault.TOO_MANY: (429, "too many requests"),
    Fault.TOO_MANY_HEADERS: (429, "too many requests"),
    Fault.INTERNAL_BEFORE: (500, "internal server error"),
    Fault.HTML_BEFORE: (502, ""),
    Fault.UNAVAILABLE_BEFORE: (503, "service unavailable"),
    Fault.GATEWAY_BEFORE: (504, "gateway timeout"),
    Fault.INTERNAL_AFTER: (500, "internal server error"),
    Fault.HTML_AFTER: (502, ""),
    Fault.UNAVAILABLE_AFTER: (503, "service unavailable"),
    Fault.GATEWAY_AFTER: (504, "gateway timeout"),
    Fault.REDIRECT: (307, "moved"),
    Fault.NO_CREDITS: (401, "Maximum credits exceeded"),
    Fault.REVOKED: (401, "The provided authorization grant is invalid, expired, or revoked"),
    Fault.UNVERIFIED: (403, "The from address does not match a verified Sender Identity."),
}


def _linger_not(writer: asyncio.StreamWriter) -> None:
    """Make the closing of this connection a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
