"""Which action a later document follows, and what it changes."""

import re
from dataclasses import dataclass

UNDECIDED, APART = "undecided", "apart"
"""What a draft's reading says under "update": nobody has chosen yet, or it is a campaign of its own."""

_NUMBER = re.compile(r"(?P<own>\bnsa\b)?\D*(?P<number>\d{1,4})/(?P<year>\d{4}|\d{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Change:
    """A field that a document changes: its lines as they are and as they would be. `doubtful`: somebody must look.

    `usual` says whether an organiser most likely wants it.
    """

    field: str
    was: tuple[str, ...]
    becomes: tuple[str, ...]
    doubtful: bool = False
    usual: bool = True


def series(number: str | None) -> str | None:
    """Return what all documents of one action share: "258/16" for "258/2016-1"; None without a number.

    Refugee actions ("NSA 12/03") have a numbering of their own.
    """
    found = _NUMBER.search(number or "")
    if found is None:
        return None
    own = "nsa " if found["own"] else ""
    return f"{own}{int(found['number'])}/{found['year'][-2:]}"


def changed(
    field: str, was: tuple[str, ...], becomes: tuple[str, ...], *, doubtful: bool = False, usual: bool = True
) -> Change | None:
    """Return the change of a field; None where the document says nothing of it, or nothing new."""
    if not any(becomes) or _folded(was) == _folded(becomes):
        return None
    return Change(field, was, becomes, doubtful, usual)


def _folded(lines: tuple[str, ...]) -> str:
    return " ".join(" ".join(lines).casefold().split())
