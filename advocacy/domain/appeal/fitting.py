"""How much a channel holds: a page, a mail link, a form's field."""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.text import Appeal
from advocacy.domain.channels import LONGEST_MAILTO, mailto_length

_PAGE_LINES = {Channel.POST: 34, Channel.FAX: 30}
_LINE_CHARACTERS = 88
_FORM_CHARACTERS = 2_000  # the smallest message field met on office contact forms; the page lets people copy more
SPOKEN_SECONDS = 60
_WORDS_PER_MINUTE = 150
POST_CHARACTERS = 280


def fits(appeal: Appeal, *, address: str | None) -> bool:
    """Return whether the channel holds the whole appeal; `address` is the e-mail address a link would carry."""
    match appeal.channel:
        case Channel.POST | Channel.FAX:
            return _lines(appeal) <= _PAGE_LINES[appeal.channel]
        case Channel.EMAIL:
            return mailto_length(address or "", subject=appeal.subject, body=appeal.text()) < LONGEST_MAILTO
        case Channel.WEB_FORM:
            return len(appeal.text()) <= _FORM_CHARACTERS
        case Channel.PHONE:
            return spoken_seconds(appeal.body()) <= SPOKEN_SECONDS
        case Channel.SOCIAL:
            return len(appeal.body()) <= POST_CHARACTERS


def measured(appeal: Appeal, *, address: str | None) -> Appeal:
    """Return the appeal with what it says of itself made true: whether its channel holds it."""
    return replace(appeal, fits=fits(appeal, address=address))


def spoken_seconds(text: str) -> int:
    """Return how long `text` takes to say at an unhurried 150 words a minute."""
    return ceil(len(text.split()) * 60 / _WORDS_PER_MINUTE)


def _lines(appeal: Appeal) -> int:
    """Return the lines of the body on a page of 11-point type, half a line between paragraphs included."""
    return ceil(sum(_paragraph_lines(part.text.splitlines()) + 0.6 for part in appeal.paragraphs))


def _paragraph_lines(lines: Iterable[str]) -> int:
    return sum(ceil(len(line) / _LINE_CHARACTERS) or 1 for line in lines)
