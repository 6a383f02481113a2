"""The supporter's own words: two answers, taken as typed."""

from advocacy.domain.appeal.request import OwnWords
from advocacy.domain.appeal.text import Kind, Piece


def own_pieces(own: OwnWords) -> tuple[Piece, ...]:
    """Return the two answers as the supporter typed them, each in one line and ended by a mark."""
    return tuple(Piece(text, Kind.OWN) for text in (ended(own.who_am_i), ended(own.why)) if text)


def ended(text: str) -> str:
    """Return text in one line with a full stop where a final mark is missing."""
    line = " ".join(text.split())
    return f"{line}." if line and line[-1].isalnum() else line
