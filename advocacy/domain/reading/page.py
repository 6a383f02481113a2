"""The tidied text of a document, in which each character remembers where it stood in the source."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

Span = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One tidied line: page positions of its words (`start`, `end`), and what stood around them.

    `indent` counts blanks before the words, `level` is a heading's depth (0 for none), `bullet` the printed marker.
    """

    start: int
    end: int
    indent: int = 0
    level: int = 0
    bullet: str = ""
    rule: bool = False

    @property
    def blank(self) -> bool:
        return self.end <= self.start


@dataclass(frozen=True)
class Link:
    """A link of the document: the words shown, where it leads, and where the words stand on the page."""

    words: str
    url: str
    place: int


@dataclass(frozen=True)
class Page:
    """Tidied text with a place in the source for each character.

    `flat` says that the document came as one long line, whose breaks are ours.
    """

    source: str
    text: str
    places: tuple[int, ...]
    lines: tuple[Line, ...]
    links: tuple[Link, ...] = ()
    flat: bool = False
    subject: Span | None = None
    sent: Span | None = None
    _starts: list[int] = field(default_factory=list, compare=False, repr=False)

    @cached_property
    def folded(self) -> str:
        """The text without capitals, accents and typographic quotes, character for character as long."""
        return fold(self.text)

    def source_span(self, start: int, end: int) -> Span:
        """Return where page positions `start` to `end` stood in the source."""
        if not self.places or start >= end:
            place = self.places[min(start, len(self.places) - 1)] if self.places else 0
            return place, place
        return self.places[start], self.places[end - 1] + 1

    def place_of(self, source_place: int) -> int:
        """Return the page position of the first character at or after a place in the source."""
        return bisect_left(self.places, source_place)

    def said(self, start: int, end: int) -> str:
        """Return the words between two page positions with line breaks and runs of blanks made one blank."""
        return " ".join(self.text[start:end].split())

    def words_of(self, line: Line) -> str:
        return self.text[line.start : line.end]

    def folded_line(self, line: Line) -> str:
        return self.folded[line.start : line.end]

    def lines_between(self, start: int, end: int) -> Iterator[Line]:
        """Yield the lines that reach into the page positions `start` to `end`, cut to them."""
        for line in self.lines[self._first(start) :]:
            if line.start >= end:
                return
            if line.blank or line.end > start:
                yield cut(line, start, end)

    def line_at(self, place: int) -> Line:
        """Return the line that holds a page position."""
        return self.lines[min(self._first(place), len(self.lines) - 1)]

    def line_number(self, place: int) -> int:
        return self._first(place)

    def _first(self, place: int) -> int:
        if not self._starts:
            self._starts.extend(line.start for line in self.lines)
        return max(bisect_right(self._starts, place) - 1, 0)


def cut(line: Line, start: int, end: int) -> Line:
    """Return the part of a line that lies between two page positions."""
    if line.start >= start and line.end <= end:
        return line
    begin = max(line.start, start)
    return Line(begin, max(begin, min(line.end, end)), line.indent, line.level, line.bullet, line.rule)


class _Folding(dict[int, str]):
    """A translation table that is filled as characters are met, always one character for one."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _PLAIN.get(char)
        if plain is None:
            plain = unicodedata.normalize("NFKD", char)[0].lower()[:1] or char
        self[code] = plain
        return plain


_PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "´": "'", "`": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "ß": "s", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ı": "i",
    "đ": "d", "Đ": "d", "æ": "a", "Æ": "a", "œ": "o", "Œ": "o", "º": "o", "ª": "a", "°": "o", "：": ":", "…": "…", "\u3000": " ",
}  # fmt: skip
_TABLE = _Folding()


@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    return text.translate(_TABLE)


def fold(text: str) -> str:
    """Return the text without capitals, accents and typographic signs, character for character as long."""
    return _fold_short(text) if len(text) < 200 else text.translate(_TABLE)
