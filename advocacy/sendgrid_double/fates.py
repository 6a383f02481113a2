"""What becomes of each mail that was taken: its fate by the recipient's domain or by seeded shares, as events."""

import base64
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from advocacy.sendgrid_double.account import Account

BY_DOMAIN = {
    "hard-bounce": "bounce",
    "block": "block",
    "defer-then-deliver": "defer",
    "delayed-bounce": "delayed_bounce",
    "spam": "spam",
    "unsub": "unsubscribe",
    "slow": "slow",
    "open": "open",
    "silent": "silent",
}
"""The first label of the recipient's domain and the fate it means."""

_HOUR = 3600.0
_OPENED = 0.5
"""The share of delivered mails that are opened, once or several times, where their request asks for it."""


@dataclass
class Mail:
    """One taken mail to one person, as the page and the logs show it."""

    message_id: str
    index: int
    at: float
    sender: str
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    custom_args: dict[str, str]
    categories: list[str]
    group: int | None = None
    status: str = "processed"
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The sg_message_id, in its real form."""
        return f"{self.message_id}.recvd-5f54b5d587-pczjm-1-{int(self.at):08X}-{self.index}.0"


@dataclass(frozen=True)
class Happening:
    """One event and after how many seconds (of the real world) it happens. `lost_ids` come without any of ours."""

    after: float
    name: str
    more: dict[str, Any]
    lost_ids: bool = False


def dropped_reason(mail: Mail, name: str, account: Account, template: str | None) -> tuple[str, str] | None:
    """Return (reason, address in the event) of what is taken with a 202 and dropped later (contract.md 5.1, group 10)."""
    cut = next((name[: name.index(mark)] for mark in ",;" if mark in name), None)
    if cut is not None:
        return "Invalid", cut
    if template is not None and template not in account.templates:
        return "Invalid SMTPAPI header", ""
    if not mail.to.rpartition("@")[0].isascii():
        return "Invalid", mail.to
    reason = account.suppressed(mail.to, mail.group)
    return (reason, mail.to) if reason else None


def fate_of(address: str, shares: dict[str, float], chance: random.Random) -> str:
    label = address.rpartition("@")[2].partition(".")[0]
    if label in BY_DOMAIN:
        return BY_DOMAIN[label]
    drawn, floor = chance.random(), 0.0
    for fate, share in shares.items():
        floor += share
        if drawn < floor:
            return fate
    return "deliver"


def life(fate: str, chance: random.Random, *, opens: bool = False) -> Sequence[Happening]:
    """Return what happens to a mail, in the order of the real world. Nobody is seen to open one that did not ask for it."""
    start = Happening(chance.uniform(0.2, 2.0), "processed", {"send_at": 0})
    soon = start.after + chance.uniform(0.5, 8.0)
    delivered = Happening(soon, "delivered", {"response": "250 OK", "tls": 1, "ip": "198.51.100.7"})
    if fate == "silent":
        return []
    after = _AFTER_PROCESSED[fate](soon, delivered, chance)
    if opens and after[-1] is delivered and (fate == "open" or chance.random() < _OPENED):
        after += [_opened(soon + 60 * (time + 1), chance) for time in range(chance.randint(1, 3))]
    return [start, *after]


def _deferred(at: float, attempt: int) -> Happening:
    more = {"response": "451 4.7.1 Try again later", "attempt": str(attempt), "domain": "example.org", "tls": 0}
    return Happening(at, "deferred", more)


def _bounce(at: float, *, lost: bool = False) -> Happening:
    more = {
        "reason": "550 5.1.1 The email account that you tried to reach does not exist",
        "status": "5.1.1",
        "type": "bounce",
        "bounce_classification": "Invalid Address",
    }
    return Happening(at, "bounce", more, lost_ids=lost)


def _block(at: float) -> Happening:
    more = {"reason": "unable to get mx info", "type": "blocked", "bounce_classification": "Unclassified", "tls": 0}
    return Happening(at, "bounce", more)


def _opened(at: float, chance: random.Random) -> Happening:
    more: dict[str, Any] = {"useragent": "Mozilla/5.0", "ip": "203.0.113.9", "sg_content_type": "html"}
    return Happening(at, "open", more | ({"sg_machine_open": True} if chance.random() < 0.4 else {}))


_AFTER_PROCESSED: dict[str, Callable[[float, Happening, random.Random], list[Happening]]] = {
    "deliver": lambda _at, delivered, _chance: [delivered],
    "bounce": lambda at, _delivered, _chance: [_bounce(at)],
    "block": lambda at, _delivered, _chance: [_block(at)],
    "defer": lambda at, delivered, _chance: [
        _deferred(at, 1), _deferred(at + 600, 2), Happening(at + 4000, "delivered", delivered.more),
    ],
    "delayed_bounce": lambda at, delivered, _chance: [delivered, _bounce(at + 5 * _HOUR, lost=True)],
    "spam": lambda at, delivered, _chance: [delivered, Happening(at + 900, "spamreport", {})],
    "unsubscribe": lambda at, delivered, _chance: [
        delivered, Happening(at + 300, "unsubscribe", {"ip": "203.0.113.9", "useragent": "Mozilla/5.0", "url": ""}),
    ],
    "slow": lambda at, delivered, _chance: [Happening(at + 20 * _HOUR, "delivered", delivered.more)],
    "open": lambda _at, delivered, _chance: [delivered],
}  # fmt: skip


def event_of(mail: Mail, happening: Happening, at: float, account: Account, serial: int) -> dict[str, Any]:
    """Return an event as the webhook posts it: our arguments merged into its top level, where its own names win."""
    named = {
        "event": happening.name,
        "email": mail.to,
        "timestamp": int(at),
        "sg_event_id": event_number(happening.name, account.user, mail.message_id, serial),
    }
    if happening.lost_ids:
        return {**happening.more, **named, "sg_message_id": ""}
    more = dict(happening.more)
    if happening.name in ("processed", "dropped", "deferred", "delivered", "bounce"):
        more["smtp-id"] = f"<{mail.message_id}@geopod-ismtpd-1>"
    if mail.categories:
        more["category"] = mail.categories
    return {**mail.custom_args, **more, "sg_message_id": mail.number, "pool": {"name": "shared", "id": 7}, **named}


def event_number(name: str, user: int, message_id: str, serial: int) -> str:
    raw = f"{name}-{user}-{message_id}-{serial}".encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
