"""Find the headline in a text that lost its line breaks and capitals."""

import re

from advocacy.domain.reading.dates import Found
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.numbers import Number
from advocacy.domain.reading.page import Page
from advocacy.domain.reading.parts import Part
from advocacy.domain.reading.places import mentions
from advocacy.domain.reading.values import Field
from advocacy.domain.sentence import Sentence

_WORD = re.compile(r"[^\s]+")
_LONGEST = 16
_HEAD = 900


def flat_headline(
    page: Page, parts: tuple[Part, ...], number: Number | None, index: Number | None, dates: tuple[Found, ...]
) -> Field[str | None]:
    """Return the words between the number, dates and country at the top and the first sentence."""
    start = _start(page, number, index, dates)
    label = next((part.label_start for part in parts if part.label_start > start), len(page.text))
    zone = min(label, start + 400)
    stop = re.search(r"[.!?](?=\s|$)|\n", page.text[start:zone])
    end = start + stop.start() if stop else zone
    country = _country_with_gap(page, start, end)
    if country is not None:
        end, confidence = country, 0.75
    elif end == label or not _has_verb(page, start, end):
        confidence = 0.7
    else:
        end, confidence = _before_sentence(page, start, end), 0.5
    title = page.said(start, end).strip(" :-.,")
    if len(title.split()) < 2:
        return Field(None)
    return Field(
        title, confidence, page.source_span(start, end), Sentence("the headline was not set apart in this text")
    )


def _start(page: Page, number: Number | None, index: Number | None, dates: tuple[Found, ...]) -> int:
    """Return where number, index, dates and country label at the top end."""
    marks = [(found.start, found.end) for found in dates]
    marks += [(one.phrase_start, one.end) for one in (number, index) if one]
    anchor = (
        number.phrase_start
        if number and number.phrase_start < _HEAD
        else (index.start if index and index.start < _HEAD else None)
    )
    if anchor is None:
        return _after_country_label(page, 0)
    at = max(end for start, end in marks if anchor <= start < anchor + 5)
    moved = True
    while moved:
        moved = False
        for start, end in sorted(marks):
            if at < end and start - at < 45 and not re.search(r"[.!?]\s", page.text[at:start]):
                at, moved = end, True
    return _after_country_label(page, at)


def _after_country_label(page: Page, at: int) -> int:
    """Pass over closing signs, a dash, and "country X"."""
    at += len(page.text[at:]) - len(page.text[at:].lstrip(" )-.,:;–_"))
    label = re.compile(r"(?:country|pais|pays|land|paese)\s*:?\s+").match(page.folded, at)
    if label:
        named = next(iter(mentions(page.text[label.end() : label.end() + 60])), None)
        if named and named.start == 0:
            at = label.end() + named.end
    at += len(page.text[at:]) - len(page.text[at:].lstrip(" )-.,:;–_"))
    banner = phrase_pattern(lexicon().words["banners"]).match(page.folded, at)
    return banner.end() + len(page.text[banner.end() :]) - len(page.text[banner.end() :].lstrip()) if banner else at


def _country_with_gap(page: Page, start: int, end: int) -> int | None:
    """In older sheets the country ends the line of the headline: its name is followed by wide blanks."""
    for mention in mentions(page.text[start : min(end, start + 200)]):
        after = page.text[start + mention.end : start + mention.end + 40]
        if mention.kind == "name" and mention.start > 0 and re.match(r"(?: \([^()]{2,24}\))?(?:  |:)", after):
            return start + mention.start
    return None


def _has_verb(page: Page, start: int, end: int) -> bool:
    words = set(page.folded[start:end].split())
    return bool(words & lexicon().names("headline_verbs")) or len(words) > _LONGEST


def _before_sentence(page: Page, start: int, end: int) -> int:
    """Return where the headline gives way to the sentence: before a word that opens one, or a name told of later."""
    words = [(match.start(), match[0]) for match in _WORD.finditer(page.folded, start, end)]
    verbs = lexicon().names("headline_verbs")
    verb = next((i for i, (_, word) in enumerate(words) if i > 2 and word in verbs), len(words))
    best, best_score = min(verb, _LONGEST, len(words)), 0.0
    rest = page.folded[end:]
    for i in range(2, min(verb, _LONGEST, len(words) - 1)):
        score = _opens(words, i, rest)
        if score > best_score:
            best, best_score = i, score
    return words[best][0] if best < len(words) else end


def _opens(words: list[tuple[int, str]], i: int, rest: str) -> float:
    """Score how likely a sentence begins at word `i`."""
    word, before = words[i][1], words[i - 1][1]
    pair, crossing = f"{word} {words[i + 1][1]}", f"{before} {word}"
    starts = lexicon().names("sentence_starts")
    score = 3.2 * (word in starts and before not in starts and not before.endswith(","))
    score = max(score, 1.0 * (word in lexicon().names("sentence_prepositions")))
    small = frozenset.union(*lexicon().common_words.values())
    if before in small:
        return 0.0
    if words[i + 1][1] == "and" and word not in small:
        return score + 2.2 * (f" {word} " in rest and crossing not in rest)
    if word not in small and words[i + 1][1] not in small and not before.endswith(","):
        score += 2.5 * (pair in rest) + 0.5 * (rest.count(word) > 1) - 1.5 * (crossing in rest)
    return score
