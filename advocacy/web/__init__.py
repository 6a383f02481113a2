"""HTTP: the table of page families. Each route says who may enter (web/access.py)."""

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect

from advocacy.web import assets, errors, headers, health, hooks, locale, mailbox, requests, security, sentences, wording
from advocacy.web.desk.family import PAGES
from advocacy.web.public import act, after, campaigns, confirm, data, leave, limits, reply

FAMILIES: tuple[Blueprint, ...] = (
    campaigns.bp,
    confirm.bp,
    act.bp,
    after.bp,
    reply.bp,
    leave.bp,
    data.bp,
    health.bp,
    hooks.bp,
    mailbox.bp,
    *PAGES,
)

CSRF_EXEMPT = ("unsubscribe.one_click", "hooks.sendgrid")
"""The one-click POST comes from a mail program (RFC 8058), the event webhook from the provider (signed)."""


def register(app: Flask) -> None:
    requests.register(app)  # Before the form is read, and the check of its token reads it.
    csrf = CSRFProtect()
    csrf.init_app(app)
    locale.register(app)
    security.register(app)
    errors.register(app)
    headers.register(app)
    assets.register(app)
    wording.register(app)
    sentences.register(app)
    limits.register(app)
    for family in FAMILIES:
        app.register_blueprint(family)
    for endpoint in CSRF_EXEMPT:
        if endpoint in app.view_functions:
            csrf.exempt(app.view_functions[endpoint])
