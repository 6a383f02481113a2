"""What the account at SendGrid says of itself, judged: what is, what is wanted, and how to mend it.

None stands for what the key may not read. Which scope reads which address is documented (api-key-permissions); that
the verified senders need one is not, so a refusal there is no finding of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from advocacy.domain.findings import Finding, bad, good, unknown, warning

MAIL_SEND = "mail.send"
LOGS = "messages.read"
ACCOUNT = "user.account.read"
DOMAINS = "whitelabel.read"
HOOKS = "user.webhooks.event.settings.read"

_LACKS = {
    LOGS: (
        "mails in doubt after a broken connection cannot be looked up; they wait for reports or for you",
        "Email Logs (or Email Activity), read",
    ),
    DOMAINS: ("it cannot be told whether the sender's domain is authenticated", "Sender Authentication, read"),
    HOOKS: (
        "it cannot be told whether reports of bounces and complaints come",
        "Mail Settings, Event Notification, read",
    ),
    ACCOUNT: ("it cannot be told whether this is a trial", "User Account, read"),
}
_TOO_MUCH = ("api_keys.", "teammates.", "billing.", "subusers.")
_LOW_REPUTATION = 75.0

NEEDED = ("processed", "deferred", "delivered", "dropped", "bounce", "spam_report", "unsubscribe", "group_unsubscribe")
"""The settings of the events that we act on; the opens of a campaign that counts them are its owner's choice."""


@dataclass(frozen=True)
class Record:
    """A DNS record that authenticates a domain, as SendGrid wants it and whether it found it."""

    kind: str
    host: str
    data: str
    valid: bool


@dataclass(frozen=True)
class Domain:
    """An authenticated domain, lower-cased. `valid` is what SendGrid says of the whole, which may be too kind."""

    name: str
    valid: bool
    records: tuple[Record, ...] = ()

    @property
    def broken(self) -> tuple[Record, ...]:
        return tuple(record for record in self.records if not record.valid)


@dataclass(frozen=True)
class Webhook:
    """An event webhook. `key` signs its posts, empty when nothing does; `events` are the settings that are on."""

    url: str
    enabled: bool
    events: frozenset[str]
    key: str


@dataclass(frozen=True)
class Account:
    """All of it. `kind` is free or paid, `reputation` 0 to 100; `singles` maps a single sender to whether it is confirmed."""

    scopes: frozenset[str]
    kind: str | None = None
    reputation: float | None = None
    domains: tuple[Domain, ...] | None = None
    singles: dict[str, bool] | None = None
    webhooks: tuple[Webhook, ...] | None = None


@dataclass(frozen=True)
class Wanted:
    """What our settings say: the sender's address, where reports are taken, and the keys they may be signed with."""

    sender: str
    webhook: str
    webhook_keys: tuple[str, ...]


def findings(account: Account, wanted: Wanted) -> Iterator[Finding]:
    """Yield every finding, the good ones too."""
    yield from _key(account.scopes)
    yield from _plan(account)
    yield from _sender(account, wanted.sender.lower())
    if account.webhooks is not None:
        yield from _reports(account.webhooks, wanted)


def _key(scopes: frozenset[str]) -> Iterator[Finding]:
    if MAIL_SEND in scopes:
        yield good("SENDGRID_API_KEY", "It may send mail.")
    else:
        yield bad("SENDGRID_API_KEY", "It may not send mail (it lacks mail.send).", _give("Mail Send"))
    for scope, (means, name) in _LACKS.items():
        if scope not in scopes:
            yield warning("SENDGRID_API_KEY", f"It lacks {scope}: {means}.", _give(name))
    if more := sorted(scope for scope in scopes if scope.startswith(_TOO_MUCH)):
        yield warning(
            "SENDGRID_API_KEY",
            f"It may do more than we need ({', '.join(more[:3])}); whoever steals it may too.",
            "Make a key of its own with restricted access, put it in, and delete this one.",
        )


def _give(name: str) -> str:
    return f"In SendGrid under Settings, API Keys, edit the key and give it: {name}."


def _plan(account: Account) -> Iterator[Finding]:
    if account.kind == "free":
        yield warning(
            "SendGrid plan",
            "It is a free or trial account: about 100 mails a day, then every mail is refused.",
            "Choose a paid plan before the first mail to many.",
        )
    elif account.kind is not None:
        yield good("SendGrid plan", f"It is a {account.kind} account.")
    if account.reputation is None:
        return
    if account.reputation < _LOW_REPUTATION:
        yield warning(
            "SendGrid reputation",
            f"It is {account.reputation:g} of 100; mails may be slowed or end among spam.",
            "Look at bounces and complaints, and write to few until it is above 75.",
        )
    else:
        yield good("SendGrid reputation", f"It is {account.reputation:g} of 100.")


def _sender(account: Account, sender: str) -> Iterator[Finding]:
    name = sender.rpartition("@")[2]
    same = [one for one in account.domains or () if name == one.name]
    above = next((one.name for one in account.domains or () if name.endswith(f".{one.name}") and one.valid), None)
    single = (account.singles or {}).get(sender)
    if any(one.valid and not one.broken for one in same):
        yield good("MAIL_FROM", f"{name} is authenticated with SendGrid.")
    elif same:
        yield _broken(same[0])
    elif single:
        yield warning(
            "MAIL_FROM",
            f"{sender} is a verified single sender; {name} itself is not authenticated, so many mailboxes distrust it.",
            f"Authenticate {name} in SendGrid under Settings, Sender Authentication.",
        )
    elif single is False:
        yield bad(
            "MAIL_FROM",
            f"{sender} is a single sender that nobody confirmed; SendGrid refuses its mails.",
            f"Press the link in SendGrid's mail to {sender}, or authenticate {name}.",
        )
    elif above is not None:
        yield unknown(
            "MAIL_FROM",
            f"{above} is authenticated with SendGrid; whether that holds for {name} is not documented.",
            f"Authenticate {name} itself to be sure.",
        )
    elif account.domains is None or account.singles is None:
        yield unknown("MAIL_FROM", f"Whether SendGrid takes mail from {name} cannot be told with this key.")
    else:
        yield bad(
            "MAIL_FROM",
            f"SendGrid knows neither {name} nor {sender}; it answers every mail with 403.",
            f"Authenticate {name} in SendGrid under Settings, Sender Authentication.",
        )


def _broken(domain: Domain) -> Finding:
    wanted = "; ".join(f"{one.host} {one.kind.upper()} {one.data}" for one in domain.broken)
    return bad(
        "MAIL_FROM",
        f"{domain.name} is with SendGrid, but {_count(len(domain.broken))} not found.",
        f"Set where the domain's DNS is kept: {wanted}." if wanted else "Press “Verify” beside the domain in SendGrid.",
    )


def _count(records: int) -> str:
    return {0: "its records were", 1: "one of its records was"}.get(records, f"{records} of its records were")


def _reports(webhooks: tuple[Webhook, ...], wanted: Wanted) -> Iterator[Finding]:
    ours = next((one for one in webhooks if one.url.rstrip("/") == wanted.webhook), None)
    if ours is None:
        others = ", ".join(one.url for one in webhooks) or "none"
        yield bad(
            "SendGrid reports",
            f"No webhook tells {wanted.webhook} (there are: {others}); bounces and complaints would stay unknown.",
            f"In SendGrid under Settings, Mail Settings, Event Webhooks, make one with this address: {wanted.webhook}",
        )
        return
    if not ours.enabled:
        yield bad("SendGrid reports", "The webhook is switched off.", "Switch it on under Event Webhooks.")
    if missing := [name for name in NEEDED if name not in ours.events]:
        yield warning(
            "SendGrid reports",
            f"The webhook does not tell: {', '.join(missing)}.",
            "Tick these events for it under Event Webhooks.",
        )
    elif ours.enabled:
        yield good("SendGrid reports", "The webhook tells every event that is needed.")
    yield _signing(ours, wanted)


def _signing(ours: Webhook, wanted: Wanted) -> Finding:
    if not ours.key:
        return bad(
            "SENDGRID_WEBHOOK_KEY",
            "Posts of the webhook are not signed; we refuse every one of them.",
            "Switch “Signed Event Webhook” on and put its public key into SENDGRID_WEBHOOK_KEY.",
        )
    if ours.key not in wanted.webhook_keys:
        return bad(
            "SENDGRID_WEBHOOK_KEY",
            "Posts are signed with another key than ours; we refuse every one of them.",
            f"Set SENDGRID_WEBHOOK_KEY={ours.key} (with the old one behind a comma while posts signed by it may come).",
        )
    return good("SENDGRID_WEBHOOK_KEY", "It is the key that signs the webhook's posts.")
