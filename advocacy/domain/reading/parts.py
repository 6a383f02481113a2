"""Divide a page into its parts (demands, addressees, background ...) at the labels that mark them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.page import Line, Page, fold
from advocacy.domain.reading.tidy import lay_out

HEAD = "head"
_ORDER = (
    "diplomats",
    "copies",
    "addressees",
    "demands",
    "letter",
    "background",
    "summary",
    "write_in",
    "country",
    "end",
    "action",
)
_FLAT_BULLET = re.compile(r"(?<=\s)(?:-(?= +\w)|[–•■▪●](?=\s*\w)|[nvqoü§](?=\s{2,}\w))")
_SENTENCE_START = re.compile(r"[.!?]\s+")
_SIGNATURE = re.compile(r"-- ?")
_CONTACT_WORDS_AFTER = re.compile(r"\s*(?:[+(]?\d|[\w.+-]+@)")


@dataclass(frozen=True)
class Part:
    """A stretch of the page from one label to the next: `label` and `body` are page positions."""

    kind: str
    label_start: int
    start: int
    end: int


def unfold(page: Page) -> Page:
    """Break a document that came as one long line at its labels and bullets. Other pages are returned as they are."""
    if not page.flat:
        return page
    breaks: set[int] = set()
    labels = _flat_labels(page)
    for _, start, end in labels:
        breaks |= {start, end}
    for (kind, _, end), (_, following, _) in pairwise([*labels, ("", len(page.text), len(page.text))]):
        if kind == "demands":
            bullets = _FLAT_BULLET.finditer(page.folded, end, following)
            breaks |= {match.start() for match in bullets if _begins_an_item(page, match)}
    text: list[str] = []
    places: list[int] = []
    for place, char in enumerate(page.text):
        if place in breaks and place:
            text.append("\n")
            places.append(page.places[place])
        text.append(char)
        places.append(page.places[place])
    broken = lay_out(page.source, "".join(text), places, page.links)
    return Page(broken.source, broken.text, broken.places, broken.lines, page.links, flat=True)


def _begins_an_item(page: Page, match: re.Match[str]) -> bool:
    """A dash in mid-sentence is none of the list's: an item follows a sign, or begins with a verb's participle."""
    before = page.folded[max(0, match.start() - 4) : match.start()].rstrip()[-1:]
    word = re.match(r"\s*(\w*)", page.folded[match.end() : match.end() + 30])
    return match[0] != "-" or before in {*":;.,)?!"} or bool(word and word[1].endswith(("ing", "ant", "ando", "endo")))


def _flat_labels(page: Page) -> list[tuple[str, int, int]]:
    """Labels anywhere in the text, each with its colon; of two that overlap the earlier and longer stays."""
    found: list[tuple[int, int, str]] = []
    for kind in _ORDER:
        if kind in {"country", "end", "action"}:
            continue
        matches = _anywhere_pattern(kind).finditer(page.folded)
        found += [(match.start(), -match.end(), kind) for match in matches if match[0].rstrip().endswith(":")]
    labels: list[tuple[str, int, int]] = []
    reached = 0
    for start, negative_end, kind in sorted(found):
        if start >= reached:
            labels.append((kind, start, -negative_end))
            reached = -negative_end
    return labels


def divide(page: Page) -> tuple[Part, ...]:
    """Return the parts of a page in order; the first is the head, before any label."""
    marks: list[tuple[str, int, int]] = [(HEAD, 0, 0)]
    reached = 0
    for line in page.lines:
        if line.start < reached:
            continue
        if _SIGNATURE.fullmatch(page.text[line.start - len(line.bullet) - 1 : line.end].strip()) and not line.blank:
            marks.append(("end", line.start, line.end))
        elif not line.blank and (mark := label_at(page, line)):
            marks.append(mark)
            reached = mark[2]
        elif not line.blank and not _in_a_letter(marks[-1]) and _opens_a_letter(page, line):
            marks.append(("letter", line.start, line.start))
    ends = [mark[1] for mark in marks[1:]] + [len(page.text)]
    return tuple(Part(kind, start, body, max(end, body)) for (kind, start, body), end in zip(marks, ends, strict=True))


def _in_a_letter(mark: tuple[str, int, int]) -> bool:
    """Whether the part was opened by a salutation; one opened by a label may still have its salutation before it."""
    return mark[0] == "letter" and mark[1] == mark[2]


def _opens_a_letter(page: Page, line: Line) -> bool:
    """A salutation on a line of its own with a sentence below it."""
    if not is_salutation_line(page.said(line.start, line.end)):
        return False
    number = page.line_number(line.start)
    below = next((one for one in page.lines[number + 1 : number + 4] if not one.blank), None)
    return below is not None and len(page.words_of(below).split()) > 7


def is_salutation_line(words: str) -> bool:
    """ "Dear Minister," on a line of its own."""
    return bool(_salutation_pattern().match(fold(words))) and words.endswith((",", ":")) and len(words.split()) <= 10


def label_at(page: Page, line: Line) -> tuple[str, int, int] | None:
    """Return the kind of label a line begins with and the label's page positions; the longest label wins.

    A line that ends in a colon may also hold its label in its last sentence.
    """
    if mark := _label_from(page, line, line.start):
        return mark
    if not page.folded[line.start : line.end].endswith(":") or page.flat:
        return None
    sentences = [match.end() for match in _SENTENCE_START.finditer(page.folded, line.start, line.end)]
    mark = _label_from(page, line, sentences[-1]) if sentences else None
    return mark if mark and mark[2] >= line.end else None


def _label_from(page: Page, line: Line, start: int) -> tuple[str, int, int] | None:
    best: tuple[str, int, int] | None = None
    for kind in _ORDER:
        match = lexicon().labels[kind].match(page.folded, start)
        if match and match.end() > start and (best is None or match.end() > best[2]) and _fits(page, line, kind, match):
            best = (kind, start, _label_end(page, line, kind, match.end()))
    return best


def _label_end(page: Page, line: Line, kind: str, end: int) -> int:
    """A label that runs on before addresses takes up its line; after a colon the first address may follow."""
    if kind in {"addressees", "copies", "letter"} and not page.flat and page.folded[end - 1] != ":":
        return max(end, line.end)
    return end


def _fits(page: Page, line: Line, kind: str, match: re.Match[str]) -> bool:
    """Refuse a label that is only the beginning of something else."""
    if (
        kind in {"end", "copies", "addressees"}
        and _CONTACT_WORDS_AFTER.match(page.folded, match.end())
        and match.end() < line.end
    ):
        # "Contact: 613 ..." or "cc: x@y" name a way to reach someone, not a part of the document.
        return kind == "copies"
    return not (line.bullet and kind in {"background", "summary", "country", "write_in"} and line.bullet in "-•■n")


@lru_cache(maxsize=16)
def _anywhere_pattern(kind: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w'-])(?:" + lexicon().labels[kind].pattern + ")")


@lru_cache(maxsize=1)
def _salutation_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["salutations"])
