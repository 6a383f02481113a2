"""Whom to write to, and the ways to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    PRIMARY = "primary"
    COPY = "copy"


class Channel(StrEnum):
    """A way to reach an addressee."""

    POST = "post"
    EMAIL = "email"
    WEB_FORM = "web_form"
    PHONE = "phone"
    FAX = "fax"
    SOCIAL = "social"


NOWHERE = ("ZZ",)
"""The supporter countries of one who is written to by nobody any more; ISO 3166 gives this code to no country."""


@dataclass(frozen=True)
class Addressee:
    """One person or office to write to.

    `postal_lines` are kept as printed and hold neither the name nor the salutation. `country` is an ISO 3166 alpha-2
    code, `language` a BCP 47 tag. `for_countries` lists the supporter countries (alpha-2) a copy addressee is for,
    such as the country an embassy is accredited to; empty means everyone. `form_asks` are the fields of the web form;
    `opening_hours` are lines that `opening.parse` reads, by the clock of `timezone` (IANA name).
    """

    name: str
    role: Role = Role.PRIMARY
    office: str | None = None
    salutation: str | None = None
    postal_lines: tuple[str, ...] = ()
    country: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    faxes: tuple[str, ...] = ()
    web_form: str | None = None
    social: str | None = None
    language: str | None = None
    for_countries: tuple[str, ...] = ()
    form_asks: tuple[str, ...] = ()
    opening_hours: tuple[str, ...] = ()
    timezone: str | None = None

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels that exist for this addressee, in the order of the enum."""
        exists = {
            Channel.POST: bool(self.postal_lines),
            Channel.EMAIL: bool(self.emails),
            Channel.WEB_FORM: self.web_form is not None,
            Channel.PHONE: bool(self.phones),
            Channel.FAX: bool(self.faxes),
            Channel.SOCIAL: self.social is not None,
        }
        return tuple(channel for channel, there in exists.items() if there)

    def is_local_copy(self) -> bool:
        """Return whether this is a copy addressee for some supporter countries alone, as an embassy is."""
        return self.role is Role.COPY and bool(self.for_countries)

    def is_for(self, supporter_country: str | None) -> bool:
        """Return whether a supporter in this country (alpha-2, None when unknown) writes to this addressee."""
        return not self.for_countries or supporter_country in self.for_countries

    def care_of(self, embassy: "Addressee") -> "Addressee":
        """Return this addressee as a letter reaches them that an embassy passes on."""
        return replace(
            self, postal_lines=(f"c/o {embassy.name}", *embassy.postal_lines), country=embassy.country or self.country
        )


def embassy_for(addressees: Iterable[Addressee], supporter_country: str | None) -> Addressee | None:
    """Return the copy addressee who is there for this supporter country alone and has a postal address, None without one."""
    local = (each for each in addressees if each.is_local_copy() and each.postal_lines)
    return next((each for each in local if each.is_for(supporter_country)), None)


def lacks_copy(addressees: Iterable[Addressee], supporter_country: str | None) -> bool:
    """Return whether copies go to an office in the supporter's own country and none is known there (alpha-2, None when unknown)."""
    local = [each for each in addressees if each.is_local_copy()]
    return bool(local) and not any(each.is_for(supporter_country) for each in local)
