"""The supporter's own words: two answers, taken as typed."""

import re

from advocacy.domain.appeal.request import OwnWords
from advocacy.domain.appeal.text import Kind, Piece

_STOP_AFTER_QUOTED = re.compile(r"([?!…][\s\u00a0]?[”»“])\.$")
_CLOSERS = " \u00a0\u202f)]»”’\"'“"


def own_pieces(own: OwnWords) -> tuple[Piece, ...]:
    """Return the two answers as the supporter typed them, each in one line and ended by a mark."""
    return tuple(Piece(text, Kind.OWN) for text in (ended(own.who_am_i), ended(own.why)) if text)


def ended(text: str) -> str:
    """Return text in one line with a full stop where a final mark is missing, also after a closing bracket or quotation mark."""
    line = " ".join(text.split())
    last = line.rstrip(_CLOSERS)[-1:]
    return f"{line}." if last.isalnum() else line


def closed(sentence: str, language: str) -> str:
    """Return a sentence without the full stop after initials, or after a quoted question or call; there Spanish alone sets one."""
    one = sentence[:-1] if sentence.endswith("..") and not sentence.endswith("...") else sentence  # "My name is A. L.."
    return one if language == "es" else _STOP_AFTER_QUOTED.sub(r"\1", one)
