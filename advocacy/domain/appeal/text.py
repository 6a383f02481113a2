"""An appeal as it is shown, printed and sent: subject, salutation, paragraphs made of marked pieces, closing, signature."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from advocacy.domain.addressee import Channel
from advocacy.domain.appeal.request import Tone


class Kind(StrEnum):
    """Where a piece of text comes from: the campaign's locked words, the pools, or the supporter."""

    DEMAND = "demand"
    SUMMARY = "summary"
    VARIED = "varied"
    OWN = "own"


@dataclass(frozen=True)
class Piece:
    """A sentence or list item. `demand` is the index of the campaign's demand it makes, if any."""

    text: str
    kind: Kind = Kind.VARIED
    demand: int | None = None


@dataclass(frozen=True)
class Paragraph:
    """Pieces that stand together: as running text, or as a list where `bulleted`."""

    pieces: tuple[Piece, ...]
    bulleted: bool = False

    @property
    def kind(self) -> Kind:
        kinds = {piece.kind for piece in self.pieces}
        return next((kind for kind in (Kind.OWN, Kind.DEMAND, Kind.SUMMARY) if kind in kinds), Kind.VARIED)

    @property
    def text(self) -> str:
        if self.bulleted:
            return "\n".join(f"- {piece.text}" for piece in self.pieces)
        return " ".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Appeal:
    """The text one supporter sends to one addressee.

    `left_out` are the indexes of chosen demands that the channel has no room for (phone and social only). `fits` is False where
    even the shortest form is longer than the channel takes: a mail link must then leave the body out, a letter runs to two pages.
    `seconds` is how long a phone script takes to say, 0 for all else. `edited` says that a supporter has rewritten the body.
    """

    language: str
    channel: Channel
    tone: Tone
    subject: str
    salutation: str
    paragraphs: tuple[Paragraph, ...]
    closing: str
    signature: tuple[str, ...]
    fits: bool = True
    left_out: tuple[int, ...] = ()
    seconds: int = 0
    edited: bool = False

    def body(self) -> str:
        """Return what stands between salutation and closing; a list follows its lead without a blank line."""
        text = ""
        for paragraph in self.paragraphs:
            gap = "\n" if paragraph.bulleted else "\n\n"
            text = f"{text}{gap}{paragraph.text}" if text else paragraph.text
        return text

    def text(self) -> str:
        """Return the whole text without its subject, blocks parted by blank lines."""
        signed = "\n".join(line for line in (self.closing, *self.signature) if line)
        return "\n\n".join(block for block in (self.salutation, self.body(), signed) if block)

    def order(self) -> tuple[int, ...]:
        """Return the demands in the order in which it makes them."""
        pieces = (piece for paragraph in self.paragraphs for piece in paragraph.pieces)
        return tuple(piece.demand for piece in pieces if piece.demand is not None)

    def may_be_edited(self) -> bool:
        """Return whether this is a letter, whose body a supporter may rewrite, and not a script or a short post."""
        return self.channel not in {Channel.PHONE, Channel.SOCIAL}

    def edited_to(self, body: str) -> "Appeal":
        """Return this appeal with `body` as the supporter rewrote it; one equal to what was composed changes nothing."""
        plain = _plain_lines(body)
        if plain == _plain_lines(self.body()):
            return self
        return replace(self, paragraphs=paragraphs_of(plain), edited=True, left_out=())


def mark_of(body: str) -> str:
    """Return a mark by which a body that came back from a form is known to be as it was proposed."""
    lines = "\n".join(line.strip() for line in _plain_lines(body).splitlines())
    return sha256(lines.encode()).hexdigest()[:16]


def paragraphs_of(body: str) -> tuple[Paragraph, ...]:
    """Return typed text as paragraphs: blank lines part them, lines that begin with a dash or bullet are a list."""
    found: list[Paragraph] = []
    for block in re.split(r"\n\s*\n", _plain_lines(body)):
        prose: list[str] = []
        for line in (line.strip() for line in block.splitlines()):
            bullet = re.match(r"[-•–*]\s+(.+)", line)
            if bullet is None:
                prose.append(line)
                continue
            found += _prose(prose)
            prose = []
            item = Piece(bullet.group(1), Kind.OWN)
            before = found.pop().pieces if found and found[-1].bulleted else ()
            found.append(Paragraph((*before, item), bulleted=True))
        found += _prose(prose)
    return tuple(found)


def _prose(lines: list[str]) -> list[Paragraph]:
    text = "\n".join(line for line in lines if line)
    return [Paragraph((Piece(text, Kind.OWN),))] if text else []


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
