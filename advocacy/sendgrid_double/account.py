"""What the account at the stand-in is: keys, senders, groups, lists of addresses, and what is left open as switches."""

import random
import re
import secrets
from dataclasses import dataclass, field

REAL_KEY = re.compile(r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}")
BATCH_LIFE = 10 * 86400
SUPPRESSION_LISTS = ("bounces", "blocks", "spam_reports", "invalid_emails", "unsubscribes")


@dataclass
class Switches:
    """What nobody outside knows for sure of the real service; tests run each both ways."""

    duplicates_across: bool = True
    """Whether one address may stand in two personalizations of one request."""

    unknown_fields: bool = True
    """Whether top-level fields that do not exist are let pass."""

    rate_headers: bool = False
    """Whether answers carry X-RateLimit headers."""

    scope_missing_is_403: bool = True
    new_event_ids_on_retry: bool = True
    fresh_signature_on_retry: bool = False
    webhook_timeout: float = 3.0
    html_413: bool = False


@dataclass
class Account:
    """`keys` maps an API key to its scopes. `senders` are verified addresses or domains, None when all are."""

    keys: dict[str, set[str]] = field(default_factory=lambda: {"SG.double": {"mail.send", "messages.read"}})
    senders: set[str] | None = None
    groups: dict[int, str] = field(default_factory=dict)
    pools: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    batches: dict[str, float] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    lists: dict[str, dict[str, float]] = field(default_factory=lambda: {name: {} for name in SUPPRESSION_LISTS})
    group_lists: dict[int, set[str]] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    user: int = 50485195

    def verified(self, address: str) -> bool:
        if self.senders is None:
            return True
        domain = address.rpartition("@")[2].lower()
        return address.lower() in self.senders or domain in self.senders

    def suppressed(self, address: str, group: int | None) -> str | None:
        """Return why mail to the address is dropped. Blocks are not held against it (contract.md 2.4)."""
        key = address.lower()
        reasons = {
            "bounces": "Bounced Address",
            "unsubscribes": "Unsubscribed Address",
            "spam_reports": "Spam Reporting Address",
            "invalid_emails": "Invalid",
        }
        for name, reason in reasons.items():
            if key in self.lists[name]:
                return reason
        return "Unsubscribed Address" if group is not None and key in self.group_lists.get(group, set()) else None

    def new_batch(self, now: float) -> str:
        number = secrets.token_urlsafe(27)
        self.batches[number] = now
        return number

    def batch_known(self, number: str, now: float) -> bool:
        made = self.batches.get(number)
        return made is not None and now - made < BATCH_LIFE


def message_number(chance: random.Random) -> str:
    """Return an X-Message-Id of the real form: 22 characters."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(chance.choices(alphabet, k=22))
