"""What happens to one `POST /v3/mail/send`: checked, taken into the ledger, given a fate; or refused in SendGrid's words."""

import gzip
import hashlib
import json
import random
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from advocacy.sendgrid_double import arriving
from advocacy.sendgrid_double.account import Account, message_number
from advocacy.sendgrid_double.fates import Happening, Mail, dropped_reason, event_of, fate_of, life
from advocacy.sendgrid_double.ledger import Entry, Ledger
from advocacy.sendgrid_double.pace import Pace
from advocacy.sendgrid_double.posting import Poster
from advocacy.sendgrid_double.rules import MOST_BODY, people_of, refusals
from advocacy.sendgrid_double.schema import BAD_REQUEST, Problem
from advocacy.sendgrid_double.waiting import WaitingRoom

MINUTE = 60.0
HTML_ERROR = b"<html>\r\n<head><title>%d</title></head>\r\n<body>\r\n<center>nginx</center>\r\n</body>\r\n</html>\r\n"


class Checks(StrEnum):
    """How much of each request is checked while it waits: all of it, a sample, or nothing until after the run."""

    ALL = "all"
    SAMPLE = "sample"
    LATER = "later"


@dataclass(frozen=True)
class Reply:
    """An answer to be written."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"


@dataclass(frozen=True)
class Refusal:
    """One refused request, for the page: when, with which status, and what was complained of."""

    at: float
    status: int
    problems: tuple[Problem, ...]


def errors(status: int, *problems: Problem) -> Reply:
    return Reply(status, json.dumps({"errors": [problem.as_error() for problem in problems]}).encode())


def fault(status: int, message: str) -> Reply:
    return errors(status, Problem(message))


class Desk:
    """Takes mail. `shares` are the fates of recipients whose domain names none; `keep` how many mails the page shows."""

    def __init__(
        self,
        account: Account,
        ledger: Ledger,
        poster: Poster,
        pace: Pace,
        *,
        shares: dict[str, float] | None = None,
        checks: Checks = Checks.ALL,
        sample: int = 20,
        keep: int = 5000,
        seed: int = 0,
    ) -> None:
        self.account = account
        self.ledger = ledger
        self.poster = poster
        self.mails: deque[Mail] = deque(maxlen=keep)
        self.faulty: list[tuple[str, list[Problem]]] = []
        self.refused = 0
        self.refusals: deque[Refusal] = deque(maxlen=50)
        self.refused_by: Counter[str] = Counter()
        self.waiting = WaitingRoom(account, pace)
        self._pace = pace
        self._shares = shares or {}
        self._checks = checks
        self._sample = max(sample, 1)
        self._seen = 0
        self._serial = 0
        self._second = (0, 0)
        self._looked_up: list[float] = []
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def authorised(self, authorization: str, scope: str | None) -> Problem | None:
        """Return what is wrong with a key, None when it may. `scope` None is for what any key may."""
        kind, _, key = authorization.partition(" ")
        scopes = self.account.keys.get(key) if kind == "Bearer" else None
        if scopes is None:
            return Problem("The provided authorization grant is invalid, expired, or revoked", None, 401, "key")
        if scope is not None and scope not in scopes:
            if self.account.switches.scope_missing_is_403:
                return Problem("access forbidden", None, 403, "scope_mail_send")
            return Problem("Authenticated user is not authorized", None, 401, "scope_mail_send")
        return None

    def check(self, headers: dict[str, str], body: bytes) -> tuple[Reply | None, dict[str, Any] | None]:
        """Return (refusal, parsed body): the rules in the order of contract.md 5.1."""
        stopped = (
            self.authorised(headers.get("authorization", ""), "mail.send")
            or self._too_fast()
            or self._unreadable(headers, body)
        )
        if stopped is not None:
            return self._refused(stopped), None
        if self._checks is Checks.LATER:
            return None, None
        parsed, problems = self._judged(self._unpacked(headers, body))
        if not problems and self.account.credits == 0 and parsed is not None and not _sandboxed(parsed):
            problems = [Problem("Maximum credits exceeded", None, 401, "credits")]
        if problems:
            status = min(problem.status for problem in problems)
            return self._refused(*(problem for problem in problems if problem.status == status)), None
        return None, parsed

    def _refused(self, *problems: Problem) -> Reply:
        status = problems[0].status
        self.refused += 1
        self.refused_by.update({problem.rule for problem in problems})
        self.refusals.append(Refusal(self._pace.now(), status, problems))
        if status == 413 and self.account.switches.html_413:
            return Reply(413, HTML_ERROR % 413, kind="text/html")
        reply = errors(status, *problems)
        if status == 429 and self.account.switches.rate_headers:
            return Reply(status, reply.body, self._rate(0))
        return reply

    def take(self, parsed: dict[str, Any] | None, body: bytes, *, begun: float, went_wrong: str | None) -> Reply:
        """Accept a request that was checked: into the ledger first, then its fates."""
        number = message_number(self._chance)
        now = self._pace.now()
        if parsed is None and _SANDBOX in body:
            return Reply(200)
        if parsed is None:
            self.ledger.put_off(number, body, at=now, begun=begun, fault=went_wrong)
            return self.accepted(number)
        if _sandboxed(parsed):
            return Reply(200)
        people = [
            (person["email"], parsed.get("custom_args", {}) | one.get("custom_args", {}))
            for one in parsed["personalizations"]
            for _, _, person in people_of(one)
        ]
        self.ledger.add(Entry(now, begun, number, hashlib.sha256(body).hexdigest(), people, went_wrong))
        if self.waiting.must_wait(parsed, now):
            self.waiting.enter(parsed, number, now)
        else:
            self._give_fates(parsed, number, now)
        return self.accepted(number)

    def accepted(self, number: str) -> Reply:
        headers = {"X-Message-Id": number}
        if self.account.switches.rate_headers:
            headers |= self._rate(9999)
        return Reply(202, headers=headers)

    def send_what_is_due(self) -> int:
        """Send what has waited for its hour; return how many requests."""
        due = self.waiting.due(self._pace.now())
        for one in due:
            self._give_fates(one.parsed, one.number, self._pace.now())
        return len(due)

    def settle(self) -> int:
        """Check what was put off, write its people into the ledger, give it fates; return how many were at fault."""
        for number, body in self.ledger.kept_bodies():
            parsed, problems = self._judged(body, always=True)
            if problems:
                self.faulty.append((number, problems))
            elif parsed is not None:
                people = [
                    (person["email"], one.get("custom_args", {}))
                    for one in parsed["personalizations"]
                    for _, _, person in people_of(one)
                ]
                now = self._pace.now()
                self.ledger.add(Entry(now, now, number, hashlib.sha256(body).hexdigest(), people, None))
                self._give_fates(parsed, number, now)
        return len(self.faulty)

    def happen(self, mail: Mail, happening: Happening) -> None:
        """Make something happen to a mail now, as the buttons of the page ask."""
        self._serial += 1
        at = self._pace.now()
        event = event_of(mail, happening, at, self.account, self._serial)
        self._note(mail, event)
        self.poster.add([(at, event)])

    def may_look_up(self) -> bool:
        """Count a look-up in the logs; return whether it is within the minute's limit."""
        most, now = self.account.switches.logs_per_minute, self._pace.now()
        self._looked_up = [at for at in self._looked_up if now - at < MINUTE]
        if most and len(self._looked_up) >= most:
            return False
        self._looked_up.append(now)
        return True

    def _rate(self, remaining: int) -> dict[str, str]:
        limit = self.account.switches.requests_per_second or 10_000
        names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
        return dict(zip(names, (str(limit), str(remaining), str(int(self._pace.now()) + 1)), strict=True))

    def _too_fast(self) -> Problem | None:
        most, now = self.account.switches.requests_per_second, int(self._pace.now())
        second, count = self._second
        self._second = (now, count + 1 if second == now else 1)
        return Problem("too many requests", None, 429, "request_rate") if most and self._second[1] > most else None

    def _unreadable(self, headers: dict[str, str], body: bytes) -> Problem | None:
        kind, _, parameters = headers.get("content-type", "").partition(";")
        charset = parameters.replace('"', "").lower().strip()
        if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
            return Problem("Content-Type should be application/json.", None, 415, "content_type")
        coding = headers.get("content-encoding", "identity")
        if coding != "identity" and not (coding == "gzip" and self.account.switches.gzip):
            return Problem("Content-Encoding is only for accounts that have it enabled.", None, 415, "gzip")
        if len(body) > MOST_BODY:
            return Problem("The message size is limited to 30 MB.", None, 413, "body_size")
        return None

    def _unpacked(self, headers: dict[str, str], body: bytes) -> bytes:
        if headers.get("content-encoding") != "gzip":
            return body
        try:
            return gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return b""

    def _judged(self, body: bytes, *, always: bool = False) -> tuple[dict[str, Any] | None, list[Problem]]:
        try:
            parsed = json.loads(body.decode("utf-8"))
        except UnicodeDecodeError:
            return None, [Problem("The body must be UTF-8.", None, 415, "content_type")]
        except (json.JSONDecodeError, RecursionError):
            return None, [Problem(BAD_REQUEST.message, rule="json")]
        self._seen += 1
        looked_at = always or self._checks is Checks.ALL or self._seen % self._sample == 1
        problems = refusals(parsed, self.account, self._pace.now()) if looked_at else []
        return parsed, problems

    def _give_fates(self, parsed: dict[str, Any], number: str, now: float) -> None:
        if not self.poster.url and not self.mails.maxlen and self.account.credits is None:
            return
        events: list[tuple[float, dict[str, Any]]] = []
        everybody = list(arriving.mails(parsed, number, now, self.account))
        quota = len(everybody) - self.account.spend(len(everybody))
        for place, mail in enumerate(everybody):
            for happening, address in self._happenings(mail, over_quota=place >= quota):
                self._serial += 1
                at = self._pace.after(happening.after)
                event = event_of(mail, happening, at, self.account, self._serial) | {"email": address}
                self._note(mail, event)
                events.append((at, event))
            self.mails.append(mail)
        self.poster.add(events)

    def _happenings(self, mail: Mail, *, over_quota: bool) -> Iterator[tuple[Happening, str]]:
        """Yield what happens to a mail, with the address its events tell."""
        quota = ("Recipient List over Package Quota", mail.to) if over_quota else None
        dropped = quota or dropped_reason(mail, self.account)
        if dropped is not None:
            reason, address = dropped
            yield Happening(self._chance.uniform(0.2, 3), "dropped", {"reason": reason}), address
            return
        for happening in life(fate_of(mail.to, self._shares, self._chance), mail, self._chance):
            yield happening, mail.to

    def _note(self, mail: Mail, event: dict[str, Any]) -> None:
        mail.events.append(event)
        if event["event"] == "dropped" and event["reason"] == "Invalid" and event["email"]:
            self.account.lists["invalid_emails"][event["email"].lower()] = event["timestamp"]
        kept = {"bounce": "bounces", "spamreport": "spam_reports", "unsubscribe": "unsubscribes"}.get(event["event"])
        if kept is not None:
            kept = "blocks" if event.get("type") == "blocked" else kept
            self.account.lists[kept][mail.to.lower()] = event["timestamp"]


_SANDBOX = b'"sandbox_mode":{"enable":true}'
"""What a request says that is not to be sent, before anybody has read it."""


def _sandboxed(parsed: dict[str, Any]) -> bool:
    return parsed.get("mail_settings", {}).get("sandbox_mode", {}).get("enable") is True
