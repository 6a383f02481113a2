"""One apostrophe throughout a letter: the curly one where the campaign's own words have it, as printed documents do."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from advocacy.domain.appeal.request import CampaignFacts
from advocacy.domain.appeal.text import Appeal, Kind, Paragraph, Piece

_STRAIGHT = re.compile(r"(?<=\w)'(?=\w)")


def dressed(appeal: Appeal, facts: CampaignFacts) -> Appeal:
    """Return the appeal with the campaign's apostrophe everywhere but in its salutation and in what the supporter typed."""
    if not _are_curly(facts):
        return appeal
    return replace(
        appeal,
        subject=_curled(appeal.subject),
        closing=_curled(appeal.closing),
        paragraphs=dressed_paragraphs(appeal.paragraphs, facts),
    )


def dressed_paragraphs(paragraphs: Iterable[Paragraph], facts: CampaignFacts) -> tuple[Paragraph, ...]:
    return tuple(replace(paragraph, pieces=dressed_pieces(paragraph.pieces, facts)) for paragraph in paragraphs)


def dressed_pieces(pieces: Iterable[Piece], facts: CampaignFacts) -> tuple[Piece, ...]:
    if not _are_curly(facts):
        return tuple(pieces)
    return tuple(
        piece if piece.kind is Kind.OWN or "'" not in piece.text else replace(piece, text=_curled(piece.text))
        for piece in pieces
    )


@lru_cache(maxsize=256)
def _are_curly(facts: CampaignFacts) -> bool:
    """Return whether the campaign's words have curly apostrophes and no straight one."""
    words = " ".join((facts.title, facts.summary, facts.topic, *(demand.text for demand in facts.demands)))
    return "’" in words and _STRAIGHT.search(words) is None


def _curled(text: str) -> str:
    return _STRAIGHT.sub("’", text)
