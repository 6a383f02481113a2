"""The HTTP of the stand-in: reads requests strictly, applies the faults, writes answers as the real service does."""

import asyncio
import contextlib
import json
import socket
import struct
import time
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote, urlsplit

import urllib3

from advocacy.sendgrid_double import api, page
from advocacy.sendgrid_double.faults import TAKEN_FIRST, Fault, Faults
from advocacy.sendgrid_double.pace import Pace
from advocacy.sendgrid_double.rules import MOST_BODY
from advocacy.sendgrid_double.taking import HTML_ERROR, Desk, Reply, fault

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_MOST_HEAD = 64 * 1024
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 303: "See Other", 307: "Temporary Redirect"}
_CORS = {
    "Access-Control-Allow-Origin": "https://sendgrid.api-docs.io",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, On-behalf-of, x-sg-elas-acl",
    "Access-Control-Max-Age": "600",
    "X-No-CORS-Reason": "https://sendgrid.com/docs/Classroom/Basics/API/cors.html",
}
_PAGE_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'"
}


class _HangUpError(Exception):
    """Close the connection without another word."""


@dataclass(frozen=True)
class _Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    begun: float


class Server:
    """Serves on loopback. `port` 0 takes a free one; `url` says which."""

    def __init__(self, desk: Desk, faults: Faults, pace: Pace, *, port: int = 0) -> None:
        self.desk = desk
        self.faults = faults
        self._pace = pace
        self._port = port
        self._server: asyncio.Server | None = None
        self._requests = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._converse, "127.0.0.1", self._port, limit=_MOST_HEAD, backlog=512
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        # Connections that were just accepted come to their first step, where they can be closed.
        await asyncio.sleep(0.02)
        for writer in list(self._open):
            writer.transport.abort()

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(writer)
        try:
            while (asked := await self._read(reader, writer)) is not None:
                self._requests += 1
                await self._answer(asked, writer)
                if asked.headers.get("connection", "").lower() == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        except _HangUpError:
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()
            self._open.discard(writer)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _Asked | None:
        """Read one request. None when the client is done, or spoke no HTTP we take."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None
        begun = self._pace.now()
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, _, rest = first.partition(" ")
        target, _, version = rest.rpartition(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = headers.get("content-length", "0")
        if version != "HTTP/1.1" or "transfer-encoding" in headers or not length.isdigit():
            self._write(writer, fault(411, "A Content-Length is required."))
            return None
        if int(length) > MOST_BODY + 1024:
            too_large = Reply(413, HTML_ERROR % 413, kind="text/html")
            self._write(writer, too_large if self.desk.account.switches.html_413 else fault(413, "too large"))
            return None
        body = await reader.readexactly(int(length))
        parts = urlsplit(target)
        return _Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, body, begun)

    async def _answer(self, asked: _Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path == "/v3/mail/send":
            if asked.method != "POST":
                self._write(writer, fault(405, "method not allowed"))
                return
            await self._mail(asked, writer)
        elif asked.path.startswith("/v3/"):
            refusal = self.desk.authorised(asked.headers.get("authorization", ""), "mail.send")
            reply = refusal or api.answer(
                self.desk, asked.method, asked.path, asked.query, asked.body, self._pace.now()
            )
            self._write(writer, reply)
        else:
            self._write(writer, await self._own(asked))
        await writer.drain()

    async def _mail(self, asked: _Asked, writer: asyncio.StreamWriter) -> None:
        broken = self.faults.next()
        await asyncio.sleep(self.faults.wait())
        if broken is not None and broken not in TAKEN_FIRST:
            await self._fail(broken, writer, None)
            return
        refusal, parsed = self.desk.check(asked.headers, asked.body)
        if refusal is not None:
            self._write(writer, refusal)
            return
        if broken is Fault.STALL_AFTER:
            await asyncio.sleep(self.faults.stall)
        went_wrong = broken.value if broken is not None else None
        taken = self.desk.take(parsed, asked.body, begun=asked.begun, went_wrong=went_wrong)
        if broken is None:
            self._write(writer, taken)
        else:
            await self._fail(broken, writer, taken)

    async def _fail(self, broken: Fault, writer: asyncio.StreamWriter, taken: Reply | None) -> None:
        """Do what the fault says. `taken` is the answer the client should have had, None if nothing was taken."""
        if broken in _STATUSES:
            self._write(writer, self._failure(broken))
        elif broken in (Fault.CLOSE_BEFORE, Fault.CLOSE_AFTER):
            raise _HangUpError
        elif broken is Fault.RESET_AFTER:
            _linger_not(writer)
            raise _HangUpError
        elif broken is Fault.STALL_BEFORE:
            await asyncio.sleep(self.faults.stall)
            raise _HangUpError
        elif broken is Fault.GARBAGE:
            writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            raise _HangUpError
        elif taken is not None:
            await self._odd(broken, writer, taken)

    async def _odd(self, broken: Fault, writer: asyncio.StreamWriter, taken: Reply) -> None:
        """Answer a taken request, but oddly."""
        if broken is Fault.SLOW_DRIP:
            for byte in _written(taken):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1.0)
            return
        if broken is Fault.ENDLESS:
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000\r\nX-Message-Id: endless\r\n\r\n")
            for _ in range(16_000):
                writer.write(b"x" * 65536)
                await writer.drain()
            raise _HangUpError
        self._write(writer, taken)
        if broken is Fault.CLOSE_IDLE:
            await writer.drain()
            raise _HangUpError

    def _failure(self, broken: Fault) -> Reply:
        status, message = _STATUSES[broken]
        headers: dict[str, str] = {}
        if broken is Fault.REDIRECT:
            headers["Location"] = "http://127.0.0.1:9/v3/mail/send"
        if status == 429 and self.faults.retry_after:
            headers["Retry-After"] = self.faults.retry_after
        if broken is Fault.TOO_MANY_HEADERS:
            reset = int(self._pace.now()) + (self.faults.reset if self.faults.reset is not None else 1)
            headers |= {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        if broken in (Fault.HTML_BEFORE, Fault.HTML_AFTER):
            return Reply(status, HTML_ERROR % status, kind="text/html")
        if broken is Fault.UNVERIFIED:
            problem = {"message": message, "field": "from", "help": None}
            return Reply(status, json.dumps({"errors": [problem]}).encode())
        if broken is Fault.REVOKED:
            self.desk.account.keys.clear()
        reply = fault(status, message)
        return Reply(reply.status, reply.body, headers, reply.kind)

    async def _own(self, asked: _Asked) -> Reply:
        """Answer what is not the service's: the pages, and the levers below /double/ that tests and buttons pull."""
        host = asked.headers.get("host", "").rpartition(":")[0] or asked.headers.get("host", "")
        origin = asked.headers.get("origin")
        if host not in _LOOPBACK or (origin and urlsplit(origin).netloc != asked.headers.get("host")):
            return Reply(403, b"only from this machine", kind="text/plain")
        if asked.method == "GET":
            return self._show(asked)
        if asked.method != "POST" or not asked.path.startswith("/double/"):
            return fault(404, f"the stand-in knows no {asked.method} {asked.path}")
        return await self._pull(asked)

    def _show(self, asked: _Asked) -> Reply:
        if asked.path == "/":
            return Reply(200, page.listing(self.desk, self.faults).encode(), _PAGE_POLICY, "text/html; charset=utf-8")
        if asked.path == "/double/status":
            return Reply(200, json.dumps(self.status()).encode())
        number = unquote(asked.path.removeprefix("/mail/"))
        mail = next((one for one in self.desk.mails if one.number == number.removesuffix(".eml")), None)
        if mail is None:
            return fault(404, f"the stand-in knows no GET {asked.path}")
        if number.endswith(".eml"):
            return Reply(200, page.as_file(mail), {"Content-Disposition": "attachment"}, "message/rfc822")
        return Reply(200, page.one(mail).encode(), _PAGE_POLICY, "text/html; charset=utf-8")

    async def _pull(self, asked: _Asked) -> Reply:
        parts = [unquote(part) for part in asked.path.removeprefix("/double/").split("/")]
        done: object = None
        if parts[0] == "fault" and len(parts) == 2 and parts[1] in [one.value for one in Fault]:
            self.faults.asked.append(Fault(parts[1]))
        elif parts == ["again"]:
            self.desk.poster.again()
        elif parts == ["flush"]:
            done = await asyncio.to_thread(self.desk.poster.flush)
        elif parts == ["settle"]:
            done = self.desk.settle()
        elif parts[0] == "mail" and len(parts) == 3:
            return await self._happen(parts[1], parts[2])
        else:
            return fault(404, f"the stand-in knows no {asked.path}")
        if "application/json" in asked.headers.get("accept", ""):
            return Reply(200, json.dumps({"done": done}).encode())
        return Reply(303, headers={"Location": "/"})

    async def _happen(self, number: str, action: str) -> Reply:
        mail = next((one for one in self.desk.mails if one.number == number), None)
        if mail is None or (action != "unsubscribe" and action not in page.ACTIONS):
            return fault(404, "the stand-in knows no such mail or button")
        if action == "unsubscribe":
            link = mail.headers.get("List-Unsubscribe", "").strip("<>")
            await asyncio.to_thread(_one_click, link)
        else:
            self.desk.happen(mail, page.ACTIONS[action])
        return Reply(303, headers={"Location": f"/mail/{number}"})

    def status(self) -> dict[str, object]:
        """Return what a benchmark wants to know: how much was taken, and this process's own CPU, to be kept apart."""
        return {
            "requests": self._requests,
            "taken": self.desk.ledger.requests,
            "people": self.desk.ledger.people,
            "refused": self.desk.refused,
            "faulty": [(number, [p.message for p in problems]) for number, problems in self.desk.faulty],
            "faults": self.faults.counted,
            "events_posted": self.desk.poster.posted,
            "events_waiting": self.desk.poster.waiting,
            "events_refused": self.desk.poster.refused,
            "cpu_seconds": round(time.process_time(), 3),
        }

    def _write(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        writer.write(_written(reply))


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


def _written(reply: Reply) -> bytes:
    head = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Error')}", "Server: nginx"]
    head += [f"Date: {formatdate(usegmt=True)}", f"Content-Length: {len(reply.body)}", "Connection: keep-alive"]
    if reply.body:
        head.append(f"Content-Type: {reply.kind}")
    head += [f"{name}: {value}" for name, value in {**_CORS, **reply.headers}.items()]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + reply.body


def _linger_not(writer: asyncio.StreamWriter) -> None:
    """Make the closing of this connection a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _one_click(link: str) -> None:
    """Press the button of a mail program (RFC 8058)."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with contextlib.suppress(urllib3.exceptions.HTTPError):
        urllib3.request("POST", link, body=b"List-Unsubscribe=One-Click", headers=kind, retries=False, timeout=10.0)
