"""Correcting a campaign: its fields, demands and addressees, and which doubts of the reading a person has settled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from advocacy.domain import opening, zones
from advocacy.domain.addressee import Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError
from advocacy.domain.sentence import Sentence
from advocacy.models.campaign import AddresseeRow, Campaign, Demand
from advocacy.models.supporter import Action
from advocacy.operations import audit, embassies

MOST_DEMANDS = 20
MOST_ADDRESSEES = 40
LONGEST = {
    "title": 300,
    "index_number": 80,
    "ua_number": 40,
    "summary": 1000,
    "concern": 400,
    "case_text": 20000,
    "background": 20000,
    "safety_notice": 2000,
}
LONGEST_DEMAND = 600
_LONGEST_LINE = 200
_MOST_LINES = 12


@dataclass(frozen=True)
class Entered:
    """An addressee as an organiser typed it. `row_id` is None for a new one; an empty name removes."""

    row_id: int | None
    name: str
    role: Role
    office: str = ""
    salutation: str = ""
    postal_lines: Sequence[str] = ()
    country: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    faxes: Sequence[str] = ()
    web_form: str = ""
    social: str = ""
    language: str = ""
    for_countries: Sequence[str] = ()
    form_asks: Sequence[str] = ()
    opening_hours: Sequence[str] = ()
    timezone: str = ""


@dataclass(frozen=True)
class Corrections:
    """What an organiser typed about a campaign. A field that is None is left alone.

    `texts` holds those of title, index_number, ua_number, summary, concern, case_text, background and safety_notice that were
    on the form; `checked` the doubts they settled.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    issued: date | None = None
    deadline: date | None = None
    timezone: str | None = None
    language: str | None = None
    countries: Sequence[str] | None = None
    demands: Sequence[str] | None = None
    addressees: Sequence[Entered] | None = None
    checked: Sequence[str] = ()


def correct(session: Session, campaign: Campaign, given: Corrections, *, now: datetime, actor: str) -> None:
    """Save what an organiser typed, all or nothing. Raises InvalidError naming each field at fault.

    The deadline and its zone are set here only while it is a draft; afterwards `campaigns.move_deadline` moves them.
    """
    changed = put(session, campaign, given, now=now)
    if changed or given.checked:
        _record(session, campaign, "campaign.edited", now=now, actor=actor, details={"fields": changed})
    session.commit()


def put(session: Session, campaign: Campaign, given: Corrections, *, now: datetime) -> list[str]:
    """Set what was given, in the caller's transaction, and return the names of the fields that changed.

    A demand or an addressee that is not among those given is taken out, and can be put back (`put_back`).
    """
    faults = {**_text_faults(given), **_place_faults(given), **_people_faults(given)}
    if faults:
        raise InvalidError("Something needs another look before it can be saved.", faults=faults)
    before = _told(campaign)
    _set_fields(campaign, given)
    if given.demands is not None:
        _set_demands(session, campaign, given.demands, now)
    if given.addressees is not None:
        _set_addressees(session, campaign, given.addressees, now)
    _settle(campaign, given.checked)
    return sorted(name for name, value in _told(campaign).items() if before[name] != value)


def put_back(session: Session, campaign: Campaign, row: Demand | AddresseeRow, *, now: datetime, actor: str) -> None:
    """Undo that a demand or an addressee was taken out: it stands again where it stood. Twice changes nothing more."""
    if row.removed_at is None:
        return
    those = campaign.demands if isinstance(row, Demand) else campaign.addressees
    if isinstance(row, Demand) and len(those) >= MOST_DEMANDS:
        raise ConflictError("There are %(most)s demands already. Take one out first.", most=MOST_DEMANDS)
    if len(those) >= MOST_ADDRESSEES:
        raise ConflictError("There are %(most)s people already. Take one out first.", most=MOST_ADDRESSEES)
    for other in those:
        other.position += other.position >= row.position
    row.removed_at = None
    _reload(session, campaign)
    if isinstance(row, AddresseeRow):
        embassies.put_copies(session, campaign)
    details = {"fields": ["demands" if isinstance(row, Demand) else "addressees"], "put_back": row.id}
    _record(session, campaign, "campaign.edited", now=now, actor=actor, details=details)
    session.commit()


def mark_reviewed(session: Session, campaign: Campaign, *, now: datetime, actor: str) -> None:
    """Say that a person has looked at the whole reading: nothing is left to check."""
    if campaign.document is not None:
        _settle(campaign, campaign.document.reading.get("doubts", []))
    campaign.reviewed_at = now
    _record(session, campaign, "campaign.reviewed", now=now, actor=actor, details={})
    session.commit()


def left_to_check(campaign: Campaign) -> list[str]:
    """Return the reading's doubts that nobody has settled yet, the least sure first."""
    if campaign.document is None or campaign.reviewed_at is not None:
        return []
    checked = set(campaign.document.reading.get("checked", []))
    return [name for name in campaign.document.reading.get("doubts", []) if name not in checked]


def _text_faults(given: Corrections) -> dict[str, Sentence]:
    faults = {
        name: Sentence("Use at most %(most)s characters; this has %(number)s.", most=LONGEST[name], number=len(text))
        for name, text in given.texts.items()
        if len(text) > LONGEST[name]
    }
    if "title" in given.texts and not given.texts["title"].strip():
        faults["title"] = Sentence("Give it a title: the line by which people will know it.")
    for number, text in enumerate(given.demands or ()):
        if len(text) > LONGEST_DEMAND:
            faults[f"demands[{number}]"] = Sentence(
                "Use at most %(most)s characters for one demand.", most=LONGEST_DEMAND
            )
    if len([text for text in given.demands or () if text.strip()]) > MOST_DEMANDS:
        faults["demands"] = Sentence("Use at most %(most)s demands.", most=MOST_DEMANDS)
    return faults


def _place_faults(given: Corrections) -> dict[str, Sentence]:
    faults: dict[str, Sentence] = {}
    if given.timezone is not None and given.timezone not in zones.known():
        faults["timezone"] = Sentence("Choose a time zone from the list, as in America/Toronto.")
    if given.language is not None and not _is_language(given.language):
        faults["language"] = Sentence("Choose a language from the list.")
    return faults


def _people_faults(given: Corrections) -> dict[str, Sentence]:
    faults = {}
    for number, each in enumerate(given.addressees or ()):
        for name, fault in _addressee_faults(each).items():
            faults[f"targets[{number}].{name}"] = fault
    if len(given.addressees or ()) > MOST_ADDRESSEES + 1:
        faults["targets"] = Sentence("Use at most %(most)s people to write to.", most=MOST_ADDRESSEES)
    return faults


def _addressee_faults(each: Entered) -> dict[str, Sentence]:
    faults = {}
    if not each.name.strip() and any((each.postal_lines, each.emails, each.phones, each.salutation.strip())):
        faults["name"] = Sentence("Say who this is: a name or an office.")
    for email in each.emails:
        try:
            validate_email(email, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            faults["emails"] = Sentence("“%(email)s” is no e-mail address.", email=email[:80])
    link = urlsplit(each.web_form)
    if each.web_form and (link.scheme not in {"http", "https"} or not link.netloc):
        faults["web_form"] = Sentence("Write the whole address of the form, beginning with https://.")
    codes = [code for code in (each.country, *each.for_countries) if code]
    unknown = [code for code in codes if code not in Locale("en").territories or not re.fullmatch("[A-Z]{2}", code)]
    if unknown:
        faults["country"] = Sentence("“%(code)s” is no country code of two letters, as in CA.", code=unknown[0])
    for name in ("postal_lines", "form_asks", "opening_hours"):
        lines = getattr(each, name)
        if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
            faults[name] = Sentence(
                "Use at most %(lines)s lines of at most %(characters)s characters.",
                lines=_MOST_LINES,
                characters=_LONGEST_LINE,
            )
    return faults | _hour_faults(each)


def _hour_faults(each: Entered) -> dict[str, Sentence]:
    faults = {}
    try:
        opening.parse(each.opening_hours)
    except ValueError as error:
        faults["opening_hours"] = Sentence(
            "“%(line)s” cannot be read. Write it as in Mo-Fr 9:00-12:30, 14:00-17:00.", line=error.args[0][:80]
        )
    if each.timezone and each.timezone not in zones.known():
        faults["timezone"] = Sentence("Choose a time zone from the list, as in America/Toronto.")
    return faults


def _set_fields(campaign: Campaign, given: Corrections) -> None:
    for name, text in given.texts.items():
        one_line = name in {"title", "index_number", "ua_number"}
        value = " ".join(text.split()) if one_line else text.replace("\r\n", "\n").strip()
        setattr(campaign, name, (value or None) if name in {"index_number", "ua_number"} else value)
    if given.issued is not None:
        campaign.issued = given.issued
    if given.language is not None:
        campaign.language = given.language
    if given.countries is not None:
        campaign.countries = [country.strip()[:80] for country in given.countries if country.strip()]
    if campaign.state is CampaignState.DRAFT:
        campaign.deadline = given.deadline or campaign.deadline
        campaign.timezone = given.timezone or campaign.timezone


def _set_demands(session: Session, campaign: Campaign, texts: Sequence[str], now: datetime) -> None:
    """Each text keeps the row that says it; a text that is new takes the row of one that is not there any more."""
    kept = [" ".join(text.split()) for text in texts if text.strip()]
    free = list(campaign.demands)
    rows: list[Demand | None] = []
    for text in kept:
        row = next((each for each in free if each.text == text), None)
        rows.append(row)
        if row is not None:
            free.remove(row)
    for number, text in enumerate(kept):
        row = rows[number] or (free.pop(0) if free else Demand(campaign_id=campaign.id))
        row.text, row.position = text, number + 1
        session.add(row)
    for row in free:
        row.removed_at = now
    _reload(session, campaign)


def _set_addressees(session: Session, campaign: Campaign, entered: Sequence[Entered], now: datetime) -> None:
    known = {row.id: row for row in campaign.own_addressees}
    rows: list[AddresseeRow] = []
    for each in entered:
        if not each.name.strip():
            continue
        row = known.get(each.row_id or 0) or AddresseeRow(campaign_id=campaign.id)
        _fill(row, each)
        row.position = len(rows) + 1
        rows.append(row)
    gone = [row for row in campaign.own_addressees if row not in rows]
    for row in gone:
        if session.scalar(select(exists().where(Action.addressee_id == row.id))):
            raise ConflictError("Supporters have written to %(name)s already, so it stays on the list.", name=row.name)
        row.removed_at = now
    session.add_all(rows)
    _reload(session, campaign)
    embassies.put_copies(session, campaign)


def _reload(session: Session, campaign: Campaign) -> None:
    session.flush()
    session.expire(campaign, ["demands", "addressees"])


def _fill(row: AddresseeRow, each: Entered) -> None:
    row.role, row.name = each.role, " ".join(each.name.split())[:300]
    row.office = each.office.strip()[:300] or None
    row.salutation = each.salutation.strip()[:300] or None
    row.postal_lines = list(each.postal_lines)
    row.country = each.country or None
    row.emails, row.phones, row.faxes = list(each.emails), list(each.phones), list(each.faxes)
    row.web_form = each.web_form.strip()[:500] or None
    row.social = each.social.strip()[:200] or None
    row.language = each.language or None
    row.for_countries = list(each.for_countries)
    row.form_asks, row.opening_hours = list(each.form_asks), list(each.opening_hours)
    row.timezone = each.timezone or None


def _settle(campaign: Campaign, names: Sequence[str]) -> None:
    document = campaign.document
    if document is not None and names:
        known = document.reading.get("doubts", [])
        checked = {*document.reading.get("checked", []), *(name for name in names if name in known)}
        document.reading = document.reading | {"checked": sorted(checked)}


def _told(campaign: Campaign) -> dict[str, Any]:
    columns = ("issued", "deadline", "timezone", "language", *LONGEST)
    told = {name: getattr(campaign, name) for name in columns} | {"countries": list(campaign.countries or [])}
    told["demands"] = [row.text for row in campaign.demands]
    told["addressees"] = [row.value() for row in campaign.own_addressees]
    return told


def _record(
    session: Session, campaign: Campaign, what: str, *, now: datetime, actor: str, details: dict[str, Any]
) -> None:
    audit.record(session, actor=actor, what=what, object_=f"campaign:{campaign.id}", now=now, details=details)


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True
