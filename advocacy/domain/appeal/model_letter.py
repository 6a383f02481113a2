"""A model letter: the organiser's text in place of a composed one, with a place for the supporter's own words."""

import re

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.campaign_phrasings import DEMANDS
from advocacy.domain.appeal.request import AppealRequest
from advocacy.domain.appeal.text import Kind, Paragraph, Piece, paragraphs_of
from advocacy.domain.sentence import Sentence

LONGEST_MODEL = 4_000
OWN = "{own}"
_LETTERS = frozenset({Channel.POST, Channel.FAX, Channel.EMAIL, Channel.WEB_FORM})
_SALUTED = re.compile(r"^.{2,60}[,:!]$")
_CLOSED = re.compile(
    r"^(?:yours|sincerely|respectfully|best regards|kind regards|mit freundlichen|hochachtungsvoll|atentamente|respetuosamente|"
    r"cordialmente|veuillez agréer|je vous prie d['’]agréer|cordialement)\b",
    re.IGNORECASE,
)


def used_for(request: AppealRequest) -> bool:
    """Return whether the model letter stands in for this appeal: first letters to those written to, not copies, calls or posts."""
    return bool(
        request.phrasings.model and request.channel in _LETTERS and not request.is_copy and request.first_sent is None
    )


def flaw_of(text: str) -> str:
    """Return what keeps a text from being a model letter, "" for one that can be used or none at all."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())]
    if not text.strip():
        return ""
    if len(text) > LONGEST_MODEL:
        return Sentence(
            "Use at most %(most)s characters; this has %(number)s.",
            most=LONGEST_MODEL,
            number=len(text),
        )
    stray = re.search(r"[{}]", re.sub(r"^\{(?:own|demands)\}$", "", text.strip(), flags=re.MULTILINE))
    if stray:
        return Sentence("Only {own} and {demands} may stand in braces, each in a paragraph of its own.")
    if any(text.count(place) > 1 for place in (OWN, DEMANDS)):
        return Sentence("Each of {own} and {demands} may stand there once.")
    if set(blocks) <= {OWN, DEMANDS}:
        return Sentence("Write the letter itself, too.")
    if _SALUTED.match(blocks[0]):
        return Sentence(
            "Leave out the salutation “%(salutation)s”: each letter begins with that of its addressee.",
            salutation=blocks[0],
        )
    if _CLOSED.match(blocks[-1]):
        return Sentence("Leave out the closing and the name: each letter ends with its own.")
    return ""


def modelled(text: str, own: tuple[Piece, ...], asked: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """Return the model letter's paragraphs, the demands at {demands} and the own words at {own}, without one before the last."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())]
    if OWN not in blocks:
        blocks.insert(max(1, len(blocks) - 1), OWN)
    found: list[Paragraph] = []
    for block in blocks:
        if block == DEMANDS:
            found += asked
        elif block == OWN:
            found += [Paragraph(own)] if own else []
        else:
            found += [_locked(paragraph) for paragraph in paragraphs_of(block)]
    return tuple(found)


def _locked(paragraph: Paragraph) -> Paragraph:
    pieces = tuple(Piece(piece.text, Kind.SUMMARY) for piece in paragraph.pieces)
    return Paragraph(pieces, bulleted=paragraph.bulleted)
