"""The outside: the bundle of gateways, and `connect`, which builds the real ones."""

from dataclasses import dataclass, field

from flask import current_app

from advocacy.config import MailTransport, Settings, SettingsError
from advocacy.domain.email import Writer
from advocacy.domain.handover import Provider
from advocacy.gateways.clock import Clock, OffsetClock, SystemClock
from advocacy.gateways.mailbox import Mailbox
from advocacy.gateways.mails import Mails
from advocacy.gateways.pdf import Press
from advocacy.gateways.sendgrid import SendGrid
from advocacy.gateways.sendgrid_reports import SendGridReports
from advocacy.gateways.smtp import Smtp


@dataclass(frozen=True)
class Gateways:
    """Everything outside that the product speaks to. `mailbox` is there only when it is the provider, `reports` only
    where the provider tells what became of the mails."""

    clock: Clock
    provider: Provider
    mailbox: Mailbox | None = None
    mails: Writer = field(default_factory=Mails)
    press: Press = field(default_factory=Press)
    reports: SendGridReports | None = None


def connect(settings: Settings) -> Gateways:
    """Build the gateways that the settings ask for."""
    clock = OffsetClock(settings.clock_offset_file) if settings.clock_offset_file else SystemClock()
    if settings.mail_transport is MailTransport.MAILBOX:
        mailbox = Mailbox(settings.instance_path / "mailbox", clock)
        return Gateways(clock=clock, provider=mailbox, mailbox=mailbox)
    try:
        if settings.mail_transport is MailTransport.SMTP:
            return Gateways(clock=clock, provider=Smtp(settings.smtp_url.get_secret_value(), clock))
        reports = SendGridReports(tuple(key.strip() for key in settings.sendgrid_webhook_key.split(",")))
        return Gateways(clock=clock, provider=_sendgrid(settings, clock), reports=reports)
    except ValueError as error:
        raise SettingsError(f"MAIL_TRANSPORT={settings.mail_transport.value} cannot be used: {error}") from None


def _sendgrid(settings: Settings, clock: Clock) -> SendGrid:
    return SendGrid(
        api_key=settings.sendgrid_api_key.get_secret_value(),
        url=settings.sendgrid_api_url,
        clock=clock,
        timeout=settings.provider_timeout,
    )


def current() -> Gateways:
    """Return the gateways of the running app."""
    bundle: Gateways = current_app.extensions["advocacy.gateways"]
    return bundle
