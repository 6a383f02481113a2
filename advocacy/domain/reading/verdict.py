"""Judge whether a text is an urgent action at all."""

import re
from functools import lru_cache

from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.page import Page
from advocacy.domain.reading.values import Verdict
from advocacy.domain.sentence import Sentence

_ENOUGH = 3
_LEAST_WORDS = 12


def judge(
    page: Page, *, has_number: bool, demands: int, targets: int, has_deadline: bool, parts: frozenset[str]
) -> Verdict:
    """Weigh what an urgent action has (number, demands, addressees, deadline) against what other papers have."""
    if len(page.text.split()) < _LEAST_WORDS:
        return Verdict(is_action=False, reason=Sentence("The text is too short to be an urgent action."))
    signs: list[str] = []
    signs += ["an action number"] * 3 * has_number
    signs += ["demands"] * 2 * bool(demands)
    signs += ["someone to write to"] * 2 * bool(targets)
    signs += ["a deadline"] * has_deadline
    signs += ["words of an appeal"] * bool(_action_pattern().search(page.folded))
    signs += ["a model letter"] * ("letter" in parts)
    other = sorted({" ".join(match[0].split()) for match in _other_pattern().finditer(page.folded)})
    score = len(signs) - (1 if has_number else 2) * len(other)
    if score >= _ENOUGH:
        return Verdict(is_action=True, reason=Sentence("It has %(signs)s.", signs=tuple(dict.fromkeys(signs))))
    if other:
        return Verdict(
            is_action=False,
            reason=Sentence(
                "It reads like another kind of paper: it speaks of %(words)s.",
                words=tuple(f"“{word}”" for word in other[:3]),
            ),
        )
    return Verdict(
        is_action=False,
        reason=Sentence("It has neither an action number nor, together, demands and someone to write to."),
    )


@lru_cache(maxsize=1)
def _action_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["action_words"])


@lru_cache(maxsize=1)
def _other_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["not_action"])
