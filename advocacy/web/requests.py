"""What holds for each request: GET and HEAD only read, and templates know the settings they print."""

from flask import Flask, current_app, g, request

from advocacy.config import MailTransport, Settings
from advocacy.gateways import current


def register(app: Flask) -> None:
    app.before_request(_mark)
    app.context_processor(_shared)


def settings() -> Settings:
    """Return the settings of the running app."""
    found: Settings = current_app.extensions["advocacy.settings"]
    return found


def _mark() -> None:
    g.read_only = request.method in {"GET", "HEAD", "OPTIONS"}


def _shared() -> dict[str, object]:
    in_force = settings()
    return {
        "organisation": in_force.organisation_name,
        "organisation_address": in_force.organisation_address,
        "base_url": in_force.base_url,
        "contact": in_force.mail_from,
        "mailbox_in_use": in_force.mail_transport is MailTransport.MAILBOX,
        "now": current().clock.now(),
    }
