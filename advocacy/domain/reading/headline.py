"""Find the headline: beside the number, as a heading, in capitals, or on a line of its own."""

import re
from collections.abc import Iterator
from functools import lru_cache

from advocacy.domain.reading.blocks import is_postal, is_prose
from advocacy.domain.reading.contacts import contacts_in
from advocacy.domain.reading.dates import Found
from advocacy.domain.reading.flat_headline import flat_headline
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.numbers import Number
from advocacy.domain.reading.page import Line, Page, Span, fold
from advocacy.domain.reading.parts import Part, label_at
from advocacy.domain.reading.places import mentions
from advocacy.domain.reading.values import Field

_LETTER = re.compile(r"[^\W\d_]")
_EDGE = " \t:-–—|/,;*"
_ORGANISATION = re.compile(
    r"(?:campaign|coalition|alliance|committee|society|association|union|network|friends|bundnis|verein|kampagne|coordination) (?:for|of|fur|pour)\b"
)
_HEAD_LINES = 45
_SUBJECT_TAGS = re.compile(r"^(?:(?:re|fwd?|fw|aw|wg|tr|rv|\[[^\]]{1,40}\])\s*:?\s*)+", re.IGNORECASE)


def headline_of(
    page: Page, parts: tuple[Part, ...], number: Number | None, index: Number | None, dates: tuple[Found, ...]
) -> Field[str | None]:
    """Return the headline without the country label in front and the banner of the organisation."""
    if page.flat:
        return flat_headline(page, parts, number, index, dates)
    start = _head_start(page, number)
    limit = _head_limit(page, parts, start)
    lines = [line for line in page.lines_between(start, limit) if line.end > start]
    for span, confidence in _candidates(page, lines, number, index, dates):
        if span and (trimmed := _without_country(page, span)):
            return Field(_clean(page, trimmed), confidence, page.source_span(*trimmed))
    return Field(None)


def _candidates(
    page: Page, lines: list[Line], number: Number | None, index: Number | None, dates: tuple[Found, ...]
) -> Iterator[tuple[Span | None, float]]:
    """Yield where a headline may stand, the likeliest first, with how sure that is."""
    yield _labelled(page, lines), 0.95
    yield _beside_number(page, number, index, dates), 0.85
    yield _after_banner(page, lines), 0.9
    yield _heading(page, lines), 0.9
    yield _capitals(page, lines, number), 0.9
    yield page.subject, 0.7
    yield _alone(page, lines, dates), 0.5
    yield _below_number(page, lines, number, dates), 0.4
    yield _first_line(page, lines, dates), 0.3


def _clean(page: Page, span: Span) -> str:
    words = page.said(*span).strip(_EDGE)
    return _SUBJECT_TAGS.sub("", words) if page.subject == span else words


def _head_start(page: Page, number: Number | None) -> int:
    """The head begins some lines above the number, so that in a newsletter the number leads to its appeal."""
    if number is None:
        return 0
    line = page.line_number(number.start)
    return page.lines[max(0, line - 12)].start


def _head_limit(page: Page, parts: tuple[Part, ...], start: int) -> int:
    """The head ends before the first demand or address, and after some lines in any case."""
    ends = [
        part.label_start
        for part in parts
        if part.kind in {"demands", "addressees", "copies", "end", "background"} and part.label_start > start
    ]
    filled = [line for line in page.lines if line.start >= start and not line.blank][:_HEAD_LINES]
    return min([*ends, filled[-1].end + 1 if filled else len(page.text)])


def _labelled(page: Page, lines: list[Line]) -> Span | None:
    """ "TITLE: headline" on one line."""
    for line in lines:
        if (match := _title_label_pattern().match(page.folded, line.start, line.end)) and match.end() < line.end:
            return match.end(), line.end
    return None


def _beside_number(page: Page, number: Number | None, index: Number | None, dates: tuple[Found, ...]) -> Span | None:
    """What the line of the number says beyond number, index, dates and country: the concern, in older sheets."""
    if number is None:
        return None
    line = page.line_at(number.start)
    marks = [(number.phrase_start, number.end), *([(index.start, index.end)] if index else [])]
    marks += [(found.start, found.end) for found in dates]
    edges = [
        line.start,
        *(edge for mark in sorted(marks) if line.start <= mark[0] < line.end for edge in mark),
        line.end,
    ]
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        words = page.text[begin:end].strip(_EDGE + "()")
        if begin >= number.end and len(words.split()) >= 2 and not _is_small_print(words):
            place = page.text.index(words, begin)
            return place, place + len(words)
    return None


def _is_small_print(words: str) -> bool:
    """Countries, dates and labels that stand beside a number are not the concern."""
    if any(char.isdigit() for char in words) or len(_LETTER.findall(words)) < 8 or ":" in words:
        return True
    for mention in reversed(mentions(words)):
        words = words[: mention.start] + " " + words[mention.end :] if mention.kind == "name" else words
    left = _label_pattern().sub(" ", fold(words)).split()
    common = frozenset.union(*lexicon().common_words.values())
    return sum(word not in common for word in left) < 2


def _after_banner(page: Page, lines: list[Line]) -> Span | None:
    """ "URGENT ACTION: headline" on one line."""
    for line in lines:
        match = _banner_pattern().match(page.folded, line.start, line.end)
        if match and re.match(r"\s*(?::|-\s|!\s)\s*\S", page.folded[match.end() : line.end]):
            begin = match.end() + re.match(r"[\s:!-]*", page.folded[match.end() : line.end]).end()  # type: ignore[union-attr]
            words = page.text[begin : line.end]
            if len(words.split()) >= 2 and not any(char.isdigit() for char in words) and label_at(page, line) is None:
                return begin, line.end
    return None


def _heading(page: Page, lines: list[Line]) -> Span | None:
    depth = min((line.level for line in lines if line.level), default=0)
    for line in lines:
        if line.level and line.level <= max(depth, 2) and not _is_banner(page, line) and label_at(page, line) is None:
            return line.start, line.end
    return None


def _capitals(page: Page, lines: list[Line], number: Number | None) -> Span | None:
    """Neighbouring lines in capitals; with a number, those after it come first."""
    groups: list[Span] = []
    last: int | None = None
    for line in lines:
        if line.blank or not _is_capital_line(page, line):
            last = None if not line.blank else last
            continue
        at = page.line_number(line.start)
        if groups and last is not None and at == last + 1:
            groups[-1] = (groups[-1][0], line.end)
        else:
            groups.append((line.start, line.end))
        last = at
    after = [group for group in groups if number is None or group[0] > number.start]
    found = after or groups
    named = [group for group in found if not _ORGANISATION.match(page.folded, *group)]
    return (named or found)[0] if found else None


def _is_capital_line(page: Page, line: Line) -> bool:
    words = page.words_of(line)
    letters = _LETTER.findall(words)
    if (
        len(letters) < 8
        or not 2 <= len(words.split()) <= len(letters) // 2
        or sum(letter.isupper() for letter in letters) < 0.85 * len(letters)
    ):
        return False
    return (
        not _is_banner(page, line)
        and label_at(page, line) is None
        and not contacts_in(page, line).values
        and not re.search(r"\d/\d", words)
    )


def _is_banner(page: Page, line: Line) -> bool:
    """Whether a line only repeats the sender's banner."""
    folded = page.folded_line(line).strip(_EDGE + "!.#")
    if not _banner_pattern().match(folded):
        return False
    return (
        len(_LETTER.findall(_banner_pattern().sub("", folded))) <= 12
        and len(re.findall(r"\w+", _banner_pattern().sub("", folded))) <= 1
    )


def _first_line(page: Page, lines: list[Line], dates: tuple[Found, ...]) -> Span | None:
    """The first line, where nothing else can be the headline and it is short and plain."""
    line = next((one for one in lines if not one.blank), None)
    if line is None or line.bullet or label_at(page, line) or _is_banner(page, line) or contacts_in(page, line).values:
        return None
    words = page.words_of(line)
    dated = any(line.start <= found.start < line.end for found in dates)
    return (
        None
        if dated or is_prose(words) or _is_small_print(words) or len(words.split()) > 14
        else (line.start, line.end)
    )


def _below_number(page: Page, lines: list[Line], number: Number | None, dates: tuple[Found, ...]) -> Span | None:
    """The first short line below the number that is neither a date nor a sentence, where blank lines were lost."""
    for line in lines:
        words = page.words_of(line)
        if number is None or line.blank or line.start <= number.start:
            continue
        if is_prose(words) or line.bullet or len(words.split()) > 14:
            return None
        dated = any(line.start <= found.start < line.end for found in dates)
        if not dated and len(words.split()) >= 2 and not _is_small_print(words) and not _is_banner(page, line):
            return line.start, line.end
    return None


def _alone(page: Page, lines: list[Line], dates: tuple[Found, ...]) -> Span | None:
    """The first short line that is a paragraph of its own and names the concern."""
    for line in lines:
        at = page.line_number(line.start)
        above = at == 0 or page.lines[at - 1].blank or _is_banner(page, page.lines[at - 1])
        below = at + 1 >= len(page.lines) or page.lines[at + 1].blank
        words = page.words_of(line)
        if (
            above
            and below
            and 2 <= len(words.split()) <= 16
            and not line.bullet
            and not _is_banner(page, line)
            and label_at(page, line) is None
        ):
            dated = any(
                line.start <= found.start < line.end and found.end - found.start > 0.5 * len(words) for found in dates
            )
            contacts = contacts_in(page, line)
            address = (
                is_postal(words)
                and not is_prose(words)
                and words.rstrip().endswith((",", ")"))
                and any(char.isdigit() for char in words)
            )
            if (
                not dated
                and not contacts.values
                and not address
                and "@" not in words
                and not re.search(r"\d/\d", words)
            ):
                return line.start, line.end
    return None


def _without_country(page: Page, span: Span) -> Span | None:
    """Leave out a country label in front, where a sign parts them or the rest names the country again."""
    start, end = span
    banner = _banner_pattern().match(page.folded, start, end)
    if banner and (sign := re.match(r"\s*[:-]\s+", page.folded[banner.end() : end])):
        start = banner.end() + sign.end()
    words = page.text[start:end]
    first = next(iter(mentions(words)), None)
    if first is None or first.start > 0 or first.kind != "name":
        return (start, end) if words.strip(_EDGE) else None
    rest = words[first.end :]
    again = any(mention.code == first.code for mention in mentions(rest) if mention.kind == "name")
    sign = re.match(r"\s*[:|–—-]\s*|\s{2,}", rest)
    if (sign or again) and len(rest.split()) >= 2:
        begin = start + first.end + (sign.end() if sign else 1)
        return begin, end
    return start, end


@lru_cache(maxsize=1)
def _title_label_pattern() -> re.Pattern[str]:
    names = "|".join(map(re.escape, lexicon().words["title_labels"]))
    return re.compile(rf"(?:{names})\s*:\s*")


@lru_cache(maxsize=1)
def _label_pattern() -> re.Pattern[str]:
    return phrase_pattern(
        (
            *lexicon().words["issued"],
            *lexicon().words["update"],
            "index",
            "ai index",
            "ua",
            "of",
            "de",
            "from",
            "distr",
            "first",
            "second",
            "third",
        )
    )


@lru_cache(maxsize=1)
def _banner_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["banners"])
