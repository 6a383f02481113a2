"""Tell whose authorities are addressed, or where the people at risk are."""

import re
from collections import Counter
from itertools import pairwise

from advocacy.domain.reading.numbers import Number
from advocacy.domain.reading.page import Page, Span
from advocacy.domain.reading.places import Mention, english_name, mentions
from advocacy.domain.reading.values import Field, Target

_LABEL = re.compile(r"(?<!\w)(?:country|countries|pais|pays|land|paese)\s*:?[ ]+(?=\S)")
_FEWEST_MENTIONS = 2


def countries_of(
    page: Page,
    number: Number | None,
    index: Number | None,
    title: Field[str | None],
    targets: tuple[Field[Target], ...],
) -> tuple[tuple[Field[str], ...], tuple[str, ...]]:
    """Return the countries as English short names and as alpha-2 codes."""
    for found, confidence in (
        (_labelled(page, number, index), 0.95),
        (_counted(title, targets), 0.7),
        (_most_mentioned(page), 0.5),
    ):
        if found:
            codes = tuple(dict.fromkeys(code for code, _ in found))
            spans = dict(reversed(found))
            return tuple(Field(english_name(code), confidence, spans[code]) for code in codes), codes
    return (), ()


def _labelled(page: Page, number: Number | None, index: Number | None) -> list[tuple[str, Span | None]]:
    """Countries beside the number or index, after a label, or opening the headline's line."""
    head = page.text[: max(1200, len(page.text) // 4)]
    for match in _LABEL.finditer(page.folded, 0, len(head)):
        named = [m for m in mentions(page.text[match.end() : match.end() + 60]) if m.kind == "name"]
        if named and named[0].start == 0:
            return [_placed(page, named[0], match.end())]
    for one in (index, number):
        if one and (beside := _beside(page, one)):
            return beside
    return _opening_a_line(page, number)


def _beside(page: Page, one: Number) -> list[tuple[str, Span | None]]:
    line = page.line_at(one.start)
    start, end = (one.end, min(one.end + 40, len(page.text))) if page.flat else (line.start, line.end)
    if not page.flat and end - start > 300:
        return []
    named = [m for m in mentions(page.text[start:end]) if m.kind == "name"]
    if page.flat:
        named = [m for m in named if not page.text[start : start + m.start].strip(" .,:-")]
    return [_placed(page, mention, start) for mention in named]


def _opening_a_line(page: Page, number: Number | None) -> list[tuple[str, Span | None]]:
    """A country alone on a line of the head, or in capitals before wide blanks, as in older sheets."""
    head_end = max(1500, (number.end if number else 0) + 600)
    for line in page.lines:
        if line.start > head_end:
            break
        words = page.words_of(line)
        named = [m for m in mentions(words[:80]) if m.kind == "name"]
        if named and named[0].start == 0:
            rest = words[named[-1].end :]
            listed = not re.sub(r"[\s/&,;-]|\band\b|\bet\b|\by\b|\bund\b", "", _between(words, named))
            if (not rest.strip(" .:") and listed) or (words[: named[0].end].isupper() and re.match(r"\s{2,}|:", rest)):
                return [_placed(page, mention, line.start) for mention in named]
    if page.flat and number:
        zone = number.end
        gap = [
            m
            for m in mentions(page.text[zone : zone + 250])
            if m.kind == "name" and page.text[zone + m.end : zone + m.end + 2] == "  "
        ]
        return [_placed(page, gap[0], zone)] if gap else []
    return []


def _between(words: str, named: list[Mention]) -> str:
    return "".join(words[one.end : two.start] for one, two in pairwise(named))


def _counted(title: Field[str | None], targets: tuple[Field[Target], ...]) -> list[tuple[str, Span | None]]:
    """Countries of those addressed and of the headline; a country of few addresses beside many is left out."""
    weights: Counter[str] = Counter()
    spans: dict[str, Span | None] = {}
    for field in targets:
        code = _represented(field.value)
        if code:
            weights[code] += 2 if field.value.role == "primary" else 0
            spans.setdefault(code, field.span)
    for mention in mentions(title.value or ""):
        weights[mention.code] += 2 if mention.kind == "name" else 1
        spans.setdefault(mention.code, title.span)
    most = max(weights.values(), default=0)
    if most <= 1 or not targets:
        return []
    return [(code, spans[code]) for code, weight in weights.most_common() if weight > 0.6 * most]


def _represented(target: Target) -> str | None:
    """The country a target stands for: an embassy its sender, anyone else the country of the address."""
    named = [mention.code for mention in mentions(target.name) if mention.kind == "name"]
    return named[0] if named and target.for_countries else target.country


def _most_mentioned(page: Page) -> list[tuple[str, Span | None]]:
    weights: Counter[str] = Counter()
    first: dict[str, Span | None] = {}
    for mention in mentions(page.text):
        weights[mention.code] += {"name": 2, "capital": 0, "adjective": 1}[mention.kind]
        first.setdefault(mention.code, page.source_span(mention.start, mention.end))
    ranked = weights.most_common(2)
    if not ranked or ranked[0][1] < _FEWEST_MENTIONS:
        return []
    if len(ranked) > 1 and ranked[1][1] > 0.6 * ranked[0][1]:
        return []
    return [(ranked[0][0], first[ranked[0][0]])]


def _placed(page: Page, mention: Mention, offset: int) -> tuple[str, Span | None]:
    return mention.code, page.source_span(offset + mention.start, offset + mention.end)
