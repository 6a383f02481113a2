"""The list of embassies that organisers keep: who gets the copy in a supporter's country, whatever the document says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from advocacy.domain.addressee import NOWHERE, Role
from advocacy.domain.campaign import CampaignState
from advocacy.domain.errors import ConflictError, InvalidError, NotFoundError
from advocacy.domain.joining import COUNTRIES
from advocacy.domain.sentence import Country, Sentence
from advocacy.gateways.clock import Clock
from advocacy.models import moment
from advocacy.models.campaign import AddresseeRow, Campaign
from advocacy.models.posting import Embassy, embassies
from advocacy.models.supporter import Action
from advocacy.operations import audit

_COLUMNS = (
    "of_country", "name", "salutation", "postal_lines", "country", "emails", "phones", "faxes", "web_form", "for_countries"
)  # fmt: skip
_COPIED = tuple(name for name in _COLUMNS if name not in {"of_country", "for_countries"})
_LONGEST_LINE = 200
_MOST_LINES = 12


@dataclass(frozen=True)
class Typed:
    """An embassy as an organiser typed it; countries are alpha-2."""

    of_country: str
    name: str
    country: str
    for_countries: Sequence[str]
    salutation: str = ""
    postal_lines: Sequence[str] = ()
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    faxes: Sequence[str] = ()
    web_form: str = ""


def find(session: Session, embassy_id: int) -> Embassy:
    """Return an embassy, on the list or taken off it. Raises NotFoundError."""
    row = session.get(Embassy, embassy_id)
    if row is None:
        raise NotFoundError("There is no such embassy on the list.")
    return row


def keep(session: Session, row: Embassy | None, typed: Typed, *, clock: Clock, actor: str) -> Embassy:
    """Add an embassy, or change the one in `row`. Raises InvalidError naming each field at fault.

    Campaigns that have not ended get it at once as a copy addressee for its countries.
    """
    faults = _faults(typed)
    if faults:
        raise InvalidError("Something needs another look before it can be saved.", faults=faults)
    now = moment.now(session, clock)
    what = "embassy.change" if row is not None else "embassy.add"
    if row is None:
        row = Embassy(changed_at=now, former=None)
        session.add(row)
    else:
        row.former = _content(row)
    was = row.of_country if row.former else typed.of_country
    _set(row, _typed_content(typed))
    row.changed_at = now
    session.flush()
    _settle(session, row, {was, row.of_country}, what, clock=clock, actor=actor)
    return row


def take_off(session: Session, row: Embassy, *, clock: Clock, actor: str) -> None:
    """Take an embassy off the list. Letters already sent to it stay counted."""
    row.removed_at = moment.now(session, clock)
    _settle(session, row, {row.of_country}, "embassy.take_off", clock=clock, actor=actor)


def undo(session: Session, row: Embassy, *, clock: Clock, actor: str) -> None:
    """Undo the last thing done to an embassy: put it back on the list, or return to what it said before it was changed.

    Raises ConflictError where there is nothing to undo.
    """
    was = row.of_country
    if row.removed_at is not None:
        row.removed_at = None
    elif row.former is not None:
        former, row.former = row.former, _content(row)
        _set(row, former)
    else:
        raise ConflictError("Nothing was changed about %(name)s since it was added.", name=row.name)
    _settle(session, row, {was, row.of_country}, "embassy.undo", clock=clock, actor=actor)


def put_copies(session: Session, campaign: Campaign) -> None:
    """Make a campaign's copy addressees those of its document and, for countries the document has none for, those on the list.

    In the caller's transaction.
    """
    to = {row.country for row in campaign.own_addressees if row.role is Role.PRIMARY and row.country}
    covered = {code for row in campaign.own_addressees if row.role is Role.COPY for code in row.for_countries}
    there = {row.embassy_id: row for row in campaign.addressees if row.embassy_id is not None}
    for embassy in embassies(session):
        left = [code for code in embassy.for_countries if code not in covered]
        if embassy.of_country not in to or not left:
            continue
        row = there.pop(embassy.id, None)
        if row is None:
            row = AddresseeRow(embassy_id=embassy.id, role=Role.COPY, position=0)
            campaign.addressees.append(row)
        for name in _COPIED:
            setattr(row, name, getattr(embassy, name))
        row.for_countries = left
    for row in there.values():
        _let_go(session, campaign, row)
    for position, row in enumerate(sorted(campaign.addressees, key=lambda row: row.embassy_id is not None), start=1):
        row.position = position


def _let_go(session: Session, campaign: Campaign, row: AddresseeRow) -> None:
    if session.scalar(select(exists().where(Action.addressee_id == row.id))):
        row.for_countries = list(NOWHERE)
    else:
        campaign.addressees.remove(row)


def _settle(session: Session, row: Embassy, of: set[str], what: str, *, clock: Clock, actor: str) -> None:
    session.flush()
    open_ = select(Campaign).where(Campaign.state != CampaignState.CLOSED).order_by(Campaign.id)
    for campaign in session.scalars(open_).all():
        if any(each.country in of for each in campaign.addressees if each.role is Role.PRIMARY):
            put_copies(session, campaign)
    audit.record(
        session,
        actor=actor,
        what=what,
        object_=f"embassy:{row.id}",
        now=moment.now(session, clock),
        details={"of": row.of_country, "for": list(row.for_countries)},
    )
    session.commit()


def _content(row: Embassy) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _set(row: Embassy, content: dict[str, Any]) -> None:
    for name, value in content.items():
        setattr(row, name, value)


def _typed_content(typed: Typed) -> dict[str, Any]:
    return {
        "of_country": typed.of_country,
        "name": " ".join(typed.name.split())[:300],
        "salutation": typed.salutation.strip()[:300] or None,
        "postal_lines": list(typed.postal_lines),
        "country": typed.country,
        "emails": list(typed.emails),
        "phones": list(typed.phones),
        "faxes": list(typed.faxes),
        "web_form": typed.web_form.strip()[:500] or None,
        "for_countries": sorted(set(typed.for_countries)),
    }


def _faults(typed: Typed) -> dict[str, Sentence]:
    faults = {}
    if not typed.name.strip():
        faults["name"] = Sentence("Say who this is, as in Embassy of Exampleland.")
    for name, code in (("of_country", typed.of_country), ("country", typed.country)):
        if code not in COUNTRIES:
            faults[name] = Sentence("Choose a country from the list.")
    return faults | _country_faults(typed) | _reach_faults(typed)


def _reach_faults(typed: Typed) -> dict[str, Sentence]:
    faults = {}
    if not any((typed.postal_lines, typed.emails, typed.phones, typed.faxes, typed.web_form)):
        faults["postal_lines"] = Sentence("Give one way at least to reach it: an address, e-mail, phone, fax or form.")
    if len(typed.postal_lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in typed.postal_lines):
        faults["postal_lines"] = Sentence(
            "Use at most %(lines)s lines of at most %(characters)s characters.",
            lines=_MOST_LINES,
            characters=_LONGEST_LINE,
        )
    for email in typed.emails:
        try:
            validate_email(email, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            faults["emails"] = Sentence("“%(email)s” is no e-mail address.", email=email[:80])
    if typed.web_form and not typed.web_form.startswith(("https://", "http://")):
        faults["web_form"] = Sentence("Write the whole address of the form, beginning with https://.")
    return faults


def _country_faults(typed: Typed) -> dict[str, Sentence]:
    unknown = [code for code in typed.for_countries if code not in COUNTRIES]
    if unknown:
        return {
            "for_countries": Sentence("“%(code)s” is no country code of two letters, as in CA.", code=unknown[0][:20])
        }
    if not typed.for_countries:
        return {"for_countries": Sentence("Say for supporters in which countries it is.")}
    if typed.of_country in typed.for_countries:
        own = Country(typed.of_country)
        return {"for_countries": Sentence("Supporters in %(country)s have no embassy of %(country)s.", country=own)}
    return {}
