"""What becomes of each mail that was taken: its fate by the recipient's domain or by seeded shares, as events."""

import base64
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from advocacy.sendgrid_double.account import Account

BY_DOMAIN = {
    "hard-bounce": "bounce",
    "block": "block",
    "defer-then-deliver": "defer",
    "defer-then-block": "defer_block",
    "delayed-bounce": "delayed_bounce",
    "drop": "drop",
    "spam": "spam",
    "unsub": "unsubscribe",
    "group-unsub": "group_unsubscribe",
    "slow": "slow",
    "open": "open",
    "click": "click",
    "silent": "silent",
    "sink": "deliver",
}
"""The first label of the recipient's domain and the fate it means."""

SAYS = {
    "deliver": "delivered after some seconds; half are opened where their request asks to count that",
    "bounce": "a hard bounce, 5.1.1",
    "block": "a bounce of the type “blocked”, without a status",
    "defer": "deferred twice, delivered after an hour",
    "defer_block": "deferred for 72 hours, then blocked",
    "delayed_bounce": "delivered, and after five hours a bounce without any of our ids",
    "drop": "dropped for its content",
    "spam": "delivered, and reported as spam",
    "unsubscribe": "delivered, and unsubscribed from everything",
    "group_unsubscribe": "delivered, unsubscribed from a group, and joined again",
    "slow": "delivered after twenty hours",
    "open": "delivered and opened, once or several times, some by a machine",
    "click": "delivered, opened and clicked",
    "silent": "no event ever",
}
"""Each fate, as the page, the command line and docs/sendgrid-double.md tell it."""

_HOUR = 3600.0
_OPENED = 0.5
"""The share of delivered mails that are opened, once or several times, where their request asks for it."""

_STATUS = {"delivered": "delivered", "deferred": "deferred", "dropped": "dropped", "bounce": "bounced"}
_STRANGE = frozenset("():<>@[]")


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
    name: str = ""
    reply_to: str = ""
    template: str | None = None
    opens: bool = True
    opens_asked: bool = False
    clicks: bool = True
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The sg_message_id, in its real form."""
        return f"{self.message_id}.recvd-5f54b5d587-pczjm-1-{int(self.at):08X}-{self.index}.0"

    def happened(self, now: float) -> list[dict[str, Any]]:
        """Return the events that are not still to come."""
        return [event for event in self.events if event["timestamp"] <= now]

    def status(self, now: float) -> str:
        """Return the state the logs tell: one of the six of OAS-logs."""
        found = "processed"
        for event in self.happened(now):
            found = "blocked" if event.get("type") == "blocked" else _STATUS.get(event["event"], found)
        return found


@dataclass(frozen=True)
class Happening:
    """One event and after how many seconds (of the real world) it happens. `lost_ids` come without any of ours."""

    after: float
    name: str
    more: dict[str, Any]
    lost_ids: bool = False


Drop = Callable[[Mail, Account], tuple[str, str] | None]


def dropped_reason(mail: Mail, account: Account) -> tuple[str, str] | None:
    """Return (reason, address in the event) of what is taken with a 202 and dropped later (contract.md 5.1, group 10)."""
    return next((dropped for drop in DROPS.values() if (dropped := drop(mail, account))), None)


def _name_cut(mail: Mail, _account: Account) -> tuple[str, str] | None:
    cut = next((mail.name[: mail.name.index(mark)] for mark in ",;" if mark in mail.name), None)
    return None if cut is None else ("Invalid", cut)


def _name_marks(mail: Mail, account: Account) -> tuple[str, str] | None:
    strange = account.switches.strict_names and not _STRANGE.isdisjoint(mail.name)
    return ("Invalid", mail.to) if strange else None


def _template(mail: Mail, account: Account) -> tuple[str, str] | None:
    unknown = mail.template is not None and mail.template not in account.templates
    return ("Invalid SMTPAPI header", "") if unknown else None


def _local_part(mail: Mail, _account: Account) -> tuple[str, str] | None:
    return None if mail.to.rpartition("@")[0].isascii() else ("Invalid", mail.to)


def _suppressed(mail: Mail, account: Account) -> tuple[str, str] | None:
    reason = account.suppressed(mail.to, mail.group, mail.at)
    return (reason, mail.to) if reason else None


DROPS: dict[str, Drop] = {
    "name_cut": _name_cut,
    "name_marks": _name_marks,
    "template": _template,
    "local_part": _local_part,
    "suppressed": _suppressed,
}
"""What is taken and dropped later, by its name in `contract.py`."""


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


def life(fate: str, mail: Mail, chance: random.Random) -> Sequence[Happening]:
    """Return what happens to a mail, in the order of the real world; opens and clicks only where they are tracked."""
    if fate == "drop":
        return [Happening(chance.uniform(0.2, 3), "dropped", {"reason": "Spam Content"})]
    told = {"open": mail.opens, "click": mail.clicks}
    return [one for one in _whole_life(fate, mail, chance) if told.get(one.name, True)]


def _whole_life(fate: str, mail: Mail, chance: random.Random) -> Sequence[Happening]:
    start = Happening(chance.uniform(0.2, 2.0), "processed", {"send_at": 0})
    soon = start.after + chance.uniform(0.5, 8.0)
    delivered = Happening(soon, "delivered", {"response": "250 OK", "tls": 1, "ip": "198.51.100.7"})
    if fate == "silent":
        return []
    after = _AFTER_PROCESSED[fate](soon, delivered, chance)
    if after[-1] is delivered and (fate == "open" or (mail.opens_asked and chance.random() < _OPENED)):
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


def _clicked(at: float) -> Happening:
    more = {"useragent": "Mozilla/5.0", "ip": "203.0.113.9", "url": "https://example.org/act"}
    return Happening(at, "click", more | {"url_offset": {"index": 0, "type": "html"}})


def _group(at: float, name: str) -> Happening:
    return Happening(at, name, {"asm_group_id": 101, "ip": "203.0.113.9", "useragent": "Mozilla/5.0", "url": ""})


_AFTER_PROCESSED: dict[str, Callable[[float, Happening, random.Random], list[Happening]]] = {
    "deliver": lambda _at, delivered, _chance: [delivered],
    "bounce": lambda at, _delivered, _chance: [_bounce(at)],
    "block": lambda at, _delivered, _chance: [_block(at)],
    "defer": lambda at, delivered, _chance: [
        _deferred(at, 1), _deferred(at + 600, 2), Happening(at + 4000, "delivered", delivered.more),
    ],
    "defer_block": lambda at, _delivered, _chance: [
        _deferred(at, 1), _deferred(at + 24 * _HOUR, 2), _deferred(at + 48 * _HOUR, 3), _block(at + 72 * _HOUR),
    ],
    "delayed_bounce": lambda at, delivered, _chance: [delivered, _bounce(at + 5 * _HOUR, lost=True)],
    "spam": lambda at, delivered, _chance: [delivered, Happening(at + 900, "spamreport", {})],
    "unsubscribe": lambda at, delivered, _chance: [
        delivered, Happening(at + 300, "unsubscribe", {"ip": "203.0.113.9", "useragent": "Mozilla/5.0", "url": ""}),
    ],
    "group_unsubscribe": lambda at, delivered, _chance: [
        delivered, _group(at + 300, "group_unsubscribe"), _group(at + 900, "group_resubscribe"),
    ],
    "slow": lambda at, delivered, _chance: [Happening(at + 20 * _HOUR, "delivered", delivered.more)],
    "open": lambda _at, delivered, _chance: [delivered],
    "click": lambda at, delivered, chance: [delivered, _opened(at + 60, chance), _clicked(at + 90)],
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
    if happening.name == "unsubscribe":
        more["date"] = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    if mail.categories:
        more["category"] = mail.categories
    return {**mail.custom_args, **more, "sg_message_id": mail.number, "pool": {"name": "shared", "id": 7}, **named}


def event_number(name: str, user: int, message_id: str, serial: int) -> str:
    raw = f"{name}-{user}-{message_id}-{serial}".encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
