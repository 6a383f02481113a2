"""What all supporters' forms share: a trap for programs, a signed time, and each fault in words."""

from flask import request
from flask_babel import gettext as _

from advocacy.domain.address import AddressFault
from advocacy.domain.joining import Fault
from advocacy.domain.keys import Purpose
from advocacy.gateways import current
from advocacy.models.base import db, keys_of

TRAP = "website"
SHOWN = "shown"
_SHORTEST = 2
_LONGEST = 24 * 3600


def shown_now() -> str:
    """Return the signed time for a form that is shown now."""
    seconds = int(current().clock.now().timestamp())
    return keys_of(db.session()).token(Purpose.FORM, f"shown.{seconds}")


def by_a_program() -> bool:
    """Whether the form was filled in by a program: the trap is filled, or the form is unsigned, too fresh or too old.

    It gets the answer everyone gets, and nothing is done.
    """
    if request.form.get(TRAP):
        return True
    subject = keys_of(db.session()).subject_of(Purpose.FORM, request.form.get(SHOWN, "")) or ""
    kind, _dot, seconds = subject.partition(".")
    if kind != "shown" or not seconds.isdigit():
        return True
    return not _SHORTEST <= current().clock.now().timestamp() - int(seconds) <= _LONGEST


def sentences(faults: dict[str, str]) -> dict[str, str]:
    """Return each fault in the page's language, by field."""
    return {field: _sentence(field, fault) for field, fault in faults.items()}


def _sentence(field: str, fault: str) -> str:
    if field == "email":
        return _address_sentence(fault)
    if field == "consent":
        return str(_("Tick this box if you agree: without it we may not write to you."))
    known = {
        Fault.TOO_LONG.value: _("That is longer than we can keep: use 100 characters at most."),
        Fault.UNREADABLE.value: _("There are signs in it that we cannot read. Please type it anew."),
        Fault.UNKNOWN.value: _("Choose one of the list."),
        Fault.TWICE.value: _("This came twice. Please send the form once more."),
    }
    return str(known.get(fault, _("Please look at this again.")))


def _address_sentence(fault: str) -> str:
    known = {
        AddressFault.EMPTY.value: _("Type your e-mail address, so that we can write to you."),
        AddressFault.TOO_LONG.value: _("That is too long for an e-mail address."),
        AddressFault.NOT_ASCII.value: _(
            "The part before the @ has letters that our mail service cannot deliver to. Please use another address."
        ),
        Fault.TWICE.value: _("This came twice. Please send the form once more."),
    }
    return str(known.get(fault, _("That is not an e-mail address we can write to. An example: name@example.org")))
