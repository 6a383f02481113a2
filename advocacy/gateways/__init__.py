"""The outside: the bundle of gateways, and `connect`, which builds the real ones."""

from dataclasses import dataclass, field

from flask import current_app

from advocacy.config import MailTransport, Settings
from advocacy.domain.email import Writer
from advocacy.domain.handover import Provider
from advocacy.gateways.clock import Clock, OffsetClock, SystemClock
from advocacy.gateways.mailbox import Mailbox
from advocacy.gateways.mails import Mails


@dataclass(frozen=True)
class Gateways:
    """Everything outside that the product speaks to. `mailbox` is there only when it is the provider."""

    clock: Clock
    provider: Provider
    mailbox: Mailbox | None = None
    mails: Writer = field(default_factory=Mails)


def connect(settings: Settings) -> Gateways:
    """Build the gateways that the settings ask for."""
    clock = OffsetClock(settings.clock_offset_file) if settings.clock_offset_file else SystemClock()
    if settings.mail_transport is MailTransport.MAILBOX:
        mailbox = Mailbox(settings.instance_path / "mailbox", clock)
        return Gateways(clock=clock, provider=mailbox, mailbox=mailbox)
    raise NotImplementedError(settings.mail_transport)


def current() -> Gateways:
    """Return the gateways of the running app."""
    bundle: Gateways = current_app.extensions["advocacy.gateways"]
    return bundle
