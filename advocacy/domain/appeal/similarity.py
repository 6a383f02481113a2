"""How alike letters are: the share of five-word runs that two of them have in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from advocacy.domain.appeal.choosing import Chooser

_SHINGLE_WORDS = 5


@dataclass(frozen=True)
class Similarity:
    """`median` and `p95` over random pairs, 0 for nothing in common to 1 for the same. `equal` counts letters that another equals.

    `floor` is the median that the demands' own words would set if all the rest differed.
    """

    letters: int
    pairs: int
    equal: int
    median: float
    p95: float
    floor: float


def similarity(letters: Sequence[str], *, locked: Sequence[str] = (), pairs: int = 5_000) -> Similarity:
    """Return how alike `letters` are, over `pairs` pairs drawn the same way each time.

    `locked` are texts that stand in every letter word for word. Raises ValueError for fewer than two letters.
    """
    if len(letters) < 2:
        raise ValueError(f"two letters at least can be compared, got {len(letters)}")
    drawn = Chooser("similarity")
    shared: set[str] = set().union(*(shingles(text) for text in locked))
    known: dict[int, frozenset[str]] = {}
    scores: list[float] = []
    floors: list[float] = []
    for number in range(pairs):
        one, other = _pair(drawn, number, len(letters))
        first = known.setdefault(one, shingles(letters[one]))
        second = known.setdefault(other, shingles(letters[other]))
        scores.append(jaccard(first, second))
        in_both = len(shared & first & second)
        floors.append(in_both / max(1, len(first) + len(second) - in_both))
    return Similarity(
        letters=len(letters),
        pairs=pairs,
        equal=len(letters) - len(set(letters)),
        median=_quantile(scores, 0.5),
        p95=_quantile(scores, 0.95),
        floor=_quantile(floors, 0.5),
    )


def shingles(text: str) -> frozenset[str]:
    """Return the runs of five words in a text, without regard to case and punctuation."""
    words = re.findall(r"\w+(?:['’]\w+)?", text.lower())
    return frozenset(" ".join(words[at : at + _SHINGLE_WORDS]) for at in range(len(words) - _SHINGLE_WORDS + 1))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the share of the runs of both that are in each of them; 1.0 where there are none at all."""
    union = len(first | second)
    return len(first & second) / union if union else 1.0


def _pair(drawn: Chooser, number: int, count: int) -> tuple[int, int]:
    one = drawn.number(f"one {number}", count)
    return one, (one + 1 + drawn.number(f"other {number}", count - 1)) % count


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 4)
