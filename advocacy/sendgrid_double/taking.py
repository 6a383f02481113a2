"""What happens to one `POST /v3/mail/send`: checked, taken into the ledger, given a fate; or refused in SendGrid's words."""

import hashlib
import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from advocacy.sendgrid_double.account import Account, message_number
from advocacy.sendgrid_double.fates import Happening, Mail, dropped_reason, event_of, fate_of, life
from advocacy.sendgrid_double.ledger import Entry, Ledger
from advocacy.sendgrid_double.pace import Pace
from advocacy.sendgrid_double.posting import Poster
from advocacy.sendgrid_double.rules import MOST_BODY, people_of, refusals
from advocacy.sendgrid_double.schema import Problem

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


def errors(status: int, *problems: Problem) -> Reply:
    return Reply(status, json.dumps({"errors": [problem.as_error() for problem in problems]}).encode())


def fault(status: int, message: str) -> Reply:
    return Reply(status, json.dumps({"errors": [{"message": message, "field": None, "help": None}]}).encode())


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
        self._pace = pace
        self._shares = shares or {}
        self._checks = checks
        self._sample = max(sample, 1)
        self._seen = 0
        self._serial = 0
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def authorised(self, authorization: str, scope: str) -> Reply | None:
        """Return the refusal of a key, None when it may."""
        kind, _, key = authorization.partition(" ")
        scopes = self.account.keys.get(key) if kind == "Bearer" else None
        if scopes is None:
            return fault(401, "The provided authorization grant is invalid, expired, or revoked")
        if scope not in scopes:
            forbidden = self.account.switches.scope_missing_is_403
            return fault(403, "access forbidden") if forbidden else fault(401, "Authenticated user is not authorized")
        return None

    def check(self, headers: dict[str, str], body: bytes) -> tuple[Reply | None, dict[str, Any] | None]:
        """Return (refusal, parsed body): the rules in the order of contract.md 5.1."""
        refusal = self.authorised(headers.get("authorization", ""), "mail.send")
        if refusal is None:
            refusal = self._unreadable(headers, body)
        if refusal is not None:
            self.refused += 1
            return refusal, None
        if self._checks is Checks.LATER:
            return None, None
        parsed, problems = self._judged(body)
        if problems:
            self.refused += 1
            status = min(problem.status for problem in problems)
            return errors(status, *(problem for problem in problems if problem.status == status)), None
        return None, parsed

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
        if self.account.held.get(parsed.get("batch_id", "")) != "cancel":
            self._give_fates(parsed, number, now)
        return self.accepted(number)

    def accepted(self, number: str) -> Reply:
        headers = {"X-Message-Id": number}
        if self.account.switches.rate_headers:
            headers |= {"X-RateLimit-Limit": "10000", "X-RateLimit-Remaining": "9999"}
        return Reply(202, headers=headers)

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

    def _unreadable(self, headers: dict[str, str], body: bytes) -> Reply | None:
        kind, _, parameters = headers.get("content-type", "").partition(";")
        charset = parameters.replace('"', "").lower().strip()
        if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
            return fault(415, "Content-Type should be application/json.")
        if headers.get("content-encoding", "identity") != "identity":
            return fault(415, "Content-Encoding is only for accounts that have it enabled.")
        if len(body) > MOST_BODY:
            if self.account.switches.html_413:
                return Reply(413, HTML_ERROR % 413, kind="text/html")
            return fault(413, "The message size is limited to 30 MB.")
        return None

    def _judged(self, body: bytes, *, always: bool = False) -> tuple[dict[str, Any] | None, list[Problem]]:
        try:
            parsed = json.loads(body.decode("utf-8"))
        except UnicodeDecodeError:
            return None, [Problem("The body must be UTF-8.", None, status=415)]
        except (json.JSONDecodeError, RecursionError):
            return None, [Problem("Bad Request", None)]
        self._seen += 1
        looked_at = always or self._checks is Checks.ALL or self._seen % self._sample == 1
        problems = refusals(parsed, self.account, self._pace.now()) if looked_at else []
        return parsed, problems

    def _give_fates(self, parsed: dict[str, Any], number: str, now: float) -> None:
        if not self.poster.url and not self.mails.maxlen:
            return
        events: list[tuple[float, dict[str, Any]]] = []
        for mail, name in _mails(parsed, number, now):
            dropped = dropped_reason(mail, name, self.account, parsed.get("template_id"))
            if dropped is not None:
                reason, address = dropped
                happenings = [Happening(self._chance.uniform(0.2, 3), "dropped", {"reason": reason})]
            else:
                address = mail.to
                fate = fate_of(mail.to, self._shares, self._chance)
                happenings = list(life(fate, self._chance, opens=_opens_asked(parsed)))
            for happening in happenings:
                self._serial += 1
                at = self._pace.after(happening.after)
                event = event_of(mail, happening, at, self.account, self._serial) | {"email": address}
                self._note(mail, event)
                events.append((at, event))
            self.mails.append(mail)
        self.poster.add(events)

    def _note(self, mail: Mail, event: dict[str, Any]) -> None:
        mail.events.append(event)
        status = "blocked" if event.get("type") == "blocked" else _STATUS.get(event["event"])
        mail.status = status or mail.status
        if event["event"] == "dropped" and event["reason"] == "Invalid" and event["email"]:
            self.account.lists["invalid_emails"][event["email"].lower()] = event["timestamp"]
        kept = {"bounce": "bounces", "spamreport": "spam_reports", "unsubscribe": "unsubscribes"}.get(event["event"])
        if kept is not None:
            kept = "blocks" if event.get("type") == "blocked" else kept
            self.account.lists[kept][mail.to.lower()] = event["timestamp"]


_SANDBOX = b'"sandbox_mode":{"enable":true}'
"""What a request says that is not to be sent, before anybody has read it."""

_STATUS = {"delivered": "delivered", "deferred": "deferred", "dropped": "dropped", "bounce": "bounced"}


def _opens_asked(parsed: dict[str, Any]) -> bool:
    return parsed.get("tracking_settings", {}).get("open_tracking", {}).get("enable") is True


def _sandboxed(parsed: dict[str, Any]) -> bool:
    return parsed.get("mail_settings", {}).get("sandbox_mode", {}).get("enable") is True


def _mails(parsed: dict[str, Any], number: str, now: float) -> Iterator[tuple[Mail, str]]:
    """Yield each person's mail as it would arrive, and the name it was addressed to."""
    texts = {one["type"].partition(";")[0]: one["value"] for one in parsed.get("content", [])}
    index = 0
    for one in parsed["personalizations"]:
        swaps = one.get("substitutions", {})
        subject = _filled(one.get("subject") or parsed.get("subject", ""), swaps)
        text, html = (_filled(texts.get(kind, ""), swaps) for kind in ("text/plain", "text/html"))
        headers = parsed.get("headers", {}) | one.get("headers", {})
        for _, _, person in people_of(one):
            mail = Mail(
                message_id=number,
                index=index,
                at=now,
                sender=one.get("from", parsed["from"])["email"],
                to=person["email"],
                subject=subject,
                text=text,
                html=html,
                headers=headers,
                custom_args=parsed.get("custom_args", {}) | one.get("custom_args", {}),
                categories=parsed.get("categories", []),
                group=parsed.get("asm", {}).get("group_id"),
            )
            index += 1
            yield mail, person.get("name", "")


def _filled(text: str, swaps: dict[str, str]) -> str:
    """Replace each tag by its value as plain text; a value is not looked at again."""
    parts = [text]
    for tag, value in swaps.items():
        parts = (
            [
                piece
                for number, part in enumerate(parts)
                for piece in ([part] if number % 2 else _split(part, tag, value))
            ]
            if any(tag in part for part in parts[::2])
            else parts
        )
    return "".join(parts)


def _split(part: str, tag: str, value: str) -> list[str]:
    """Return alternating text and values, beginning and ending with text."""
    pieces = part.split(tag)
    return [one for piece in pieces[:-1] for one in (piece, value)] + [pieces[-1]]
