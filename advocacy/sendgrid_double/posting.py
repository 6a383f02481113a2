"""Posting events to the product: batched, signed, doubled, out of order, tried again, as the real service does.

Disorder is the default here, not an option: a client that only works with tidy events fails in its tests.
"""

import base64
import heapq
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import urllib3
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from advocacy.sendgrid_double.account import Account
from advocacy.sendgrid_double.disorder import EVENTS, Disorder
from advocacy.sendgrid_double.fates import event_number
from advocacy.sendgrid_double.pace import Pace

MOST_BYTES = 768 * 1024
KEEP_TRYING = 24 * 3600.0
_FIRST_GAP = 30.0


@dataclass(order=True)
class _Due:
    at: float
    order: int
    event: dict[str, Any] = field(compare=False)


@dataclass(order=True)
class _Batch:
    at: float
    order: int
    events: list[dict[str, Any]] = field(compare=False)
    tries: int = field(default=0, compare=False)
    first_at: float = field(default=0.0, compare=False)
    signed: tuple[str, str, bytes] | None = field(default=None, compare=False)


class Poster:
    """Collects events and posts them in a thread of its own. `url` may be empty: then there is nobody to tell."""

    def __init__(self, url: str, account: Account, pace: Pace, disorder: Disorder, *, seed: int = 0) -> None:
        self.url = url
        self.enabled = True
        self.signed = True
        self.chosen = set(EVENTS)
        self.key: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        self.disorder = disorder
        self.posted = 0
        self.refused = 0
        self.given_up = 0
        self.last: list[dict[str, Any]] = []
        self._account = account
        self._pace = pace
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._due: list[_Due] = []
        self._batches: list[_Batch] = []
        self._order = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._pool = urllib3.PoolManager(retries=False, maxsize=4)
        self._next_collection = 0.0

    @property
    def public_key(self) -> str:
        """The key as the service shows it: base64 of a DER SubjectPublicKeyInfo, no PEM lines."""
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    @property
    def waiting(self) -> int:
        with self._lock:
            return len(self._due) + sum(len(batch.events) for batch in self._batches)

    def to_come(self) -> list[tuple[float, dict[str, Any]]]:
        """Return the events that are in no batch yet, with the moment each is told."""
        with self._lock:
            return [(one.at, one.event) for one in sorted(self._due)]

    def add(self, events: Sequence[tuple[float, dict[str, Any]]]) -> None:
        """Take events with the moment each happens, and make them untidy. Nobody to tell: they are let go."""
        if not self.url or not self.enabled:
            return
        with self._lock:
            for at, event in events:
                if event["event"] not in self.chosen or self.disorder.never_tells(event, self._chance):
                    continue
                told = self.disorder.untidy(event, self._chance)
                when = at + (self.disorder.late_seconds / self._pace.speed if self._happens(self.disorder.late) else 0)
                self._push(when, told)
                if self._happens(self.disorder.twice):
                    self._push(when, told)
                if self._happens(self.disorder.changed_ids):
                    self._push(when, self._renumbered(told))

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="events").start()

    def stop(self) -> None:
        self._stop.set()

    def turn(self) -> int:
        """Collect what has happened and post what is due; return how many posts were made."""
        now = self._pace.now()
        if now >= self._next_collection:
            self._next_collection = now + self.disorder.batch_seconds / self._pace.speed
            self._collect(now)
        made = 0
        while (batch := self._pop(now)) is not None:
            self._post(batch)
            made += 1
        return made

    def flush(self) -> int:
        """Post everything that waits, whatever its time: for the end of a test. Return how many posts were made."""
        with self._lock:
            self._due = [_Due(0.0, one.order, one.event) for one in self._due]
            self._batches = [
                _Batch(0.0, one.order, one.events, one.tries, one.first_at, one.signed) for one in self._batches
            ]
            heapq.heapify(self._due)
            heapq.heapify(self._batches)
        self._next_collection = 0.0
        return self.turn()

    def again(self) -> None:
        """Post the last batch once more."""
        with self._lock:
            if self.last:
                self._queue_batch(list(self.last), 0.0)

    def test(self, url: str, *, signed: bool) -> threading.Thread:
        """Post one made-up event to a URL, once, as the service's test call does; return the thread that does."""
        event = {
            "email": "example@test.com",
            "timestamp": int(self._pace.now()),
            "event": "processed",
            "sg_event_id": event_number("processed", self._account.user, "test", 0),
            "sg_message_id": "14c5d75ce93.dfd.64b469.recvd-0.0",
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        }
        body = self.body_of([event])
        signature = self.sign(body) if signed else None
        thread = threading.Thread(target=self._answered, args=(url, signature, body), daemon=True)
        thread.start()
        return thread

    def new_key(self) -> None:
        """Sign with another key from now on: what switching signing off and on does."""
        self.key = generate_private_key(SECP256R1())

    def body_of(self, events: Sequence[dict[str, Any]]) -> bytes:
        """Return a body as the service writes it: CR LF after every event and at the end, letters as they are."""
        lines = ",\r\n".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in events)
        return f"[{lines}\r\n]\r\n".encode()

    def sign(self, body: bytes, *, timestamp: str | None = None) -> tuple[str, str]:
        """Return (signature, timestamp) for a body, signed now unless another timestamp is given."""
        timestamp = timestamp or str(int(self._pace.now()))
        signature = self.key.sign(timestamp.encode() + body, ECDSA(SHA256()))
        return base64.b64encode(signature).decode(), timestamp

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share

    def _push(self, at: float, event: dict[str, Any]) -> None:
        self._order += 1
        heapq.heappush(self._due, _Due(at, self._order, event))

    def _collect(self, now: float) -> None:
        """Share what has happened among the sending servers, each in an order of its own."""
        with self._lock:
            happened = []
            while self._due and self._due[0].at <= now:
                happened.append(heapq.heappop(self._due).event)
            if self.disorder.shuffled:
                self._chance.shuffle(happened)
            for server in range(self.disorder.servers):
                for part in self._parts(happened[server :: self.disorder.servers]):
                    self._queue_batch(part, now)
                    if self._chance.random() < self.disorder.batch_twice:
                        self._queue_batch(part, now)

    def _parts(self, events: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        parts: list[list[dict[str, Any]]] = []
        size = MOST_BYTES
        for event in events:
            length = len(json.dumps(event, ensure_ascii=False).encode()) + 3
            if size + length > MOST_BYTES - 8:
                parts.append([])
                size = 0
            parts[-1].append(event)
            size += length
        return parts

    def _queue_batch(self, events: list[dict[str, Any]], at: float) -> None:
        self._order += 1
        heapq.heappush(self._batches, _Batch(at, self._order, events))

    def _pop(self, now: float) -> _Batch | None:
        with self._lock:
            return heapq.heappop(self._batches) if self._batches and self._batches[0].at <= now else None

    def _post(self, batch: _Batch) -> None:
        if not self.url:
            return
        events = batch.events
        if batch.tries and self._account.switches.new_event_ids_on_retry:
            events = [self._renumbered(event) for event in events]
        body = self.body_of(events)
        old = batch.signed[1] if batch.signed and not self._account.switches.fresh_signature_on_retry else None
        batch.signed = (*self.sign(body, timestamp=old), body)
        if self._answered(self.url, batch.signed[:2] if self.signed else None, body):
            self.posted += len(events)
            self.last = events
            return
        self.refused += 1
        self._try_later(batch)

    def _answered(self, url: str, signed: tuple[str, str] | None, body: bytes) -> bool:
        """Post; return whether the answer was a 2xx. `signed` is (signature, timestamp)."""
        headers = {
            "User-Agent": "SendGrid Event API",
            "Content-Type": "application/json;charset=utf-8",
            "Accept-Encoding": "gzip",
        }
        if signed is not None:
            headers["X-Twilio-Email-Event-Webhook-Signature"] = signed[0]
            headers["X-Twilio-Email-Event-Webhook-Timestamp"] = signed[1]
        patience = urllib3.Timeout(total=self._account.switches.webhook_timeout)
        try:
            answer = self._pool.request(
                "POST", url, body=body, headers=headers, timeout=patience, redirect=False, retries=False
            )
        except urllib3.exceptions.HTTPError:
            return False
        return 200 <= answer.status < 300

    def _try_later(self, batch: _Batch) -> None:
        now = self._pace.now()
        first = batch.first_at or now
        if (now - first) * self._pace.speed > KEEP_TRYING:
            self.given_up += len(batch.events)
            return
        gap = _FIRST_GAP * 2**batch.tries / self._pace.speed
        with self._lock:
            self._order += 1
            later = _Batch(now + gap, self._order, batch.events, batch.tries + 1, first, batch.signed)
            heapq.heappush(self._batches, later)

    def _renumbered(self, event: dict[str, Any]) -> dict[str, Any]:
        serial = self._chance.randrange(1 << 30)
        front = str(event.get("sg_message_id", "")).partition(".")[0]
        return event | {"sg_event_id": event_number(event["event"], self._account.user, front, serial)}

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.turn():
                time.sleep(0.05)
