"""One open conversation with a mail server: what is said, what is answered, and what that means for each message."""

import contextlib
import re
import smtplib
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from urllib3.util.wait import wait_for_read

from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, Later, NotSent, Outcome, Refused
from advocacy.gateways.clock import Clock
from advocacy.gateways.sendgrid import scrubbed

CONNECT_SECONDS = 3.0
LONGEST_IDLE = 60.0
_STILL_WARM = 5.0
_MOST_PER_CONNECTION = 1000
_LONGEST_REPLY = 64 * 1024
_OUR_FAULT = frozenset({530, 534, 535, 538, 550, 553, 554})
"""Answers to MAIL FROM: the server does not let us send under this name."""

_NOT_A_RELAY = re.compile(r"relay", re.IGNORECASE)


@dataclass(frozen=True)
class _Reply:
    code: int
    text: str


class CutError(Exception):
    """The connection ended, or the time did."""


@dataclass(frozen=True)
class Ready:
    """One message, ready to be written. `person` is its place in the request."""

    person: int
    address: str
    data: bytes

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


class Session:
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
        rested = self._clock.boottime() - self._used_at
        if rested < _STILL_WARM or rested >= LONGEST_IDLE:
            return rested < LONGEST_IDLE and not wait_for_read(self._sock, timeout=0.0)
        try:
            self._write(b"RSET\r\n", self._clock.boottime() + CONNECT_SECONDS)
            return self._reply(self._clock.boottime() + CONNECT_SECONDS).code == 250
        except CutError:
            return False

    def close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):
            self._sock.close()

    def send_all(self, sender: str, messages: Sequence["Ready | Outcome"], not_after: float) -> tuple[Outcome, ...]:
        """Send each message that is ready; what became of the others is known already. The next envelope travels with
        the end of the message before, where the server allows."""
        outcomes: list[Outcome] = []
        asked = False
        for number, message in enumerate(messages):
            if not isinstance(message, Ready):
                outcomes.append(message)
                continue
            if not self._open:
                outcomes.append(NotSent("the connection was lost before this message began"))
                continue
            following = next((later for later in messages[number + 1 :] if isinstance(later, Ready)), None)
            outcomes.append(self._send_one(sender, message, following, asked=asked, not_after=not_after))
            asked = self._open and self._pipelining and following is not None and self._asked_next
        return tuple(outcomes)

    def _send_one(
        self, sender: str, message: "Ready", following: "Ready | None", *, asked: bool, not_after: float
    ) -> Outcome:
        self._asked_next = False
        try:
            envelope = self._envelope(sender, message, asked=asked, not_after=not_after)
        except CutError as error:
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
        except CutError as error:
            self.close()
            return Ambiguous(f"cut after the message had begun: {error}")
        self._sent += 1
        return self._settled(reply, message.person)

    def _envelope(self, sender: str, message: "Ready", *, asked: bool, not_after: float) -> Outcome | None:
        """Come as far as DATA. Return what ended it before, None when the server waits for the message."""
        if not asked and self._clock.boottime() > not_after:
            raise CutError("the time to hand over had passed")
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

    def _step_by_step(self, sender: str, message: "Ready", not_after: float) -> Outcome | None:
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
                raise CutError(type(error).__name__) from error

    def _reply(self, not_after: float) -> _Reply:
        """Read one reply, of one line or more."""
        lines: list[str] = []
        while True:
            line = self._line(not_after)
            lines.append(line[4:].decode("utf-8", "replace"))
            if not line[:3].isdigit():
                raise CutError("the server does not speak SMTP")
            if line[3:4] != b"-":
                return _Reply(int(line[:3]), " ".join(lines))
            if len(lines) > 100:
                raise CutError("the server talks without end")

    def _line(self, not_after: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > _LONGEST_REPLY:
                raise CutError("the server talks without end")
            try:
                self._sock.settimeout(self._remaining(not_after))
                more = self._sock.recv(8192)
            except OSError as error:
                raise CutError(type(error).__name__) from error
            if not more:
                raise CutError("the server hung up")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def _remaining(self, not_after: float) -> float:
        remaining = not_after - self._clock.boottime()
        if remaining <= 0:
            raise CutError("the time was up")
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
        return Later(f"the server asks to come again for this recipient: {scrubbed(to.text)}")
    if any(reply.code >= 400 for reply in (from_, to, data)):
        first = next(reply for reply in (from_, to, data) if reply.code >= 400)
        return Busy(status=first.code) if first.code < 500 else Refused(scrubbed(first.text), first.code, person=person)
    return None if data.code == 354 else NotSent(f"the server answered DATA with {data.code}")
