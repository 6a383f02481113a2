"""What the SendGrid account says of itself: asked by `advocacy doctor`, never while sending."""

from dataclasses import dataclass
from http.client import HTTPException

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

SECONDS = 8.0
MAIL_SEND = "mail.send"


class AccountError(Exception):
    """The account did not tell; the message says why, without the key."""


@dataclass(frozen=True)
class Account:
    """What the key may do, and the domains authenticated for sending, lower-cased."""

    scopes: frozenset[str]
    domains: frozenset[str]


def ask(key: str, *, url: str) -> Account:
    """Ask for the key's scopes and, where it may, the authenticated domains. Raises AccountError."""
    client = SendGridAPIClient(api_key=key, host=url).client
    client.timeout = SECONDS  # The package waits for ever otherwise.
    try:
        scopes = frozenset(str(scope) for scope in client.scopes.get().to_dict.get("scopes", []))
        domains: frozenset[str] = frozenset()
        if "whitelabel.read" in scopes:
            found = client.whitelabel.domains.get().to_dict
            domains = frozenset(str(each["domain"]).lower() for each in found if each.get("valid"))
    except HTTPError as error:
        raise AccountError(_told(error.status_code)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise AccountError(f"SendGrid does not answer ({type(error).__name__})") from None
    return Account(scopes, domains)


def _told(status: int) -> str:
    if status in {401, 403}:
        return "SendGrid does not take this key"
    return f"SendGrid answers with status {status}"
