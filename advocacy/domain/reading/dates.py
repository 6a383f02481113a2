"""Find dates and tell which is the day of issue and which the last day to act. A date is never guessed."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.numbers import Number
from advocacy.domain.reading.page import Page
from advocacy.domain.sentence import Sentence

_MOST_DATES = 300
_YEARS = range(1948, 2100)
_SAME_SENTENCE = re.compile(r"[.!?:](?=\s+[^\d\s])|\n\s*\n")
_BRACKET = re.compile(r"\([^()\n]*$")


@dataclass(frozen=True)
class Found:
    """A date on the page. `value` is None where the text leaves it open, and `note` says why."""

    start: int
    end: int
    value: date | None
    note: Sentence | None = None


@dataclass(frozen=True)
class Judged:
    """A date taken for something, with how sure we are (0 to 1)."""

    found: Found
    confidence: float


def find_dates(page: Page, language: str | None) -> tuple[Found, ...]:
    """Return the dates of the page in order, at most 300. Without a year, or with day and month in unknown order, it is open."""
    spelled = [_spelled(match) for match in _spelled_pattern().finditer(page.folded)]
    figures = [_figures(match, language) for match in _FIGURES.finditer(page.folded)]
    dates = [found for found in [*spelled, *figures] if found]
    return tuple(sorted(dates, key=lambda found: found.start)[:_MOST_DATES])


def issue_date(
    page: Page, dates: tuple[Found, ...], number: Number | None, index: Number | None, deadline: Judged | None
) -> Judged | None:
    """Return the date of this text: labelled, beside the number, or alone on a line of the head."""
    limit = _head_end(page)
    judged: list[Judged] = []
    for found in dates:
        if deadline and found.start == deadline.found.start:
            continue
        if confidence := _issue_confidence(page, found, number, index, limit):
            judged.append(Judged(found, confidence))
    if not judged and page.sent:
        judged = [Judged(found, 0.6) for found in dates if page.sent[0] <= found.start < page.sent[1]]
    return max(judged, key=lambda one: (one.confidence, -one.found.start)) if judged else None


def deadline_date(page: Page, dates: tuple[Found, ...]) -> Judged | None:
    """Return the last day to act. A day until which the text may be passed on counts only where there is no other."""
    judged = [Judged(found, confidence) for found in dates if (confidence := _deadline_confidence(page, found))]
    return max(judged, key=lambda one: (one.confidence, -one.found.start)) if judged else None


def do_not_write_after(page: Page, dates: tuple[Found, ...]) -> Judged | None:
    """Return the day after which nobody should write, where the text says so."""
    for found in dates:
        if _before(page, found, _after_pattern()) and _acts(page, found):
            return Judged(found, 0.85)
    return None


def _deadline_confidence(page: Page, found: Found) -> float:
    if not _before(page, found, _until_pattern()):
        return 0.85 if _before(page, found, _after_pattern()) and _acts(page, found) else 0.0
    sentence = _sentence(page, found)
    if _pass_on_pattern().search(sentence):
        return 0.5
    return 0.95 if _acts(page, found) else 0.0


def _acts(page: Page, found: Found) -> bool:
    return bool(_act_pattern().search(_sentence(page, found)))


def _sentence(page: Page, found: Found) -> str:
    """The sentence around a date, folded; at most 200 characters before it and 60 after."""
    before = page.folded[max(0, found.start - 200) : found.start]
    ends = [match.end() for match in _SAME_SENTENCE.finditer(before)]
    after = page.folded[found.end : found.end + 60]
    stop = re.search(r"[.!?\n]", after)
    return before[ends[-1] if ends else 0 :] + " " + after[: stop.start() if stop else 60]


def _before(page: Page, found: Found, pattern: re.Pattern[str]) -> bool:
    """Whether one of the pattern's words stands right before the date, with at most a weekday between."""
    lead = page.folded[max(0, found.start - 60) : found.start]
    lead = _weekday_pattern().sub("", lead).rstrip(" \n,:*\"'(")
    return any(match.end() == len(lead) for match in pattern.finditer(lead))


def _issue_confidence(page: Page, found: Found, number: Number | None, index: Number | None, limit: int) -> float:
    line = page.line_at(found.start)
    if line.blank or _is_another_day(page, found):  # A mail's header is no line of the document.
        return 0.0
    if _before(page, found, _label_pattern()) and _label_is_one(page, found):
        return 0.97
    if any(_beside(page, found, one) for one in (number, index) if one):
        return 0.95
    if found.start > limit or page.flat:
        return 0.0
    if _alone(page, found):
        return 0.85
    return 0.75 if _dateline(page, found, line.start) else 0.0


def _is_another_day(page: Page, found: Found) -> bool:
    """Whether the date is a last day, or that of the earlier action which an update follows."""
    patterns = (_until_pattern(), _after_pattern())
    return any(_before(page, found, pattern) for pattern in patterns) or _is_of_the_followed(page, found)


def _label_is_one(page: Page, found: Found) -> bool:
    """A label for the day of issue opens its line, follows wide blanks, or has a colon."""
    lead = page.folded[max(0, found.start - 40) : found.start]
    if ":" in lead[-3:]:
        return True
    line = page.line_at(found.start)
    words = page.folded[line.start : found.start].strip(" (*")
    return bool(_label_pattern().fullmatch(words)) and found.end >= line.end - 2


def _is_of_the_followed(page: Page, found: Found) -> bool:
    """ "Further information on UA 1/98 issued 6 November" and "UA 1/98 (6 November)" date the earlier action."""
    line = page.line_at(found.start)
    lead = page.folded[max(line.start, found.start - 160) : found.start]
    if not re.search(r"\d/\d", lead) and not _update_pattern().search(lead):
        return False
    if _BRACKET.search(lead):
        return True
    return bool(re.search(r"(?<!-)(?:" + _earlier_pattern().pattern + r")\s*$", lead)) and bool(
        _update_pattern().search(lead)
    )


def _beside(page: Page, found: Found, number: Number) -> bool:
    """Whether only the index, a country or a few blanks lie between the date and the action's number."""
    if page.flat:
        gap = (
            page.folded[number.end : found.start]
            if found.start >= number.end
            else page.folded[found.end : number.phrase_start]
        )
        return len(gap.strip(" .,-")) == 0 and abs(found.start - number.start) < 80
    line = page.line_number(found.start)
    if page.line_number(number.start) == line:
        return True
    return abs(page.line_number(number.start) - line) <= 2 and _alone(page, found)


def _alone(page: Page, found: Found) -> bool:
    """Whether the date fills its line, but for a weekday, a place or a label before it."""
    line = page.line_at(found.start)
    rest = page.folded[line.start : found.start] + page.folded[found.end : line.end]
    rest = _weekday_pattern().sub("", rest).strip(" ,.;:()-|")
    return len(rest) <= 18 and len(rest.split()) <= 2 and not re.search(r"\d", rest)


def _dateline(page: Page, found: Found, line_start: int) -> bool:
    """ "(Brussels, 16 February 2005)." at the start of a paragraph."""
    lead = page.text[line_start : found.start].strip(" *_")
    after = page.text[found.end : found.end + 3]
    bracketed = page.text[max(0, line_start - 1) : line_start + 1].strip().startswith("(") or lead.startswith("(")
    return bool(re.fullmatch(r"\(?[A-ZÀ-Þ][\w.' -]{1,30},", lead)) and (
        ")" in after if bracketed else after[:2].strip() in {"-", "–", "—", ":", "."}
    )


def _head_end(page: Page) -> int:
    """Where the head ends at the latest: the first 40 lines and a third of the text."""
    filled = [line for line in page.lines if not line.blank]
    if not filled:
        return 0
    return max(filled[min(14, len(filled) - 1)].end, len(page.text) // 4)


@lru_cache(maxsize=1)
def _spelled_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, lexicon().months), key=len, reverse=True))
    year = r"(?:,?\s*(?:de\s+|del\s+|di\s+|do\s+|of\s+|anno\s+)?(?P<{0}>(?:19|20)\d\d|\d\d(?=\s+\d\d?:\d\d))(?![\d/]))?"
    day_first = (
        rf"(?<![\d/.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|o|a|\.)?\s*(?:of\s+|de\s+|di\s+|do\s+)?(?P<month>{names})\b\.?"
        + year.format("year")
    )
    month_first = rf"\b(?P<month2>{names})\b\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:/])" + year.format("year2")
    return re.compile(f"{day_first}|{month_first}")


_FIGURES = re.compile(
    r"(?<![\d/.-])(?:(?P<iso>(?:19|20)\d\d-\d{1,2}-\d{1,2})|(?P<a>\d{1,2})(?P<sign>[./-])\s?(?P<b>\d{1,2})(?P=sign)\s?(?P<year>(?:19|20)\d\d|\d\d))(?![\d/-])(?!\.\d)"
)


def _spelled(match: re.Match[str]) -> Found | None:
    day = int(match["day"] or match["day2"])
    month = lexicon().months[match["month"] or match["month2"]]
    year = match["year"] or match["year2"]
    if year is None:
        return Found(match.start(), match.end(), None, Sentence("no year is printed"))
    return _found(match, int(year) if len(year) == 4 else _century(int(year)), month, day)


def _figures(match: re.Match[str], language: str | None) -> Found | None:
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return _found(match, year, month, day)
    first, second = int(match["a"]), int(match["b"])
    if len(match["year"]) == 2 and match["sign"] == "-":
        return None
    year = int(match["year"]) if len(match["year"]) == 4 else _century(int(match["year"]))
    if first > 12 or match["sign"] == "." or (language not in {None, "en"} and second <= 12):
        return _found(match, year, second, first)
    if second > 12:
        return _found(match, year, first, second)
    if first == second:
        return _found(match, year, first, second)
    return Found(match.start(), match.end(), None, Sentence("day and month may stand in either order"))


def _century(short: int) -> int:
    return 1900 + short if short >= 70 else 2000 + short


def _found(match: re.Match[str], year: int, month: int, day: int) -> Found | None:
    if year not in _YEARS:
        return None
    try:
        return Found(match.start(), match.end(), date(year, month, day))
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _until_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["before"])


@lru_cache(maxsize=1)
def _after_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["after"])


@lru_cache(maxsize=1)
def _act_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["act"])


@lru_cache(maxsize=1)
def _pass_on_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["pass_on"])


@lru_cache(maxsize=1)
def _weekday_pattern() -> re.Pattern[str]:
    names = sorted(lexicon().words["weekdays"], key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(names) + r")\b\.?,?\s*(?:the\s+|den\s+|dem\s+|le\s+|el\s+|il\s+)?")


@lru_cache(maxsize=1)
def _label_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["issued"])


@lru_cache(maxsize=1)
def _earlier_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["earlier"])


@lru_cache(maxsize=1)
def _update_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["update"])
