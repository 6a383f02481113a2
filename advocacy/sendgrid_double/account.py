"""What the account at the stand-in is: keys, senders, groups, lists of addresses, and what it may still send."""

import random
import re
import secrets
from dataclasses import dataclass, field

from advocacy.sendgrid_double.switches import Switches

REAL_KEY = re.compile(r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}")
BATCH_LIFE = 10 * 86400
GROUP_READY = 60.0
SUPPRESSION_LISTS = ("bounces", "blocks", "spam_reports", "invalid_emails", "unsubscribes")
RECORDS = ("mail_cname", "dkim1", "dkim2")
"""The names of the records that authenticate a domain."""

ALL_SCOPES = frozenset({
    "mail.send", "mail.batch.create", "mail.batch.read", "messages.read", "user.account.read", "whitelabel.read",
    "whitelabel.update", "user.webhooks.event.settings.read", "user.webhooks.event.settings.update",
    "user.webhooks.event.test.create", "user.scheduled_sends.create", "user.scheduled_sends.read",
    "user.scheduled_sends.update", "user.scheduled_sends.delete", "suppression.read", "suppression.delete",
    "asm.groups.create", "asm.groups.read", "asm.groups.suppressions.create",
})  # fmt: skip
"""Every right that an address of the stand-in asks for."""


@dataclass
class Account:
    """`keys` maps an API key to its scopes. `senders` are verified addresses or domains, None when all are.

    `pending` are single senders nobody confirmed yet; `broken_records` are the records of a domain that are not found.
    `credits` is how many mails may still be sent, None for as many as you like.
    """

    keys: dict[str, set[str]] = field(default_factory=lambda: {"SG.double": set(ALL_SCOPES)})
    senders: set[str] | None = None
    pending: set[str] = field(default_factory=set)
    broken_records: dict[str, set[str]] = field(default_factory=dict)
    kind: str = "paid"
    reputation: float = 100.0
    credits: int | None = None
    tracking: dict[str, bool] = field(default_factory=lambda: {"click": True, "open": True, "subscription": True})
    groups: dict[int, str] = field(default_factory=dict)
    groups_made: dict[int, float] = field(default_factory=dict)
    pools: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    batches: dict[str, float] = field(default_factory=dict)
    held: dict[str, tuple[str, float]] = field(default_factory=dict)
    lists: dict[str, dict[str, float]] = field(default_factory=lambda: {name: {} for name in SUPPRESSION_LISTS})
    group_lists: dict[int, set[str]] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    user: int = 50485195

    def verified(self, address: str) -> bool:
        if self.senders is None:
            return True
        domain = address.rpartition("@")[2].lower()
        return address.lower() in self.senders or domain in self.senders

    def suppressed(self, address: str, group: int | None, now: float) -> str | None:
        """Return why mail to the address is dropped by now. Blocks are not held against it (contract.md 2.4)."""
        key = address.lower()
        reasons = {
            "bounces": "Bounced Address",
            "unsubscribes": "Unsubscribed Address",
            "spam_reports": "Spam Reporting Address",
            "invalid_emails": "Invalid",
        }
        for name, reason in reasons.items():
            if self.lists[name].get(key, now + 1) <= now:
                return reason
        return "Unsubscribed Address" if group is not None and key in self.group_lists.get(group, set()) else None

    def spend(self, mails: int) -> int:
        """Take credits for so many mails; return how many of them there was none for."""
        if self.credits is None:
            return 0
        over = max(mails - self.credits, 0)
        self.credits -= mails - over
        return over

    def new_batch(self, now: float) -> str:
        number = secrets.token_urlsafe(27)
        self.batches[number] = now
        return number

    def batch_known(self, number: str, now: float) -> bool:
        made = self.batches.get(number)
        return made is not None and now - made < BATCH_LIFE

    def group_ready(self, number: int, now: float) -> bool:
        return number in self.groups and now - self.groups_made.get(number, 0.0) >= GROUP_READY


def message_number(chance: random.Random) -> str:
    """Return an X-Message-Id of the real form: 22 characters."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(chance.choices(alphabet, k=22))
