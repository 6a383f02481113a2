"""Choosing among phrasings: always the same for one seed, evenly across seeds, and never the same words twice in a letter."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from advocacy.domain.appeal.phrases import Phrase

_LONG_START_LETTERS = 12  # two words that begin a sentence and strike the eye ("Darüber hinaus")
_LONG_WORD_LETTERS = 7  # a single word that does so ("También", "Furthermore")
_LONG_PAIR_LETTERS = 20  # two words that do so anywhere ("préoccupe profondément")
_ECHO_LETTERS = 16  # three words in a row shorter than this ("I ask you to") may come back unnoticed
_STEM_LETTERS = 6  # a word at least as long as this is known again by its beginning ("concern", "concerned")
# Beginnings of words that letters about rights cannot do without: they may come twice before they count.
_USUAL = frozenset({"~mensch", "~rights", "~people", "~person", "~droits", "~humain", "~derech", "~humano"})
_ECHO_WEIGHS = 4  # so many single words that come back are as bad as one run of them

_MARKS = re.compile(r"\{(?:several|named|unnamed)\}")


class Chooser:
    """Draws the phrasings of one letter. Each part is drawn by its own hash, so a new phrase in one pool leaves the others alone."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._key = blake2b(seed.encode(), digest_size=16).digest()
        self._heard: set[str] = set()
        self._once: set[str] = set()
        self._last = ""

    def unheard(self) -> "Chooser":
        """Return a chooser of the same seed that has heard nothing, for words that stand apart from the letter as its subject does."""
        return Chooser(self._seed)

    def number(self, what: str, below: int) -> int:
        """Return a number from 0 to `below` - 1, the same each time for this seed and `what`."""
        return int.from_bytes(self._digest(what)[:4]) % below

    def choose(
        self, part: str, phrases: Sequence[Phrase], values: Mapping[str, str], *, at: int | None = None, after: str = ""
    ) -> str:
        """Return one of `phrases` whose slots all have a value, or "" where there is none.

        One that repeats words in a row, or begins as a sentence before it did, is passed over while there is another; where all do, the one that repeats least is taken. `at` tries
        them from that place on instead of from one drawn. `after` is the sentence right before: one that begins with the same word is passed over too.
        """
        there = values.keys()
        able = [phrase for phrase in phrases if phrase.slots <= there]
        if not able:
            return ""
        digest = self._digest(part)
        begun = first_word(after) or None
        start = _drawn(able, int.from_bytes(digest[:4])) if at is None else at % len(able)
        in_turn = [*able[start:], *able[:start]]
        attempts = ((phrase, picks) for picks in (digest[4:], digest[11:] + digest[4:11]) for phrase in in_turn)
        least, best, words = -1, in_turn[0], ""
        for phrase, picks in attempts:
            worded = phrase.worded(picks)
            echoed = sum(map(_weight, self._heard & _echoes(worded))) + 2 * _ECHO_WEIGHS * (
                phrase.source in self._heard
            )
            echoed += _ECHO_WEIGHS * ((first_word(worded) == begun) + 2 * (phrase.source == self._last))
            if least < 0 or echoed < least:
                least, best, words = echoed, phrase, worded
            if not echoed:
                break
        said = _echoes(words) | {best.source}
        self._heard |= said - (_USUAL - self._once)
        self._once |= said & _USUAL
        self._last = best.source
        return best.filled(words, values)

    def rotated(self, what: str, items: Sequence[int]) -> tuple[int, ...]:
        """Return the items starting from one drawn evenly, so that each comes first equally often."""
        if not items:
            return ()
        start = self.number(what, len(items))
        return (*items[start:], *items[:start])

    def _digest(self, what: str) -> bytes:
        return blake2b(what.encode(), key=self._key, digest_size=40).digest()


def first_word(sentence: str) -> str:
    """Return the word a sentence begins with, small: "je" also for "J'espère"."""
    word = sentence.split(maxsplit=1)[0] if sentence else ""
    start = re.split(r"['’]", word.lower().strip('¿¡«“„"(,.:;'), maxsplit=1)[0]
    return "je" if start == "j" else start


def _drawn(phrases: Sequence[Phrase], number: int) -> int:
    """Return the index of the phrase that `number` draws, each as often as its weight says."""
    left = number % sum(phrase.weight for phrase in phrases)
    for index, phrase in enumerate(phrases):
        left -= phrase.weight
        if left < 0:
            return index
    raise AssertionError("the weights add up to more than any number drawn")


@lru_cache(maxsize=32_768)
def _echoes(worded: str) -> frozenset[str]:
    """Return the runs of words that are noticed when they come back, leaving out what fills the slots.

    They are four words in a row, three that are long, two that are very long, and those that begin a sentence, also a long one alone
    or what stands before a first comma ("De même,"); marked "~", and weighing less, the beginnings of single long words.
    """
    spoken = _MARKS.sub("", worded).lower().split()
    words = [word.strip(".,;:!?“”„«»\"'()") for word in spoken]
    twos = [" ".join(pair) for pair in pairwise(words)]
    threes = [f"{pair} {word}" for pair, word in zip(twos, words[2:], strict=False)]
    fours = [f"{run} {word}" for run, word in zip(threes, words[3:], strict=False)]
    found = {run for run in twos if len(run) >= _LONG_PAIR_LETTERS}
    found.update(run for run in threes if len(run) >= _ECHO_LETTERS)
    found.update(fours)
    found.update(f"^{run}" for at, run in enumerate(threes) if at == 0 or spoken[at - 1][-1] in ":;")
    begins = [at for at in range(len(words)) if at == 0 or spoken[at - 1][-1] in ":;"]
    found.update(f"^{twos[at]}" for at in begins if at < len(twos) and len(twos[at]) >= _LONG_START_LETTERS)
    found.update(f"^{word}" for word in words[:1] if len(word) >= _LONG_WORD_LETTERS)
    found.update(f"~{word[:_STEM_LETTERS]}" for word in words if len(word) >= _STEM_LETTERS)
    found.update(f"^{' '.join(words[: at + 1]).strip()}" for at, word in enumerate(spoken[:4]) if word[-1] in ",:")
    return frozenset(run for run in found if "{" not in run)


def _weight(run: str) -> int:
    return 1 if run.startswith("~") else _ECHO_WEIGHS
