"""Find what the addressee is asked to do: the items of a list, or the sentence that asks."""

import re
from functools import lru_cache

from advocacy.domain.reading.blocks import is_postal
from advocacy.domain.reading.contacts import contacts_in
from advocacy.domain.reading.lexicon import ask_pattern, lexicon
from advocacy.domain.reading.page import Line, Page, Span
from advocacy.domain.reading.parts import Part
from advocacy.domain.reading.values import Field

_MOST_SENTENCES = 20
_LABELLED = frozenset({"demands"})
_LISTS_WITHOUT_LABEL = frozenset({"head", "action", "summary", "letter"})
_SENTENCE_END = re.compile(r"[.!?](?=[\s\"')\]]|$)")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Art|Nr|Sr|Sra|Abs|bzw|etc|vs|Gen|Col|Rep|Sen)|\b\d{1,2})\.$",
    re.IGNORECASE,
)

_PARAGRAPH = re.compile(r"\n\s*\n")
_ITEM_START = re.compile(r"^[\"'(«“]?[^\W\d_]")
_WITHOUT_LABEL = (({"action"}, 1), ({"letter"}, 6), ({"head", "summary", "addressees", "end"}, 1))
"""Where a sentence that asks may stand when no label marks the demands, and how many sentences count."""


def demands_of(page: Page, parts: tuple[Part, ...]) -> tuple[Field[str], ...]:
    """Return the demands in order, each whole. A list under a label counts first, then a sentence that asks."""
    spans, confidence = _find(page, parts)
    fields: list[Field[str]] = []
    for start, end in spans:
        text = joined(page, start, end).strip(" ;")
        if len(text.split()) > 1 and text not in {field.value for field in fields}:
            fields.append(Field(text, confidence, page.source_span(start, end)))
    return tuple(fields)


def joined(page: Page, start: int, end: int) -> str:
    """Return the words between two page positions as running text; a word parted at a line's end is whole again."""
    text = re.sub(r"(?<=[^\W\d_])-\n\s*(?=[a-zà-þ])", "", page.text[start:end])
    return " ".join(text.split())


def _find(page: Page, parts: tuple[Part, ...]) -> tuple[list[Span], float]:
    for kinds, find, confidence in (
        (_LABELLED, _items, 0.95),
        (_LABELLED, _plainly_listed, 0.85),
        (_LABELLED, _asked_in_part, 0.8),
        (_LABELLED, _lines_without_bullets, 0.6),
        (_LISTS_WITHOUT_LABEL, _listed_after_ask, 0.85),
    ):
        for part in parts:
            if part.kind in kinds and (spans := find(page, part)):
                return spans, confidence
    return _asked_without_label(page, parts), 0.6


def _asked_without_label(page: Page, parts: tuple[Part, ...]) -> list[Span]:
    for kinds, most in _WITHOUT_LABEL:
        for part in parts:
            if part.kind in kinds and (spans := _asked(page, part.label_start, part.end, "anywhere", most)):
                return spans
    return []


def _items(page: Page, part: Part) -> list[Span]:
    """Return the bulleted items of a part. The list ends at a paragraph that has no bullet."""
    items: list[list[int]] = []
    blank = False
    for line in page.lines_between(part.start, part.end):
        if line.bullet and not line.blank:
            items.append([line.start, line.end])
        elif line.blank:
            blank = True
            continue
        elif items and (blank or line.level or _leaves_the_list(page, line)):
            break
        elif items:
            items[-1][1] = line.end
        blank = False
    if page.flat and items:
        items[-1][1] = min(items[-1][1], part.end)
    return [(start, end) for start, end in items]


def _leaves_the_list(page: Page, line: Line) -> bool:
    """An address or a way to reach someone is no continuation of an item."""
    return bool(contacts_in(page, line).labelled and is_postal(page.words_of(line)))


def _lines_without_bullets(page: Page, part: Part) -> list[Span]:
    """A list whose bullets were lost: under a label with a colon, each item ends in ";" or "." at a line's end."""
    label = page.folded[part.label_start : part.start].rstrip()
    if not label.endswith(":"):
        return []
    items: list[list[int]] = []
    fresh = True
    for line in page.lines_between(part.start, part.end):
        if line.blank:
            fresh = True
        elif line.level or line.rule:
            break
        else:
            if fresh and _ITEM_START.match(page.words_of(line)):
                items.append([line.start, line.end])
            elif items:
                items[-1][1] = line.end
            fresh = page.words_of(line).rstrip().endswith((";", "."))
    return [(start, end) for start, end in items if len(page.text[start:end].split()) > 2] if len(items) > 1 else []


def _plainly_listed(page: Page, part: Part) -> list[Span]:
    """Lines without bullets of which one or more ends in ";", as the items of a list do."""
    lines = _lines_without_bullets(page, part)
    return lines if any(page.text[start:end].rstrip().endswith(";") for start, end in lines) else []


def _asked_in_part(page: Page, part: Part) -> list[Span]:
    return _asked(page, part.label_start, part.end, "always", _MOST_SENTENCES)


def _asked(page: Page, start: int, end: int, kind: str, most: int) -> list[Span]:
    """Return what sentences ask for, from the verb on; "urging them to X, and to Y" asks for two things."""
    spans: list[Span] = []
    at = start
    while at < end and len(spans) < most:
        begin = _first_ask(page, at, end, kind)
        if begin is None:
            break
        if items := _items_at(page, begin, end):
            return [*spans, *items]
        finish = sentence_end(page, begin, end)
        spans += _parted(page, begin, finish)
        at = max(finish, begin + 1)
    return spans


def _listed_after_ask(page: Page, part: Part) -> list[Span]:
    """Return the list right after a phrase that asks, such as "ask them to:"."""
    for pattern in _ask_patterns("always"):
        for match in pattern.finditer(page.folded, part.label_start, part.end):
            begin = match.end() + len(re.match(r"[\s:]*", page.folded[match.end() : part.end])[0])  # type: ignore[index]
            if ":" in page.folded[match.end() : begin] and (items := _items_at(page, begin, part.end)):
                return items
    return []


def _items_at(page: Page, begin: int, end: int) -> list[Span]:
    """Return the items of a list that begins right where a sentence's demand would."""
    following = next((line for line in page.lines_between(begin, end) if not line.blank), None)
    if following is None or not following.bullet or following.start - begin > len(following.bullet) + 6:
        return []
    return _items(page, Part("demands", begin, begin, end))


def _first_ask(page: Page, start: int, end: int, kind: str) -> int | None:
    """Return where the first demand begins: of the phrases that match earliest, the one that ends first."""
    best: tuple[int, int] | None = None
    for pattern in _ask_patterns(kind):
        match = pattern.search(page.folded, start, end)
        if match is None:
            continue
        begin = next(
            (
                match.start(name)
                for name, value in match.groupdict().items()
                if name.startswith("at") and value is not None
            ),
            match.end(),
        )
        key = (match.start(), begin)
        best = key if best is None or key < best else best
    if best is None:
        return None
    begin = best[1]
    while begin < end and (page.text[begin].isspace() or page.text[begin] in ",:"):
        begin += 1
    return begin if begin < end else None


def sentence_end(page: Page, start: int, limit: int) -> int:
    """Return where the sentence that holds `start` ends, at the latest at the paragraph's end."""
    paragraph = _PARAGRAPH.search(page.text, start, limit)
    limit = paragraph.start() if paragraph else limit
    for match in _SENTENCE_END.finditer(page.text, start, limit):
        if not _ABBREVIATION.search(page.text[max(start, match.start() - 6) : match.end()]):
            return match.end()
    return limit


def _parted(page: Page, start: int, end: int) -> list[Span]:
    pieces: list[Span] = []
    at = start
    for match in _and_to_pattern().finditer(page.folded, start, end):
        if len(page.text[at : match.start()].split()) > 2:
            pieces.append((at, match.start()))
            at = match.end()
    return [*pieces, (at, end)]


@lru_cache(maxsize=4)
def _ask_patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(ask_pattern((ask,)) for ask in lexicon().words[kind])


@lru_cache(maxsize=1)
def _and_to_pattern() -> re.Pattern[str]:
    words = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in lexicon().words["and_to"])
    return re.compile(rf"[,;]\s+(?:{words})\s+")
