"""`advocacy doctor`: what is wrong with this installation, and what to do about it."""

from collections.abc import Iterator
from dataclasses import asdict

import click
import redis
from flask import Flask
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from advocacy import gateways
from advocacy.cli.context import note, print_json, with_app
from advocacy.config import MailTransport, Settings
from advocacy.domain import provider_account
from advocacy.domain.findings import Finding, Grade, bad, good, warning
from advocacy.gateways import dns, sendgrid_account
from advocacy.gateways.resources import migrations_path
from advocacy.models import moment
from advocacy.models.base import db
from advocacy.operations import checkup, sending_domain

_MARKS = {Grade.GOOD: "ok", Grade.UNKNOWN: "?", Grade.WARNING: "warning", Grade.BAD: "BAD"}


@click.command()
@click.option("--free", is_flag=True, help="Give back the few megabytes kept for a full disk, and do nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_app
def doctor(app: Flask, free: bool, as_json: bool) -> None:  # noqa: FBT001
    """Check settings, database, engine, broker, provider and the sender's domain. Exits with 1 if something is bad."""
    settings: Settings = app.extensions["advocacy.settings"]
    found = [checkup.free(settings.instance_path)] if free else list(_all(settings))
    if not free:
        checkup.keep_ballast(settings.instance_path)
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        _print(found)
    if any(finding.grade is Grade.BAD for finding in found):
        raise SystemExit(1)


def _all(settings: Settings) -> Iterator[Finding]:
    session, clock = db.session(), gateways.current().clock
    yield from checkup.settings(settings)
    database = list(checkup.database(session, settings, clock, migrations_path()))
    yield from database
    sound = not any(finding.grade is Grade.BAD for finding in database)
    if sound:
        yield from checkup.engine(session, clock, migrations_path())
    yield _broker(settings)
    if settings.mail_transport is MailTransport.SENDGRID:
        yield from _account(settings)
    if sound and settings.mail_transport is not MailTransport.MAILBOX:
        yield from _domain(settings)


def _broker(settings: Settings) -> Finding:
    if not settings.redis_url:
        return good("broker", "None is set: `advocacy up` brings its own.")
    try:
        with Connection(  # type: ignore[no-untyped-call]
            settings.redis_url, connect_timeout=3, transport_options={"socket_timeout": 3}
        ) as connection:
            connection.ensure_connection(max_retries=1, timeout=4)
    except (OperationalError, OSError, redis.RedisError):
        return warning(
            "broker", "It does not answer; sending goes on without it, slower.", "Check REDIS_URL and the server."
        )
    return good("broker", "It answers.")


def _account(settings: Settings) -> Iterator[Finding]:
    try:
        account = sendgrid_account.ask(settings.sendgrid_api_key.get_secret_value(), url=settings.sendgrid_api_url)
    except sendgrid_account.AccountError as error:
        yield bad("SENDGRID_API_KEY", f"{error}.", "Check the key in SendGrid under Settings, API Keys.")
        return
    keys = tuple(key.strip() for key in settings.sendgrid_webhook_key.split(","))
    wanted = provider_account.Wanted(settings.mail_from, f"{settings.base_url}/hooks/sendgrid", keys)
    yield from provider_account.findings(account, wanted)


def _domain(settings: Settings) -> Iterator[Finding]:
    session, clock = db.session(), gateways.current().clock
    sending_domain.look(session, settings, texts=dns.texts, now=moment.now(session, clock))
    seen = sending_domain.standing(session, settings)
    yield from (Finding(each.what, each.grade, each.told, each.remedy) for each in seen.records)
    if seen.trial:
        yield warning(
            "trial", "Only your team gets mail until DKIM and DMARC are found.", "See Settings, Sending domain."
        )


def _print(found: list[Finding]) -> None:
    for finding in found:
        click.echo(f"{_MARKS[finding.grade]:>8}  {finding.about}: {finding.told}")
        if finding.remedy:
            click.echo(f"{'':>8}  → {finding.remedy}")
    worst = sum(finding.grade is Grade.BAD for finding in found)
    note(f"{worst} bad, {sum(finding.grade is Grade.WARNING for finding in found)} to look after." if found else "")
