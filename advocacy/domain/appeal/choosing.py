"""Choosing among phrasings: always the same for one seed, evenly across seeds, and never the same words twice in a letter."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from advocacy.domain.appeal.phrases import Phrase

_ECHO_LETTERS = 19  # three words in a row shorter than this ("I ask you") may come back unnoticed


class Chooser:
    """Draws the phrasings of one letter. Each part is drawn by its own hash, so a new phrase in one pool leaves the others alone."""

    def __init__(self, seed: str) -> None:
        self._key = blake2b(seed.encode(), digest_size=16).digest()
        self._heard: set[str] = set()

    def number(self, what: str, below: int) -> int:
        """Return a number from 0 to `below` - 1, the same each time for this seed and `what`."""
        return int.from_bytes(self._digest(what)[:4]) % below

    def hear(self, text: str) -> None:
        """Note words that are in the letter anyway, so that no phrasing echoes them."""
        self._heard.update(_echoes(text))

    def choose(self, part: str, phrases: Sequence[Phrase], values: Mapping[str, str]) -> str:
        """Return one of `phrases` whose slots all have a value, or "" where there is none.

        One that repeats words in a row is passed over while there is another.
        """
        there = values.keys()
        able = [phrase for phrase in phrases if phrase.slots <= there]
        if not able:
            return ""
        digest = self._digest(part)
        start = int.from_bytes(digest[:4]) % len(able)
        first = ""
        for step in range(len(able)):
            text = able[(start + step) % len(able)].render(digest[4:], values)
            echoes = _echoes(text)
            if self._heard.isdisjoint(echoes):
                self._heard.update(echoes)
                return text
            first = first or text
        return first

    def rotated(self, what: str, items: Sequence[int]) -> tuple[int, ...]:
        """Return the items starting from one drawn evenly, so that each comes first equally often."""
        if not items:
            return ()
        start = self.number(what, len(items))
        return (*items[start:], *items[:start])

    def _digest(self, what: str) -> bytes:
        return blake2b(what.encode(), key=self._key, digest_size=40).digest()


def _echoes(text: str) -> set[str]:
    """Return the runs of words that are noticed when they come back: four in a row, or three that are long."""
    words = [word.strip(".,;:!?“”\"'()") for word in text.lower().split()]
    threes = [f"{one} {two} {three}" for one, two, three in zip(words, words[1:], words[2:], strict=False)]
    fours = {f"{run} {word}" for run, word in zip(threes, words[3:], strict=False)}
    return fours.union(run for run in threes if len(run) >= _ECHO_LETTERS)
