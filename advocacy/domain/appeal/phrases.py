"""One phrasing from the pools: words with alternatives `(a|b)` and slots `{city}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from advocacy.domain.sentence import Sentence

_ALTERNATIVES = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_HEAVIEST = 8
_BLANKS = re.compile(r" {2,}")


class PhraseError(ValueError):
    """What is wrong with a phrasing. `start` and `end` mark the place in its source."""

    def __init__(self, sentence: Sentence, start: int, end: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.start = start
        self.end = end


@dataclass(frozen=True)
class Phrase:
    """A phrasing as segments, each a tuple of alternatives; a segment of one alternative is fixed text."""

    source: str
    segments: tuple[tuple[str, ...], ...]
    slots: frozenset[str]
    weight: int = (
        1  # one that can be worded in many ways is drawn more often, up to a point, lest letters come out equal
    )

    def variants(self) -> int:
        """Return how many different sentences this phrasing can become."""
        count = 1
        for segment in self.segments:
            count *= len(segment)
        return count

    def render(self, picks: bytes, values: Mapping[str, str]) -> str:
        """Return the sentence: the nth byte of `picks` chooses in the nth segment, `values` fill the slots.

        A value is put in as it is and never read as a phrasing, so a supporter's braces and bars stay what they are.
        """
        return self.filled(self.worded(picks), values)

    def worded(self, picks: bytes) -> str:
        """Return the sentence with its alternatives chosen and its slots still open."""
        chosen = "".join(segment[picks[at % len(picks)] % len(segment)] for at, segment in enumerate(self.segments))
        return _BLANKS.sub(" ", chosen).strip()

    def filled(self, worded: str, values: Mapping[str, str]) -> str:
        """Return what `worded` gave with its slots filled."""
        return _SLOT.sub(lambda slot: values[slot.group(1)], worded).strip() if self.slots else worded


def parse_phrase(source: str) -> Phrase:
    """Return the phrasing that `source` writes down. Raises PhraseError, saying what is wrong with it and where."""
    text = source.strip()
    if not text:
        raise PhraseError(Sentence("an empty phrase"), 0, 0)
    _check_signs(text)
    segments: list[tuple[str, ...]] = []
    end = 0
    for found in _ALTERNATIVES.finditer(text):
        segments.append((text[end : found.start()],))
        segments.append(tuple(found.group(1).split("|")))
        end = found.end()
    segments.append((text[end:],))
    kept = tuple(segment for segment in segments if segment != ("",))
    slots = frozenset(_SLOT.findall(text))
    return Phrase(text, kept, slots, weight=min(_HEAVIEST, prod(len(segment) for segment in kept)))


def _check_signs(text: str) -> None:
    """Raise PhraseError at the first bar outside brackets, else at the first brace that is no slot's."""
    for known, sign, sentence in (
        (_ALTERNATIVES, r"\|", Sentence("a bar “|” outside brackets, or brackets within brackets")),
        (_SLOT, r"[{}]", Sentence("a brace that does not belong to a slot like {city}")),
    ):
        blanked = known.sub(lambda found: " " * len(found.group()), text)
        stray = re.search(sign, blanked)
        if stray:
            raise PhraseError(sentence, stray.start(), stray.end())
