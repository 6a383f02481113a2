"""Find the action's own number, its index, and the number of the action an update follows."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.page import Page

_NUMBER = re.compile(
    r"(?<![\w/])(?P<kind>(?:first|second|third|fourth|fifth)\s+ua|ua|au|fi|extra|nsa|urgent action|action urgente|accion urgente"
    r"|azione urgente|acao urgente|accao urgente|eilaktion|type and number|appeal case)\b[\s:.#-]{0,6}(?:ua\s*:?\s*|au\s*:?\s*)?(?:(?:nr|no|num|number|nummer|numero)\b[.:o\s]{0,4})?"
    r"(?P<number>\d{1,4}/\d{2,4}(?:[-/]\d{1,2})?)(?![\d/])"
)
_INDEX = re.compile(r"(?<![\w/])[a-z]{3}\s?\d{2}/\s?(?:\d{2,5}|[a-z]{1,3}\s?\d{2,5})/\s?(?:\d{4}|\d{2})(?![\d/])")
_SERIES = frozenset({"act", "afr", "amr", "asa", "doc", "eur", "fin", "ior", "mde", "men", "nws", "org", "pol", "pre"})
_LIKE_A_DATE = re.compile(r"[0-3]\d/[01]?\d/(?:\d{4}|\d{2})")
_OTHER_INDEX = re.compile(
    r"(?<!\w)(?:ai\s+)?ind(?:ex|ice)(?:\s+(?:number|ai|no))?\s*\.?\s*:\s*(?P<index>[a-z]{2,5}[ -]?\d[\w/.-]{2,24})"
)
_LABEL = re.compile(r"(?<!\w)(?:ai\s+)?ind(?:ex|ice)(?:\s+(?:number|ai|no))?\s*\.?\s*:?\s*$")
_DATED_BRACKET = re.compile(r"[^()\n]*\b(?:19|20)\d\d\s*\)")
_REFERENCE = re.compile(r"(?:\bsee\b|\breport\b|\bvgl\b|\bsiehe\b|\bvoir\b|\bvease\b|\bvedi\b|\bver\b|,)[^.\n]{0,160}$")


@dataclass(frozen=True)
class Number:
    """A printed number: where it stands, as written, and where the phrase that announces it begins."""

    start: int
    end: int
    value: str
    phrase_start: int
    update: bool = False
    heading: bool = False


def own_numbers(page: Page) -> tuple[Number, ...]:
    """Return the numbers that can be this action's own, the likeliest first; numbers only mentioned are left out."""
    found = [
        _number(page, match)
        for match in _NUMBER.finditer(page.folded)
        if _announces(page, match) and not _previous(page, match.start())
    ]
    head = _head_limit(page)
    heads = [number for number in found if _stands_at_a_heading(page, number)]
    near = [number for number in found if number not in heads and (number.start < head or _index_near(page, number))]
    return tuple([replace(number, heading=True) for number in heads] + near)


def index_of(page: Page, number: Number | None) -> Number | None:
    """Return the document's own index, as printed; that of a report quoted in the text is not it."""
    best: tuple[int, Number] | None = None
    for match in filter(lambda one: _is_index(page, one), _INDEX.finditer(page.folded)):
        score = _index_score(page, match.start(), number)
        if score > 0 and (best is None or score > best[0]):
            best = (score, _printed(page, match.start(), match.end()))
    if best:
        return best[1]
    other = _OTHER_INDEX.search(page.folded)
    if (
        other is None
        or page.flat
        or other.start() > max(page.line_at(other.start()).start, 0) + 1
        or other.start() > _head_limit(page)
    ):
        return None
    return _printed(page, other.start("index"), other.end("index"))


def followed_number(page: Page, number: Number | None) -> Number | None:
    """Return the number of the earlier action an update follows, which in most series is its own as well."""
    if number and number.update:
        return number
    for match in _NUMBER.finditer(page.folded):
        if _announces(page, match) and _previous(page, match.start()):
            return _number(page, match)
    return None


def _announces(page: Page, match: re.Match[str]) -> bool:
    """ "AU 12/05" announces a number, "du 10/05 au 12/05" does not: the letters are capitals where there are any."""
    shown = page.text[match.start("kind") : match.end("kind")]
    return page.flat or len(shown) > 5 or shown.isupper() or " " in shown


def _is_index(page: Page, match: re.Match[str]) -> bool:
    """ "EUR 46/019/2013" is an index, "vom 12/05/2004" a date."""
    shown = page.text[match.start() : match.start() + 3]
    known = shown.lower() in _SERIES
    return known if page.flat else shown.isupper() and (known or not _LIKE_A_DATE.fullmatch(match[0][3:].strip()))


def _number(page: Page, match: re.Match[str]) -> Number:
    value = page.text[match.start("number") : match.end("number")]
    if match["kind"] == "nsa":
        value = f"{page.text[match.start() : match.start() + 3]} {value}"
    lead = page.folded[max(0, match.start() - 40) : match.start()]
    updates = [found for found in _update_pattern().finditer(lead) if not lead[found.end() :].strip(" :.-\n")]
    start = match.start() - (len(lead) - updates[-1].start()) if updates else match.start()
    update = bool(updates) or bool(_update_pattern().search(page.folded, max(0, match.start() - 120), match.start()))
    return Number(match.start("number"), match.end("number"), value, start, update)


def _previous(page: Page, start: int) -> bool:
    lead = page.folded[max(0, start - 40) : start + 3]
    return bool(_previous_pattern().search(lead))


def _stands_at_a_heading(page: Page, number: Number) -> bool:
    """Whether the number opens its line, as in a heading."""
    line = page.line_at(number.start)
    return not page.flat and number.phrase_start - line.start <= 30 and (line.end - line.start) < 220


def _index_near(page: Page, number: Number) -> bool:
    return bool(_INDEX.search(page.folded, max(0, number.start - 60), number.end + 60))


def _index_score(page: Page, start: int, number: Number | None) -> int:
    lead = page.folded[max(0, start - 30) : start]
    score = 2 if _LABEL.search(lead) else 0
    if (number and abs(number.start - start) < 120) or (
        number and page.line_number(start) == page.line_number(number.start) and not page.flat
    ):
        score += 3
    line = page.line_at(start)
    head = start < _head_limit(page)
    if head and start - line.start < 20 and not page.flat:
        score += 2
    if not head and score < 3:
        return 0
    if re.search(r"\([^()\n]*$", lead) and not (number and number.start - start in range(120)):
        score -= 9 if _DATED_BRACKET.match(page.text, start) else 3
    return score - 3 if _REFERENCE.search(page.folded[max(line.start, start - 160) : start]) and score < 3 else score


def _printed(page: Page, start: int, end: int) -> Number:
    return Number(start, end, page.said(start, end), start)


def _head_limit(page: Page) -> int:
    return max(900, len(page.text) // 5)


@lru_cache(maxsize=1)
def _update_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["update"])


@lru_cache(maxsize=1)
def _previous_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["previous"])
