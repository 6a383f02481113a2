"""Put a reading together: text in, every field with its place and how sure we are out."""

from dataclasses import replace
from datetime import date
from itertools import pairwise, takewhile

from advocacy.domain.reading.addressees import targets_of
from advocacy.domain.reading.contacts import urls_in
from advocacy.domain.reading.countries import countries_of
from advocacy.domain.reading.dates import Judged, deadline_date, do_not_write_after, find_dates, issue_date
from advocacy.domain.reading.demands import demands_of, joined
from advocacy.domain.reading.headline import headline_of
from advocacy.domain.reading.language import language_of
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.numbers import Number, followed_number, index_of, own_numbers
from advocacy.domain.reading.page import Page, Span
from advocacy.domain.reading.parts import Part, divide, unfold
from advocacy.domain.reading.people import people_of, write_languages
from advocacy.domain.reading.tables import table_of
from advocacy.domain.reading.tidy import LONGEST, tidy
from advocacy.domain.reading.values import Field, Reading
from advocacy.domain.reading.verdict import judge
from advocacy.domain.sentence import Sentence

_MOST_LINKS = 50
_FEWEST_CASES = 2
_FEWEST_WORDS_OF_PROSE = 10


def read(text: str) -> Reading:
    """Read a document's text. Never raises: what is not found stays None or empty, and doubts are noted.

    Where a document holds several actions the first is read; `cases_of` gives the text of each.
    """
    page = unfold(tidy(text))
    cases = _cases(page, text)
    if len(cases) == 1:
        return _read_page(page, text)
    first, *others = (_read_page(unfold(tidy(case)), case) for case in cases)
    found = tuple(
        Field(one.ua_number.value, 0.8, one.ua_number.span) for one in (first, *others) if one.ua_number.value
    )
    note = Sentence("the document holds %(number)s actions; this is the first", number=len(cases))
    return replace(first, source=text, ua_number=replace(first.ua_number, confidence=0.6, note=note), cases=found)


def cases_of(text: str) -> tuple[str, ...]:
    """Return the text of each action in a document: all of it, or its pieces where headings number several.

    Pieces keep their places: what comes before a piece is blanked out, so that spans hold in the whole text.
    """
    return _cases(unfold(tidy(text)), text)


def _cases(page: Page, text: str) -> tuple[str, ...]:
    if page.flat:
        return (text,)
    parts = divide(page)
    starts: list[tuple[str, int]] = []
    for number in own_numbers(page):
        series = number.value.split("-")[0].casefold()
        if number.heading and not number.update and series not in {one for one, _ in starts}:
            starts.append((series, page.line_at(number.start).start))
    edges = sorted(start for _, start in starts)
    asking = [part.label_start for part in parts if part.kind in {"demands", "addressees"}]
    edges = [
        start for start, end in pairwise([*edges, len(page.text)]) if any(start <= label < end for label in asking)
    ]
    if len(edges) < _FEWEST_CASES:
        return (text,)
    places = [0, *(page.source_span(edge, edge + 1)[0] for edge in edges[1:]), len(text)]
    return tuple(" " * start + text[start:end] for start, end in pairwise(places))


def _read_page(page: Page, text: str) -> Reading:
    parts = divide(page)
    language, sure = language_of(page)
    numbers = own_numbers(page)
    number = numbers[0] if numbers else None
    index = index_of(page, number)
    dates = find_dates(page, language)
    deadline = deadline_date(page, dates)
    title = headline_of(page, parts, number, index, dates)
    table = table_of(page)
    taken = [(one.phrase_start, one.end) for one in (*numbers, index) if one]
    taken += [(deadline.found.start, deadline.found.end)] if deadline and not page.flat else []
    targets = targets_of(page, parts, table, taken)
    demands = demands_of(page, parts)
    countries, codes = countries_of(page, number, index, title, targets)
    follows = followed_number(page, number)
    verdict = judge(
        page,
        has_number=bool(number or index),
        demands=len(demands),
        targets=len(targets),
        has_deadline=bool(deadline),
        parts=frozenset(part.kind for part in parts),
    )
    return Reading(
        source=text,
        verdict=verdict,
        title=title,
        index=_numbered(page, index),
        ua_number=_numbered(page, number),
        issued=_dated(page, issue_date(page, dates, number, index, deadline)),
        deadline=_dated(page, deadline),
        language=Field(
            language,
            sure,
            None,
            None if len(text) <= LONGEST else Sentence("only the first %(most)s characters were read", most=LONGEST),
        ),
        countries=countries,
        country_codes=codes,
        demands=demands,
        targets=targets,
        summary=_case(page, parts, title, taken),
        background=_told(page, parts, "background", taken),
        model_letter=_letter(page, parts),
        people=people_of(page, language),
        write_languages=write_languages(page, parts),
        links=_links(page),
        follows=_numbered(page, follows),
        no_further_action=_no_further_action(page),
        do_not_write_after=_dated(page, do_not_write_after(page, dates)),
    )


def _numbered(page: Page, one: Number | None) -> Field[str | None]:
    return Field(one.value, 0.95, page.source_span(one.start, one.end)) if one else Field(None)


def _dated(page: Page, judged: Judged | None) -> Field[date | None]:
    if judged is None:
        return Field(None)
    found = judged.found
    return Field(
        found.value, judged.confidence if found.value else 0.0, page.source_span(found.start, found.end), found.note
    )


def _case(page: Page, parts: tuple[Part, ...], title: Field[str | None], taken: list[Span]) -> Field[str | None]:
    """The case in the document's words: what a label marks as the summary, else the prose between headline and first label."""
    marked = _told(page, parts, "summary", taken)
    if marked.value:
        return marked
    after_title = page.place_of(title.span[1]) if title.span else 0
    part = next((one for one in parts if one.start <= after_title < one.end), parts[0])
    start = max(after_title, part.start)
    prose = [span for span in _paragraphs(page, start, part.end) if _tells(page, span, taken)]
    if not prose:
        return Field(None)
    return Field("\n\n".join(joined(page, *span) for span in prose), 0.6, page.source_span(prose[0][0], prose[-1][1]))


def _tells(page: Page, span: Span, taken: list[Span]) -> bool:
    """Whether a paragraph is running text and neither letterhead nor the line of a number or deadline."""
    words = page.said(*span)
    apart = any(start < span[1] and span[0] < end for start, end in taken)
    return (
        len(words.split()) >= _FEWEST_WORDS_OF_PROSE and words.rstrip(")\"'”»").endswith((".", "!", "?")) and not apart
    )


def _told(page: Page, parts: tuple[Part, ...], kind: str, taken: list[Span]) -> Field[str | None]:
    """The whole text of the parts of a kind, its paragraphs kept; lines of numbers and deadlines are no part of it."""
    spans = [span for part in parts if part.kind == kind for span in _paragraphs(page, part.start, part.end)]
    spans = [span for span in spans if not any(start < span[1] and span[0] < end for start, end in taken)]
    if not spans:
        return Field(None)
    return Field("\n\n".join(joined(page, *span) for span in spans), 0.8, page.source_span(spans[0][0], spans[-1][1]))


def _letter(page: Page, parts: tuple[Part, ...]) -> Field[str | None]:
    """The model letter, from its salutation where there is one; demands listed inside it are part of it."""
    letters = [number for number, part in enumerate(parts) if part.kind == "letter"]
    opened = [number for number in letters if parts[number].start == parts[number].label_start]
    for number in opened or letters:
        inside = list(takewhile(lambda one: one.kind == "demands", parts[number + 1 :]))
        start, end = parts[number].start, inside[-1].end if inside else parts[number].end
        if text := "\n\n".join(joined(page, *span) for span in _paragraphs(page, start, end)):
            return Field(text, 0.8, page.source_span(start, end))
    return Field(None)


def _paragraphs(page: Page, start: int, end: int) -> list[Span]:
    """The page spans of the paragraphs between two positions; rules and page furniture part them or are left out."""
    found: list[Span] = []
    fresh = True
    for line in page.lines_between(start, end):
        if line.blank:
            fresh = True
        elif fresh:
            found.append((line.start, line.end))
            fresh = False
        else:
            found[-1] = (found[-1][0], line.end)
    return found


def _links(page: Page) -> tuple[Field[str], ...]:
    found: dict[str, Field[str]] = {}
    for link in page.links:
        if link.url.startswith(("http://", "https://")):
            found.setdefault(link.url, Field(link.url, 0.95, page.source_span(link.place, link.place + 1)))
    for url, start, end in urls_in(page.text):
        found.setdefault(url, Field(url, 0.9, page.source_span(start, end)))
    return tuple(found.values())[:_MOST_LINKS]


def _no_further_action(page: Page) -> Field[bool]:
    match = phrase_pattern(lexicon().words["no_further"]).search(page.folded)
    return Field(True, 0.9, page.source_span(match.start(), match.end())) if match else Field(False, 0.7)  # noqa: FBT003 - the value of a field
