"""Organisers: who may sign in, and a new link for who cannot."""

import click
from flask import Flask

from advocacy import gateways
from advocacy.cli.context import note, with_app
from advocacy.config import MailTransport, Settings
from advocacy.domain.permissions import OrganiserRole
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import organisers as operations

_ROLES = [role.value for role in OrganiserRole]


@click.group()
def organisers() -> None:
    """Who may sign in to the desk."""


@organisers.command()
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="What they may do.")
@with_app
def add(app: Flask, email: str, role: str) -> None:
    """Invite EMAIL: they get a link by mail where they choose a password."""
    settings: Settings = app.extensions["advocacy.settings"]
    session = db.session()
    now = moment.now(session, gateways.current().clock)
    person, link = operations.add(
        session, email, OrganiserRole(role), now=now, base_url=settings.base_url, timezone=settings.timezone
    )
    _tell(settings, link, f"{person.email} is invited as {role}. The link works once, for 48 hours.")


@organisers.command()
@click.argument("email")
@with_app
def reset(app: Flask, email: str) -> None:
    """Send EMAIL a link for a new password. A second factor stays as it is."""
    settings: Settings = app.extensions["advocacy.settings"]
    session = db.session()
    now = moment.now(session, gateways.current().clock)
    person, link = operations.reset(session, email, now=now, base_url=settings.base_url)
    _tell(settings, link, f"{person.email} gets a link by mail. It works once, for 30 minutes.")


def _tell(settings: Settings, link: str, said: str) -> None:
    """Print the link where mail does not really leave, so that it can be passed on by hand."""
    note(said)
    if settings.mail_transport is MailTransport.MAILBOX:
        click.echo(link)
