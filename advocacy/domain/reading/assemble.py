"""Put a reading together: text in, every field with its place and how sure we are out."""

import re
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
from advocacy.domain.reading.page import Page
from advocacy.domain.reading.parts import Part, divide, unfold
from advocacy.domain.reading.people import people_of, write_languages
from advocacy.domain.reading.tables import table_of
from advocacy.domain.reading.tidy import LONGEST, tidy
from advocacy.domain.reading.values import Field, Reading
from advocacy.domain.reading.verdict import judge

_MOST_LINKS = 50
_FEWEST_CASES = 2


def read(text: str) -> Reading:
    """Read a document's text. Never raises: what is not found stays None or empty, and doubts are noted.

    Where a document holds several actions the first is read; `cases_of` gives the text of each.
    """
    cases = cases_of(text)
    reading = _read_one(cases[0])
    if len(cases) == 1:
        return reading
    numbers = tuple(_read_one(case).ua_number for case in cases)
    several = replace(
        reading.ua_number, confidence=0.6, note=f"the document holds {len(cases)} actions; this is the first"
    )
    found = tuple(Field(number.value, 0.8, number.span) for number in numbers if number.value)
    return replace(reading, source=text, ua_number=several, cases=found)


def cases_of(text: str) -> tuple[str, ...]:
    """Return the text of each action in a document: all of it, or its pieces where headings number several.

    Pieces keep their places: what comes before a piece is blanked out, so that spans hold in the whole text.
    """
    page = unfold(tidy(text))
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


def _read_one(text: str) -> Reading:
    page = unfold(tidy(text))
    parts = divide(page)
    language, sure = language_of(page)
    numbers = own_numbers(page)
    number = numbers[0] if numbers else None
    index = index_of(page, number)
    dates = find_dates(page, language)
    deadline = deadline_date(page, dates)
    title = headline_of(page, parts, number, index, dates)
    table = table_of(page)
    taken = [(one.phrase_start, one.end) for one in (number, index) if one]
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
            language, sure, None, None if len(text) <= LONGEST else f"only the first {LONGEST:,} characters were read"
        ),
        countries=countries,
        country_codes=codes,
        demands=demands,
        targets=targets,
        summary=_told(page, parts, "summary") if _has(parts, "summary") else _first_paragraph(page, parts, title),
        background=_told(page, parts, "background"),
        model_letter=_letter(page, parts),
        people=people_of(page, language),
        write_languages=write_languages(page),
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


def _has(parts: tuple[Part, ...], kind: str) -> bool:
    return any(part.kind == kind for part in parts)


def _told(page: Page, parts: tuple[Part, ...], kind: str) -> Field[str | None]:
    """The whole text of the parts of a kind, its paragraphs kept."""
    spans = [(part.start, part.end) for part in parts if part.kind == kind and page.text[part.start : part.end].strip()]
    if not spans:
        return Field(None)
    text = "\n\n".join(_paragraphs(page, start, end) for start, end in spans)
    return Field(text, 0.8, page.source_span(spans[0][0], spans[-1][1]))


def _letter(page: Page, parts: tuple[Part, ...]) -> Field[str | None]:
    """The model letter; demands listed inside it are part of it."""
    for number, part in enumerate(parts):
        if part.kind == "letter":
            inside = list(takewhile(lambda one: one.kind == "demands", parts[number + 1 :]))
            end = inside[-1].end if inside else part.end
            if page.text[part.start : end].strip():
                return Field(_paragraphs(page, part.start, end), 0.8, page.source_span(part.start, end))
    return Field(None)


def _paragraphs(page: Page, start: int, end: int) -> str:
    pieces = re.split(r"\n\s*\n", page.text[start:end])
    return "\n\n".join(" ".join(piece.split()) for piece in pieces if piece.strip(" \n-=_*"))


def _first_paragraph(page: Page, parts: tuple[Part, ...], title: Field[str | None]) -> Field[str | None]:
    """The first paragraph of running text in the head, where no label marks a summary."""
    head = parts[0]
    for match in re.finditer(r"\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", page.text[head.start : head.end]):
        words = match[0].split()
        if len(words) > 25 and " ".join(words) != title.value:
            start, end = head.start + match.start(), head.start + match.end()
            return Field(joined(page, start, end), 0.6, page.source_span(start, end))
    return Field(None)


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
