"""SMTP as a provider: the organisation's own server or relay, over connections that stay open.

A dispatch is one person (`batch` is 1): SMTP takes each message by itself and has no way to ask later, so only so is a
dispatch accepted or refused as a whole. `deliver` sends many messages with one round trip each (RFC 2920) and says what
became of every one of them. A recipient's domain that asks for patience is paced by itself (`smtp_pace.py`).
"""

import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from advocacy.domain.handover import Accepted, Blocked, Later, NotSent, Outcome, Refused, Request
from advocacy.gateways.clock import Clock
from advocacy.gateways.sendgrid import scrubbed
from advocacy.gateways.sendgrid_body import ascii_address
from advocacy.gateways.smtp_message import UnfitError, skeleton, written
from advocacy.gateways.smtp_pace import Pace
from advocacy.gateways.smtp_session import CONNECT_SECONDS, CutError, Ready, Session

GREETING_SECONDS = 10.0
"""Servers that mistrust strangers let them wait some seconds for the greeting."""

_MOST_IDLE = 16


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    secure: bool
    tls: bool
    user: str | None
    password: str
    per_domain: float


class Smtp:
    """`url` is SMTP_URL: smtp://host:port (TLS when offered, always before a password), smtps://host:port (TLS from the
    first byte), with user:password@ where needed; `?tls=off` for a server on this machine, `?per_domain=5` for at most
    five messages a second from each worker to one domain. `trust` says whose certificates are believed, by default
    those the machine believes. Raises ValueError."""

    name = "smtp"
    idempotent = False
    reports = False
    batch = 1

    def __init__(self, url: str, clock: Clock, trust: ssl.SSLContext | None = None) -> None:
        self._server = _parse(url)
        self._trust = trust or (ssl.create_default_context() if self._server.tls else None)
        self._pace = Pace(self._server.per_domain)
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[Session] = []
        self._pid = os.getpid()
        self._locked_out: Blocked | None = None

    def prepare(self) -> NotSent | None:
        """Open a connection if none is open. A refused password is told by the hand-over, as it blocks the account."""
        try:
            self._give_back(self._take())
        except smtplib.SMTPAuthenticationError as error:
            self._locked_out = Blocked(f"the server refuses the password: {_words(error.smtp_error)}", error.smtp_code)
            return None
        except (smtplib.SMTPException, OSError, CutError) as error:
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
        except (smtplib.SMTPException, OSError, CutError) as error:
            return tuple(NotSent(f"no connection to {self._server.host}: {_why(error)}") for _ in messages)
        begun = self._paced(messages)
        outcomes = session.send_all(request.sender, begun, not_after)
        self._give_back(session)
        return tuple(self._learnt(message, outcome) for message, outcome in zip(begun, outcomes, strict=True))

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _take(self) -> Session:
        while (session := self._pop()) is not None:
            if session.fresh():
                return session
            session.close()
        return Session(_open(self._server, self._trust), self._clock)

    def _paced(self, messages: Sequence[Ready | Refused]) -> list[Ready | Outcome]:
        """Put what is to begin later in place of messages to domains that had enough for now."""
        now, paced = self._clock.boottime(), list[Ready | Outcome]()
        with self._lock:
            for message in messages:
                wait = self._pace.wait(message.domain, now) if isinstance(message, Ready) else 0.0
                slower = Later("this domain gets its mail more slowly for now", timedelta(seconds=wait))
                paced.append(slower if wait else message)
        return paced

    def _learnt(self, message: Ready | Outcome, outcome: Outcome) -> Outcome:
        if not isinstance(message, Ready):
            return outcome
        if isinstance(outcome, Later):
            with self._lock:
                wait = self._pace.asked_for_patience(message.domain, self._clock.boottime())
            return replace(outcome, retry_after=timedelta(seconds=wait))
        if isinstance(outcome, Accepted):
            with self._lock:
                self._pace.took(message.domain)
        return outcome

    def _pop(self) -> Session | None:
        with self._lock:
            if self._pid != os.getpid():
                self._pid, self._idle = os.getpid(), []
            return self._idle.pop() if self._idle else None

    def _give_back(self, session: Session) -> None:
        with self._lock:
            if session.usable() and len(self._idle) < _MOST_IDLE:
                self._idle.append(session)
                return
        session.close()


def _messages(request: Request, clock: Clock) -> list[Ready | Refused]:
    frame = skeleton(request, clock.now())
    ready: list[Ready | Refused] = []
    for number, person in enumerate(request.people):
        try:
            data = written(frame, request, person)
        except UnfitError as unfit:
            ready.append(Refused(str(unfit), person=number))
            continue
        ready.append(Ready(number, ascii_address(person.address) or "", data))
    return ready


def _open(server: _Server, trust: ssl.SSLContext | None) -> smtplib.SMTP:
    """Connect, secure, sign in. Raises smtplib.SMTPException or OSError; nothing of any mail is written."""
    if server.secure:
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=CONNECT_SECONDS, context=trust)
    else:
        client = smtplib.SMTP(timeout=CONNECT_SECONDS)
        client.timeout = CONNECT_SECONDS
        client._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - STARTTLS checks it; connect() does not set it
        client.connect(server.host, server.port)
    try:
        _greet(client, server, trust)
    except BaseException:
        client.close()
        raise
    sock = cast("socket.socket", client.sock)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _greet(client: smtplib.SMTP, server: _Server, trust: ssl.SSLContext | None) -> None:
    sock = cast("socket.socket", client.sock)
    sock.settimeout(GREETING_SECONDS)
    client.ehlo()
    if not server.secure and server.tls and client.has_extn("starttls"):
        client.starttls(context=trust)
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
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return _Server(
        host=parts.hostname,
        port=parts.port or (465 if secure else 587 if user else 25),
        secure=secure,
        tls=secure or asked.get("tls") != "off",
        user=user,
        password=unquote(parts.password or ""),
        per_domain=_rate(asked.get("per_domain")),
    )


def _rate(asked: str | None) -> float:
    if asked is None:
        return inf
    try:
        rate = float(asked)
    except ValueError:
        rate = 0.0
    if not rate > 0:
        raise ValueError("in SMTP_URL, per_domain is a number of messages a second above zero")
    return rate


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return scrubbed(str(error)) if isinstance(error, smtplib.SMTPException | CutError) else type(error).__name__


def _words(said: bytes | str) -> str:
    return scrubbed(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)
