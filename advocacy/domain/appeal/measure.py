"""Whether a letter says what it was to say, and whether demands are used equally often."""

import re
from collections.abc import Mapping


def says(text: str, demand: str) -> bool:
    """Return whether a demand's words stand in a text in their order, without regard to capitals and punctuation."""
    return f" {_words(demand)} " in f" {_words(text)} "


def evenness(uses: Mapping[int, int], demands: int) -> float:
    """Return how far the demand used least or most often is from an equal share: 0 is even, 1 is a demand never used, or twice its share."""
    total = sum(uses.values())
    if not total or not demands:
        return 0.0
    share = total / demands
    return round(max(abs(uses.get(index, 0) - share) for index in range(demands)) / share, 3)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
