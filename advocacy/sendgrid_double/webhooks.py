"""The settings of the event webhook, as the service tells and takes them (OAS-webhooks). There is one webhook."""

from typing import Any

from advocacy.sendgrid_double.disorder import EVENTS
from advocacy.sendgrid_double.posting import Poster

ID = "77d4a5da-7015-11ed-a1eb-0242ac120002"
MOST = 2
_MADE = "2026-01-01T00:00:00Z"


def setting(event: str) -> str:
    """Return the name of an event's setting: only this one is written otherwise than the event."""
    return "spam_report" if event == "spamreport" else event


def told(poster: Poster) -> dict[str, Any]:
    chosen = {setting(event): event in poster.chosen for event in EVENTS}
    return {
        "id": ID,
        "enabled": poster.enabled and bool(poster.url),
        "url": poster.url,
        **chosen,
        "account_status_change": False,
        "friendly_name": None,
        "created_date": _MADE,
        "updated_date": _MADE,
        "oauth_client_id": None,
        "oauth_token_url": None,
    }


def listed(poster: Poster) -> dict[str, Any]:
    """Return all webhooks; the public key stands here only where posts are signed."""
    signed = {"public_key": poster.public_key} if poster.signed else {}
    return {"max_allowed": MOST, "webhooks": [told(poster) | signed] if poster.url else []}


def change(poster: Poster, given: dict[str, Any]) -> str | None:
    """Change what is given; return what is wrong with it, None when nothing is."""
    if not isinstance(given.get("url"), str):
        return "url is required"
    names = {setting(event): event for event in EVENTS}
    if any(not isinstance(given[name], bool) for name in (*names, "enabled") if name in given):
        return "the settings of events are true or false"
    poster.url, poster.enabled = given["url"], given.get("enabled", poster.enabled)
    for name, event in names.items():
        if name in given:
            (poster.chosen.add if given[name] else poster.chosen.discard)(event)
    return None


def key(poster: Poster) -> dict[str, str]:
    return {"id": ID, "public_key": poster.public_key if poster.signed else ""}


def sign(poster: Poster, *, enabled: bool) -> None:
    """Switch signing on or off; off deletes the key, so that on makes another."""
    if poster.signed and not enabled:
        poster.new_key()
    poster.signed = enabled
