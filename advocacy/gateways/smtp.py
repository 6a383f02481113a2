"""SMTP as a provider: the organisation's own server or relay, over connections that stay open.

A dispatch is one person (`batch` is 1): SMTP takes each message by itself and has no way to ask later, so only so is a
dispatch accepted or refused as a whole. `deliver` sends many messages with one round trip each (RFC 2920) and says what
became of every one of them.
"""

import contextlib
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, NotSent, Outcome, Refused, Request
from advocacy.gateways.clock import Clock
from advocacy.gateways.sendgrid import scrubbed
from advocacy.gateways.sendgrid_body import ascii_address
from advocacy.gateways.smtp_message import UnfitError, skeleton, written

CONNECT_SECONDS = 3.0
GREETING_SECONDS = 10.0
"""Servers that mistrust strangers let them wait some seconds for the greeting."""

LONGEST_IDLE = 60.0
_MOST_IDLE = 16
_MOST_PER_CONNECTION = 1000
_LONGEST_REPLY = 64 * 1024
_ENVELOPE = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_OUR_FAULT = frozenset({530, 534, 535, 538, 550, 553, 554})
"""Answers to MAIL FROM: the server does not let us send under this name."""

_NOT_A_RELAY = re.compile(r"relay", re.IGNORECASE)


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    secure: bool
    tls: bool
    user: str | None
    password: str


@dataclass(frozen=True)
class _Reply:
    code: int
    text: str


class _CutError(Exception):
    """The connection ended, or the time did."""


class Smtp:
    """`url` is SMTP_URL: smtp://host:port (TLS when offered, always before a password), smtps://host:port (TLS from the
    first byte), with user:password@ where needed; `?tls=off` for a server on this machine. Raises ValueError."""

    name = "smtp"
    idempotent = False
    reports = False
    batch = 1

    def __init__(self, url: str, clock: Clock) -> None:
        self._server = _parse(url)
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[_Session] = []
        self._pid = os.getpid()
        self._locked_out: Blocked | None = None

    def prepare(self) -> NotSent | None:
        """Open a connection if none is open. A refused password is told by the hand-over, as it blocks the account."""
        try:
            self._give_back(self._take())
        except smtplib.SMTPAuthenticationError as error:
            self._locked_out = Blocked(f"the server refuses the password: {_words(error.smtp_error)}", error.smtp_code)
            return None
        except (smtplib.SMTPException, OSError, _CutError) as error:
            return NotSent(f"no connection to {self._server.host}: {_why(error)}")
        self._locked_out = None
        return None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        """Hand over the message of one person. Raises ValueError for more: `deliver` tells them apart."""
        if len(request.people) != 1:
            raise ValueError(f"a dispatch over SMTP carries one person, not {len(request.people)}")
        return self.deliver(request, not_after=not_after)[0]

    def deliver(self, request: Request, *, not_after: float) -> tuple[Outcome, ...]:
        """Hand over one message to each person, each at most once; return what became of each, in their order.

        After a cut, whoever had not begun is NotSent and the one being written is Ambiguous.
        """
        if self._locked_out is not None:
            blocked, self._locked_out = self._locked_out, None
            return tuple(blocked for _ in request.people)
        messages = _messages(request, self._clock)
        if request.sandbox:
            return tuple(message if isinstance(message, Refused) else Accepted() for message in messages)
        try:
            session = self._take()
        except smtplib.SMTPAuthenticationError as error:
            return tuple(Blocked("the server refuses the password", error.smtp_code) for _ in messages)
        except (smtplib.SMTPException, OSError, _CutError) as error:
            return tuple(NotSent(f"no connection to {self._server.host}: {_why(error)}") for _ in messages)
        outcomes = session.send_all(request.sender, messages, not_after)
        self._give_back(session)
        return outcomes

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _take(self) -> "_Session":
        while (session := self._pop()) is not None:
            if session.fresh():
                return session
            session.close()
        return _Session(_open(self._server), self._clock)

    def _pop(self) -> "_Session | None":
        with self._lock:
            if self._pid != os.getpid():
                self._pid, self._idle = os.getpid(), []
            return self._idle.pop() if self._idle else None

    def _give_back(self, session: "_Session") -> None:
        with self._lock:
            if session.usable() and len(self._idle) < _MOST_IDLE:
                self._idle.append(session)
                return
        session.close()


@dataclass(frozen=True)
class _Ready:
    """One message, ready to be written. `person` is its place in the request."""

    person: int
    address: str
    data: bytes


def _messages(request: Request, clock: Clock) -> list[_Ready | Refused]:
    frame = skeleton(request, clock.now())
    ready: list[_Ready | Refused] = []
    for number, person in enumerate(request.people):
        try:
            data = written(frame, request, person)
        except UnfitError as unfit:
            ready.append(Refused(str(unfit), person=number))
            continue
        ready.append(_Ready(number, ascii_address(person.address) or "", data))
    return ready


class _Session:
    """One open connection, and the conversation on it."""

    def __init__(self, client: smtplib.SMTP, clock: Clock) -> None:
        self._client = client
        self._sock = cast("socket.socket", client.sock)
        self._clock = clock
        self._pipelining = client.has_extn("pipelining")
        self._buffer = b""
        self._open = True
        self._used_at = clock.boottime()
        self._sent = 0
        self._asked_next = False

    def usable(self) -> bool:
        self._used_at = self._clock.boottime()
        return self._open and self._sent < _MOST_PER_CONNECTION

    def fresh(self) -> bool:
        """Return whether the server still listens. Asks only a connection that has rested."""
        if self._clock.boottime() - self._used_at >= LONGEST_IDLE:
            return False
        try:
            self._write(b"RSET\r\n", self._clock.boottime() + CONNECT_SECONDS)
            return self._reply(self._clock.boottime() + CONNECT_SECONDS).code == 250
        except _CutError:
            return False

    def close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):
            self._sock.close()

    def send_all(self, sender: str, messages: Sequence["_Ready | Refused"], not_after: float) -> tuple[Outcome, ...]:
        """Send each message. The next envelope travels with the end of the one before, where the server allows."""
        outcomes: list[Outcome] = []
        asked = False
        for number, message in enumerate(messages):
            if isinstance(message, Refused):
                outcomes.append(message)
                continue
            if not self._open:
                outcomes.append(NotSent("the connection was lost before this message began"))
                continue
            following = next((later for later in messages[number + 1 :] if isinstance(later, _Ready)), None)
            outcomes.append(self._send_one(sender, message, following, asked=asked, not_after=not_after))
            asked = self._open and self._pipelining and following is not None and self._asked_next
        return tuple(outcomes)

    def _send_one(
        self, sender: str, message: "_Ready", following: "_Ready | None", *, asked: bool, not_after: float
    ) -> Outcome:
        self._asked_next = False
        try:
            envelope = self._envelope(sender, message, asked=asked, not_after=not_after)
        except _CutError as error:
            self.close()
            return NotSent(f"cut before the message began: {error}")
        if envelope is not None:
            return envelope
        if self._clock.boottime() > not_after:
            self.close()
            return NotSent("the time to hand over had passed")
        end = message.data + b".\r\n"
        if self._pipelining and following is not None:
            end += _envelope_of(sender, following.address)
            self._asked_next = True
        try:
            self._write(end, not_after)
            reply = self._reply(not_after)
        except _CutError as error:
            self.close()
            return Ambiguous(f"cut after the message had begun: {error}")
        self._sent += 1
        return self._settled(reply, message.person)

    def _envelope(self, sender: str, message: "_Ready", *, asked: bool, not_after: float) -> Outcome | None:
        """Come as far as DATA. Return what ended it before, None when the server waits for the message."""
        if not asked and self._clock.boottime() > not_after:
            raise _CutError("the time to hand over had passed")
        if not self._pipelining:
            return self._step_by_step(sender, message, not_after)
        if not asked:
            self._write(_envelope_of(sender, message.address), not_after)
        from_, to, data = (self._reply(not_after) for _ in range(3))
        outcome = _refused(from_, to, data, message.person)
        if outcome is not None and data.code == 354:
            # Nobody to send it to, yet the server waits for a message: it gets an empty one, which it must refuse.
            self._write(b".\r\n", not_after)
            self._reply(not_after)
        elif outcome is not None:
            self._leave(from_, to, data)
        return outcome

    def _step_by_step(self, sender: str, message: "_Ready", not_after: float) -> Outcome | None:
        told: list[_Reply] = []
        for line in _envelope_of(sender, message.address).splitlines(keepends=True):
            self._write(line, not_after)
            told.append(self._reply(not_after))
            if told[-1].code >= 400:
                self._leave(*told)
                break
        silent = _Reply(0, "")
        from_, to, data = [*told, silent, silent][:3]
        return _refused(from_, to, data, message.person)

    def _leave(self, *replies: _Reply) -> None:
        """Hang up when the server said it will."""
        if any(reply.code == 421 for reply in replies):
            self.close()

    def _settled(self, reply: _Reply, person: int) -> Outcome:
        self._leave(reply)
        words = scrubbed(reply.text)
        if 200 <= reply.code < 300:
            return Accepted(message_id=words[:120] or None, status=reply.code)
        if 400 <= reply.code < 500:
            return Busy(status=reply.code)
        if 500 <= reply.code < 600:
            return Refused(words or "the server refused the message", status=reply.code, person=person)
        self.close()
        return Ambiguous(f"an answer that is none: {reply.code}", status=reply.code)

    def _write(self, data: bytes, not_after: float) -> None:
        view = memoryview(data)
        while view:
            try:
                self._sock.settimeout(self._remaining(not_after))
                view = view[self._sock.send(view) :]
            except OSError as error:
                raise _CutError(type(error).__name__) from error

    def _reply(self, not_after: float) -> _Reply:
        """Read one reply, of one line or more."""
        lines: list[str] = []
        while True:
            line = self._line(not_after)
            lines.append(line[4:].decode("utf-8", "replace"))
            if not line[:3].isdigit():
                raise _CutError("the server does not speak SMTP")
            if line[3:4] != b"-":
                return _Reply(int(line[:3]), " ".join(lines))
            if len(lines) > 100:
                raise _CutError("the server talks without end")

    def _line(self, not_after: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > _LONGEST_REPLY:
                raise _CutError("the server talks without end")
            try:
                self._sock.settimeout(self._remaining(not_after))
                more = self._sock.recv(8192)
            except OSError as error:
                raise _CutError(type(error).__name__) from error
            if not more:
                raise _CutError("the server hung up")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def _remaining(self, not_after: float) -> float:
        remaining = not_after - self._clock.boottime()
        if remaining <= 0:
            raise _CutError("the time was up")
        return remaining


def _envelope_of(sender: str, address: str) -> bytes:
    return f"MAIL FROM:<{sender}>\r\nRCPT TO:<{address}>\r\nDATA\r\n".encode("ascii")


def _refused(from_: _Reply, to: _Reply, data: _Reply, person: int) -> Outcome | None:
    """Return what three replies mean for the message, None when it may be written now."""
    if from_.code >= 500:
        words = scrubbed(from_.text)
        return Blocked(words, from_.code) if from_.code in _OUR_FAULT else Refused(words, from_.code, person=person)
    if to.code >= 500:
        words = scrubbed(to.text)
        if to.code == 530 or _NOT_A_RELAY.search(to.text):
            return Blocked(words, to.code)
        return Refused(words, to.code, person=person)
    if to.code in (450, 451) and from_.code < 400:
        # This recipient's server asks for patience; the account is not to blame, so only this message waits.
        return NotSent(f"the server asks to come again for this recipient: {scrubbed(to.text)}")
    if any(reply.code >= 400 for reply in (from_, to, data)):
        first = next(reply for reply in (from_, to, data) if reply.code >= 400)
        return Busy(status=first.code) if first.code < 500 else Refused(scrubbed(first.text), first.code, person=person)
    return None if data.code == 354 else NotSent(f"the server answered DATA with {data.code}")


def _open(server: _Server) -> smtplib.SMTP:
    """Connect, secure, sign in. Raises smtplib.SMTPException or OSError; nothing of any mail is written."""
    context = ssl.create_default_context()
    if server.secure:
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT_SECONDS, context=context)
    else:
        client = smtplib.SMTP(timeout=CONNECT_SECONDS)
        client.timeout = CONNECT_SECONDS
        client._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - STARTTLS checks it; connect() does not set it
        client.connect(server.host, server.port)
    try:
        _greet(client, server, context)
    except BaseException:
        client.close()
        raise
    sock = cast("socket.socket", client.sock)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _greet(client: smtplib.SMTP, server: _Server, context: ssl.SSLContext) -> None:
    sock = cast("socket.socket", client.sock)
    sock.settimeout(GREETING_SECONDS)
    client.ehlo()
    if not server.secure and server.tls and client.has_extn("starttls"):
        client.starttls(context=context)
        client.ehlo()
    elif server.user and server.tls and not server.secure:
        raise smtplib.SMTPNotSupportedError("the server offers no TLS, and the password is not sent without")
    if server.user:
        client.login(server.user, server.password)


def _parse(url: str) -> _Server:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("SMTP_URL is written smtp://user:password@host:port or smtps://...")
    secure = parts.scheme == "smtps"
    user = unquote(parts.username) if parts.username else None
    return _Server(
        host=parts.hostname,
        port=parts.port or (465 if secure else 587 if user else 25),
        secure=secure,
        tls=parse_qs(parts.query).get("tls") != ["off"],
        user=user,
        password=unquote(parts.password or ""),
    )


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return scrubbed(str(error)) if isinstance(error, smtplib.SMTPException | _CutError) else type(error).__name__


def _words(said: bytes | str) -> str:
    return scrubbed(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)
