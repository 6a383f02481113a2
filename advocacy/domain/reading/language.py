"""Tell the language of a text by its commonest words."""

import re

from advocacy.domain.reading.lexicon import lexicon
from advocacy.domain.reading.page import Page

_WORD = re.compile(r"[^\W\d_]{1,15}")
_ENOUGH_WORDS = 3


def language_of(page: Page) -> tuple[str | None, float]:
    """Return the language (BCP 47 tag) with the most of its common words, and how sure that is (0 to 1)."""
    words = _WORD.findall(page.folded)
    counts = {language: sum(word in common for word in words) for language, common in lexicon().common_words.items()}
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    (first, most), (_, second) = ranked[0], ranked[1]
    if most < _ENOUGH_WORDS or most == second:
        return None, 0.0
    return first, round(min(0.99, 0.5 + (most - second) / (2 * most) + min(most, 100) / 400), 2)
