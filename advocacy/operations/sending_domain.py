"""The domain we write from: looked at once a day and when asked to, and the trial that lasts until it is green.

Pages never ask the name system themselves: they leave word, and a worker looks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.config import Env, MailTransport, Settings
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.findings import Grade
from advocacy.domain.sending_domain import SELECTORS, Record, a_selector, is_green, judge, names_to_ask
from advocacy.domain.sentence import Sentence
from advocacy.gateways.dns import UnansweredError
from advocacy.models.installation import SendingDomain
from advocacy.models.organiser import Organiser
from advocacy.operations import audit

EVERY = timedelta(hours=24)
PATIENCE = timedelta(minutes=5)
"""After a look that nobody answered, so long until the next."""

_ROW = 1

Texts = Callable[[str], list[str]]
"""Gives the TXT records of a name. Raises UnansweredError."""


@dataclass(frozen=True)
class Standing:
    """What is known of the domain. `trial`: until it is green, or an owner says otherwise, only the team gets mail."""

    domain: str
    selector: str
    records: tuple[Record, ...]
    green: bool
    waiting: bool
    checked_at: datetime | None
    released_at: datetime | None
    trial: bool


def standing(session: Session, settings: Settings) -> Standing:
    """Return what is known of the domain we write from."""
    row = _seen(session, settings)
    return Standing(
        domain=domain_of(settings),
        selector=row.selector,
        records=tuple(Record.from_json(each) for each in row.records),
        green=row.green,
        waiting=row.asked_at is not None and (row.checked_at is None or row.asked_at > row.checked_at),
        checked_at=row.checked_at,
        released_at=row.released_at,
        trial=has_trial(settings) and not row.green and row.released_at is None,
    )


def in_trial(session: Session, settings: Settings) -> bool:
    """Whether only members of the team may be written to."""
    return has_trial(settings) and standing(session, settings).trial


def team_alone(session: Session, settings: Settings) -> frozenset[str] | None:
    """Return the addresses that may be written to during a trial, those of the team; None when everybody may."""
    if not in_trial(session, settings):
        return None
    return frozenset(session.scalars(select(Organiser.email).where(Organiser.active)))


def has_trial(settings: Settings) -> bool:
    """Whether an installation of this kind begins with a trial: in production, where mail really leaves."""
    return settings.advocacy_env is Env.PRODUCTION and settings.mail_transport is not MailTransport.MAILBOX


def ask(session: Session, settings: Settings, *, selector: str, now: datetime) -> None:
    """Leave word that the domain is to be looked at, under this DKIM selector too. Raises InvalidError."""
    wanted = a_selector(selector) if selector.strip() else ""
    if wanted is None:
        raise InvalidError(
            "“%(selector)s” is no DKIM selector: letters, digits and hyphens, as your provider shows it.",
            selector=selector[:80],
            faults={"selector": Sentence("Letters, digits and hyphens.")},
        )
    row = _held(session, settings)
    row.selector, row.asked_at = wanted, now
    session.commit()


def release(session: Session, settings: Settings, *, now: datetime, actor: str) -> None:
    """End the trial on an owner's word. Raises ConflictError where there is none."""
    if not in_trial(session, settings):
        raise ConflictError("There is no trial to end: mail goes to everyone it is for.")
    row = _held(session, settings)
    row.released_at = now
    audit.record(session, actor=actor, what="trial.ended", object_=f"domain:{row.domain}", now=now)
    session.commit()


def look_when_it_is_time(session: Session, settings: Settings, *, texts: Texts, now: datetime) -> bool:
    """Look at the domain if somebody asked or a day has passed; return whether it did."""
    row = _seen(session, settings)
    wants = settings.mail_transport is not MailTransport.MAILBOX and settings.advocacy_env is not Env.TEST
    if not (wants and _is_time(row, now)):
        session.rollback()
        return False
    look(session, settings, texts=texts, now=now)
    return True


def look(session: Session, settings: Settings, *, texts: Texts, now: datetime) -> None:
    """Look at the domain now and keep what was seen. `texts` gives the TXT records of a name."""
    own = _seen(session, settings).selector
    session.rollback()  # Nobody waits for the name system with a transaction open.
    domain, selectors = domain_of(settings), tuple(dict.fromkeys([own, *SELECTORS] if own else SELECTORS))
    try:
        found = {name: texts(name) for name in names_to_ask(domain, selectors)}
        records: Sequence[Record] = judge(domain, found, selectors=selectors, spf=_spf(settings))
    except UnansweredError:
        told = Sentence("The records of %(domain)s could not be read.", domain=domain)
        remedy = Sentence("Check this machine's resolver, try again.")
        records = [Record("DNS", domain, (), "", Grade.UNKNOWN, told, remedy)]
    _keep(session, settings, records, now)


def domain_of(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].lower()


def _keep(session: Session, settings: Settings, records: Sequence[Record], now: datetime) -> None:
    row = _held(session, settings)
    green = is_green(records)
    if all(record.grade is not Grade.UNKNOWN for record in records):
        if row.green != green:
            what = "domain.green" if green else "domain.not_green"
            audit.record(session, actor="engine", what=what, object_=f"domain:{row.domain}", now=now)
        row.green = green
    row.records, row.checked_at = [record.as_json() for record in records], now
    session.commit()


def _is_time(row: SendingDomain, now: datetime) -> bool:
    if row.checked_at is None:
        return True
    if row.asked_at is not None and row.asked_at > row.checked_at:
        return True
    unknown = any(record["grade"] == Grade.UNKNOWN for record in row.records)
    return now - row.checked_at >= (PATIENCE if unknown else EVERY)


def _seen(session: Session, settings: Settings) -> SendingDomain:
    """Return what is kept of the domain in force, to be read: of another domain nothing is known yet."""
    row = session.get(SendingDomain, _ROW)
    domain = domain_of(settings)
    if row is None or row.domain != domain:
        return SendingDomain(id=_ROW, domain=domain, selector="", records=[], green=False)
    return row


def _held(session: Session, settings: Settings) -> SendingDomain:
    """Return the row to be changed, locked; another domain than the one it tells of begins anew."""
    row = session.get(SendingDomain, _ROW, with_for_update=True)
    domain = domain_of(settings)
    if row is not None and row.domain != domain:
        session.delete(row)
        session.flush()
        row = None
    if row is None:
        row = SendingDomain(id=_ROW, domain=domain, selector="", records=[], green=False)
        session.add(row)
    return row


def _spf(settings: Settings) -> str:
    if settings.mail_transport is MailTransport.SENDGRID:
        return "v=spf1 include:sendgrid.net ~all"
    host = urlsplit(settings.smtp_url.get_secret_value()).hostname or domain_of(settings)
    return f"v=spf1 a:{host} ~all"
