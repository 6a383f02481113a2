"""Is this text an e-mail address we can write to, in which one form do we keep it, and was another one meant."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from email_validator import EmailNotValidError, validate_email

LONGEST = 320
_LONGEST_LOCAL = 64  # RFC 5321 section 4.5.3.1.1; the library lets longer ones pass.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class AddressFault(StrEnum):
    """Why a text is refused as an address."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_ASCII = "not_ascii"


@dataclass(frozen=True)
class Judged:
    """An address in the one form we keep and compare, or why there is none."""

    address: str
    fault: AddressFault | None = None


def judge(text: str) -> Judged:
    """Judge an address as typed: its length before anything else, then its form; whether it exists is never asked here.

    Blanks around it are dropped; the local part is lowered with `lower()`, for `casefold()` would make one address of
    two. Domains in other scripts are kept in their ASCII form, which is what the provider takes and organisers see.
    """
    if len(text) > LONGEST:
        return Judged("", AddressFault.TOO_LONG)
    typed = text.strip(" ")
    if not typed:
        return Judged("", AddressFault.EMPTY)
    if any(unicodedata.category(sign) in _UNSEEN for sign in typed):
        return Judged("", AddressFault.NOT_AN_ADDRESS)
    local, at, _domain = typed.rpartition("@")
    if at and not local.isascii():
        return Judged("", AddressFault.NOT_ASCII)
    try:
        found = validate_email(typed, check_deliverability=False)
    except EmailNotValidError:
        return Judged("", AddressFault.NOT_AN_ADDRESS)
    if found.ascii_email is None or len(found.local_part) > _LONGEST_LOCAL:
        return Judged("", AddressFault.NOT_AN_ADDRESS)
    name, _, domain = found.ascii_email.rpartition("@")
    return Judged(f"{name.lower()}@{domain.lower()}")


def mailbox_of(address: str) -> str:
    """Return what several spellings of one mailbox share, for counting mails only: no "+tag", no dots at Gmail."""
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


_COMMON = (
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.es", "hotmail.de",
    "outlook.com", "outlook.fr", "outlook.es", "outlook.de", "live.com", "live.ca", "live.fr", "live.co.uk", "msn.com",
    "yahoo.com", "yahoo.ca", "yahoo.fr", "yahoo.es", "yahoo.de", "yahoo.co.uk", "yahoo.com.mx", "ymail.com",
    "icloud.com", "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de",
    "t-online.de", "freenet.de", "posteo.de", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr",
    "proton.me", "protonmail.com", "tutanota.com", "fastmail.com", "rogers.com", "shaw.ca", "telus.net", "bell.net",
    "sympatico.ca", "videotron.ca", "btinternet.com", "sky.com", "virginmedia.com", "comcast.net", "verizon.net",
    "mail.com", "email.com", "mail.ru", "yandex.ru", "riseup.net", "zoho.com", "qq.com", "163.com",
)  # fmt: skip
_SHORTEST_TO_GUESS = 6


def did_you_mean(address: str) -> str | None:
    """Return the address with the common domain that its own misses by one slip, None where there is nothing to ask."""
    local, _, domain = address.rpartition("@")
    if domain in _COMMON or len(domain) < _SHORTEST_TO_GUESS:
        return None
    near = next((common for common in _COMMON if len(common) >= _SHORTEST_TO_GUESS and _one_slip(domain, common)), None)
    return f"{local}@{near}" if near else None


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was left out, added or changed, or two neighbours were swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(typed, meant, strict=False)))
    rest_typed, rest_meant = typed[start:], meant[start:]
    return (
        rest_typed[1:] == rest_meant
        or rest_typed == rest_meant[1:]
        or rest_typed[1:] == rest_meant[1:]
        or (rest_typed[1:2] + rest_typed[:1] == rest_meant[:2] and rest_typed[2:] == rest_meant[2:])
    )
