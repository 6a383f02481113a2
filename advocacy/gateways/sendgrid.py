"""SendGrid as a provider: one request for up to 1,000 people, handed over at most once, its answer in our words.

`contract.md` 1.8 lists the answers; the `sendgrid` package is not used here, since it opens a connection and reads the
certificates anew for each call.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import orjson

from advocacy.domain.handover import Accepted, Ambiguous, Blocked, Busy, NotSent, Outcome, Refused, Request
from advocacy.gateways import faults
from advocacy.gateways.clock import Clock
from advocacy.gateways.http_once import NO_HOOKS, Answer, Hooks, LostError, UnsentError, Wires
from advocacy.gateways.sendgrid_body import MESSAGE_ARG, UnfitError, ascii_address, build

LONGEST_WAIT = timedelta(hours=1)
_REFUSED = frozenset({400, 413})
_BLOCKED = frozenset({401, 403, 404, 405, 415, 422})
_ENTRY = re.compile(r"personalizations\.(\d{1,4})(?:\.|$)")
_LOOKS_LIKE_ADDRESS = re.compile(r"[^\s<>\[\]\"',;:]+@[^\s<>\[\]\"',;:]+")
_LONGEST_REASON = 280
_CLOCKS_DIFFER = timedelta(minutes=10)
_LOOKED_AT = 20
_HOOKS = Hooks(lambda: faults.point("send.checked"), lambda: faults.point("send.bytes_written"))


class SendGrid:
    """The Mail Send API. Has no idempotency key: what became of an unanswered request, only reports and logs tell.

    `url` is SENDGRID_API_URL, `timeout` the seconds for a look-up (a hand-over is told its own end).
    """

    name = "sendgrid"
    idempotent = False
    reports = True
    batch = 1000
    lanes = 8

    def __init__(self, *, api_key: str, url: str, clock: Clock, timeout: float = 20.0) -> None:
        self._clock = clock
        self._timeout = timeout
        self._wires = Wires(url, clock)
        self._headers = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
            "User-Agent": "advocacy",
        }

    def prepare(self) -> NotSent | None:
        reason = self._wires.ready()
        return NotSent(reason) if reason else None

    def hand_over(self, request: Request, *, not_after: float) -> Outcome:
        return self._post(request, not_after, _HOOKS)

    def would_take(self, request: Request, *, not_after: float) -> Outcome:
        """Ask in the sandbox: a valid request is answered with 200 and goes nowhere (contract.md 1.7)."""
        return self._post(replace(request, sandbox=True), not_after, NO_HOOKS)

    def _post(self, request: Request, not_after: float, hooks: Hooks) -> Outcome:
        try:
            body = build(request)
        except UnfitError as unfit:
            return Refused(unfit.reason, person=unfit.person)
        try:
            answer = self._wires.exchange(
                "POST", "/v3/mail/send", self._headers, body, not_after=not_after, hooks=hooks
            )
        except UnsentError as error:
            return NotSent(str(error))
        except LostError as error:
            return Ambiguous(str(error))
        return outcome_of(answer, people=len(request.people), now=self._clock.now())

    def found(self, public_id: str, *, address: str, since: datetime) -> bool | None:
        """Ask the Email Logs whether SendGrid took the request that was to carry `address`, begun at `since`.

        None when they cannot be asked: the key has no right to, or nothing sensible comes back. The logs cannot be
        searched by our own argument (contract.md 1.9), so one person's mails of that time are looked at one by one.
        """
        to = ascii_address(address)
        if to is None or '"' in to:
            return None
        until = (since + timedelta(hours=1)).astimezone(UTC)
        begun = (since - _CLOCKS_DIFFER).astimezone(UTC)
        query = (
            f'to_email = "{to}" AND sg_message_id_created_at >= TIMESTAMP "{begun:%Y-%m-%dT%H:%M:%SZ}" '
            f'AND sg_message_id_created_at <= TIMESTAMP "{until:%Y-%m-%dT%H:%M:%SZ}"'
        )
        listed = self._ask("POST", "/v3/logs", orjson.dumps({"query": query, "limit": _LOOKED_AT}))
        messages = listed.get("messages") if listed is not None else None
        if not isinstance(messages, list):
            return None
        for message in messages:
            number = message.get("sg_message_id") if isinstance(message, dict) else None
            detail = self._ask("GET", f"/v3/logs/{quote(str(number), safe='')}", b"")
            if detail is None:
                return None
            arguments = detail.get("custom_args")
            if isinstance(arguments, dict) and arguments.get(MESSAGE_ARG) == public_id:
                return True
        return False if len(messages) < _LOOKED_AT else None

    def close(self) -> None:
        self._wires.close()

    def _ask(self, method: str, path: str, body: bytes) -> dict[str, object] | None:
        not_after = self._clock.boottime() + self._timeout
        try:
            answer = self._wires.exchange(method, path, self._headers, body, not_after=not_after)
            found = orjson.loads(answer.body) if answer.status == 200 else None
        except (UnsentError, LostError, orjson.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None


def outcome_of(answer: Answer, *, people: int, now: datetime) -> Outcome:
    """Return what an answer means for the request (the table in engine.md)."""
    status = answer.status
    if 200 <= status < 300:
        return Accepted(message_id=(answer.headers.get("x-message-id") or "")[:120] or None, status=status)
    if status == 429:
        return Busy(retry_after=patience(answer.headers, now), status=status)
    reason, person = _told(answer, people)
    if status in _REFUSED:
        return Refused(reason, status=status, person=person)
    if status in _BLOCKED:
        return Blocked(reason, status=status)
    return Ambiguous(reason, status=status)


def patience(headers: dict[str, str], now: datetime) -> timedelta | None:
    """Return how long the provider asks us to wait: up to an hour, None when it does not say or makes no sense."""
    reset = headers.get("x-ratelimit-reset", "").strip()
    asked = headers.get("retry-after", "").strip()
    if reset.isascii() and reset.isdigit() and len(reset) <= 12:
        wait = timedelta(seconds=int(reset) - int(now.timestamp()))
    elif asked.isascii() and asked.isdigit() and len(asked) <= 9:
        wait = timedelta(seconds=int(asked))
    else:
        try:
            at = parsedate_to_datetime(asked)
        except ValueError:
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def scrubbed(text: str) -> str:
    """Return one line that can be stored and shown: no address, nothing unprintable, not long."""
    plain = _LOOKS_LIKE_ADDRESS.sub("[address]", text[:4000])
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())[:_LONGEST_REASON]


def _told(answer: Answer, people: int) -> tuple[str, int | None]:
    """Return the provider's words, and which person they name."""
    errors = _errors(answer.body)
    words = scrubbed("; ".join(str(error.get("message")) for error in errors if error.get("message")))
    person = next((found for error in errors if (found := _entry(error.get("field"), people)) is not None), None)
    return words or f"SendGrid answered {answer.status}", person


def _errors(body: bytes) -> list[dict[str, object]]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    errors = told.get("errors") if isinstance(told, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _entry(field: object, people: int) -> int | None:
    match = _ENTRY.match(field) if isinstance(field, str) else None
    number = int(match.group(1)) if match else people
    return number if number < people else None
