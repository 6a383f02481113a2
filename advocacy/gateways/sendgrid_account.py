"""What the SendGrid account says of itself: asked by `advocacy doctor`, never while sending."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from python_http_client.exceptions import ForbiddenError, HTTPError, NotFoundError
from sendgrid import SendGridAPIClient

from advocacy.domain.provider_account import ACCOUNT, DOMAINS, HOOKS, Account, Domain, Record, Webhook

SECONDS = 8.0


class AccountError(Exception):
    """The account did not tell; the message says why, without the key."""


def ask(key: str, *, url: str, seconds: float = SECONDS) -> Account:
    """Ask for what the key may do and, where it may, for plan, senders and webhooks. Raises AccountError.

    Each question waits `seconds` at most; there are at most five and one more for each webhook.
    """
    client = SendGridAPIClient(api_key=key, host=url).client
    client.timeout = seconds  # The package waits for ever otherwise.
    try:
        scopes = frozenset(str(scope) for scope in client.scopes.get().to_dict.get("scopes", []))
        plan = _allowed(client.user.account.get) if ACCOUNT in scopes else None
        domains = _allowed(client.whitelabel.domains.get) if DOMAINS in scopes else None
        singles = _allowed(client.verified_senders.get)
        hooks = _allowed(client.user.webhooks.event.settings.all.get) if HOOKS in scopes else None
        return Account(
            scopes,
            kind=None if plan is None else str(plan.get("type") or "") or None,
            reputation=None if plan is None or plan.get("reputation") is None else float(plan["reputation"]),
            domains=None if domains is None else tuple(_domain(each) for each in domains),
            singles=None if singles is None else _singles(singles),
            webhooks=None if hooks is None else tuple(_webhook(client, each) for each in hooks.get("webhooks", [])),
        )
    except HTTPError as error:
        raise AccountError(_told(error.status_code)) from None
    except (OSError, HTTPException) as error:
        raise AccountError(f"SendGrid does not answer ({type(error).__name__})") from None
    except (ValueError, TypeError, AttributeError, KeyError):
        raise AccountError("SendGrid answers in a form that is not known") from None


def _allowed(get: Callable[[], Any]) -> Any:
    """Return the parsed answer, None where the key has no right to it."""
    try:
        return get().to_dict
    except (ForbiddenError, NotFoundError):
        return None


def _domain(given: dict[str, Any]) -> Domain:
    records = tuple(
        Record(
            str(each.get("type", "")), str(each.get("host", "")), str(each.get("data", "")), each.get("valid") is True
        )
        for each in (given.get("dns") or {}).values()
    )
    return Domain(str(given["domain"]).lower(), given.get("valid") is True, records)


def _singles(given: dict[str, Any]) -> dict[str, bool]:
    return {str(each["from_email"]).lower(): each.get("verified") is True for each in given.get("results", [])}


def _webhook(client: Any, given: dict[str, Any]) -> Webhook:
    """Read one webhook; whether and with what it signs stands at an address of its own."""
    signing = _allowed(client.user.webhooks.event.settings.signed._(str(given["id"])).get) or {}
    on = frozenset(name for name, value in given.items() if value is True and name != "enabled")
    return Webhook(str(given.get("url", "")), given.get("enabled") is True, on, str(signing.get("public_key") or ""))


def _told(status: int) -> str:
    if status in {401, 403}:
        return "SendGrid does not take this key"
    return f"SendGrid answers with status {status}"
