"""Read addressees out of a fixed-width table: one a row, with telephone and fax in columns."""

import re
from dataclasses import dataclass
from functools import lru_cache

from advocacy.domain.reading.blocks import is_prose
from advocacy.domain.reading.contacts import contacts_in, emails_in, is_no_value, phone_in
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.page import Line, Page, Span, fold
from advocacy.domain.reading.places import country_of_address
from advocacy.domain.reading.values import Field, Target

_COLUMN = re.compile(r"[^\s](?:[^\s]| (?! ))*")
_CODES = re.compile(r"(?:(?:\d{1,2}|[A-Z]{1,2}(?:-[A-Z]{2})?)\s+){1,3}(?=[A-Z][\w'’.-]*[a-z])")
_FURTHEST_ROW = 14
_FEWEST_ROWS = 2
_LONGEST_COLUMN_NAME = 6


@dataclass(frozen=True)
class Table:
    """The addressees of a table and the page positions it takes up."""

    targets: tuple[Field[Target], ...]
    span: Span

    def covers(self, place: int) -> bool:
        return self.span[0] <= place < self.span[1]


@dataclass
class _Row:
    line: Line
    name: str
    cells: dict[str, str]
    more: list[str]
    email: str | None = None


def table_of(page: Page) -> Table | None:
    """Return the first table that has a heading with a telephone or fax column and two rows or more."""
    if page.flat:
        return None
    for number, line in enumerate(page.lines):
        columns = _columns(page, line)
        if columns:
            rows = _rows(page, number, columns)
            if len(rows) >= _FEWEST_ROWS:
                return _table(page, number, rows)
    return None


def _columns(page: Page, line: Line) -> dict[str, int]:
    """Return where the columns of a heading line begin, by kind; empty where the line is no table's heading."""
    cells = [
        (match.start(), fold(match[0]).strip(" .:#")) for match in _COLUMN.finditer(page.text, line.start, line.end)
    ]
    if (
        len(cells) < 2
        or any(_is_sentence(words) for _, words in cells)
        or any(char.isdigit() for char in page.words_of(line))
    ):
        return {}
    kinds: dict[str, int] = {}
    origin = page.text.rfind("\n", 0, line.start) + 1
    for start, words in cells:
        for kind in ("phone", "fax", "email"):
            if kind not in kinds and set(words.replace("/", " ").split()) & lexicon().names(kind):
                kinds[kind] = start - origin
    first = min(kinds.values(), default=0)
    return kinds if kinds.keys() & {"phone", "fax"} and cells[0][0] - origin < first else {}


def _is_sentence(words: str) -> bool:
    return len(words.split()) > _LONGEST_COLUMN_NAME or (is_prose(words + ".") and len(words.split()) > 4)


def _rows(page: Page, header: int, columns: dict[str, int]) -> list[_Row]:
    rows: list[_Row] = []
    idle = 0
    for line in page.lines[header + 1 :]:
        if line.level or idle > _FURTHEST_ROW:
            break
        row = None if line.blank else _row(page, line, columns)
        idle = 0 if row else idle + 1
        if row:
            rows.append(row)
        elif rows and not line.blank:
            _continue_row(page, line, rows[-1], fresh=idle == 1)
    return rows


def _row(page: Page, line: Line, columns: dict[str, int]) -> _Row | None:
    """Return the row on a line: a name, then values that begin near the columns."""
    text = page.words_of(line)
    origin = line.start - (page.text.rfind("\n", 0, line.start) + 1)
    first = phone_in(text)
    if first is None or first.start() < 4 or is_prose(text):
        return None
    lead = text[: first.start()].rstrip(" (+")
    lead = lead if len(lead) < first.start() - 1 else ""
    codes = _CODES.match(lead)
    pieces = [match[0] for match in _COLUMN.finditer(lead[codes.end() if codes else 0 :])]
    if not pieces or not any(char.isalpha() for char in pieces[0]):
        return None
    cells: dict[str, str] = {}
    for match in _COLUMN.finditer(text, len(lead)):
        kind = min(columns, key=lambda name: abs(columns[name] - (match.start() + origin)))
        found = phone_in(match[0])
        value = match[0].strip() if found else ""
        if value and kind not in cells and not is_no_value(value):
            cells[kind] = value
    return _Row(line, pieces[0].strip(" ,"), cells, [piece.strip() for piece in pieces[1:]])


def _continue_row(page: Page, line: Line, row: _Row, *, fresh: bool) -> None:
    """Take an e-mail address on a line of its own, or a piece of the address right below a row."""
    words = page.said(line.start, line.end)
    emails = emails_in(words)
    if emails and emails[0][1] == 0 and emails[0][2] == len(words):
        row.email = row.email or emails[0][0]
    elif (
        fresh
        and line.indent >= row.line.indent + 2
        and not is_prose(words)
        and not emails
        and len(words) < 60
        and not words.endswith(".")
    ):
        row.more.append(words)


def _table(page: Page, header: int, rows: list[_Row]) -> Table:
    shared = _shared_address(page)
    targets = [_target(page, row, shared) for row in rows]
    before = _single_before(page, header)
    start = min(before.span[0] if before and before.span else page.lines[header].start, page.lines[header].start)
    return Table(tuple(([before] if before else []) + targets), (start, rows[-1].line.end + 1))


def _target(page: Page, row: _Row, shared: str | None) -> Field[Target]:
    postal = tuple(row.more) + ((shared,) if shared else ())
    phones = tuple(row.cells.get(kind, "") for kind in ("phone", "fax"))
    target = Target(
        name=row.name,
        role="primary",
        postal_lines=postal,
        email=row.email,
        phone=row.cells.get("phone"),
        fax=row.cells.get("fax"),
        country=country_of_address(postal, phones),
    )
    return Field(target, 0.85, page.source_span(row.line.start, row.line.end))


def _single_before(page: Page, header: int) -> Field[Target] | None:
    """Return an office given on a line of its own shortly above the table: "Committee fax: ..."."""
    for line in reversed(page.lines[max(0, header - 6) : header]):
        if line.blank:
            continue
        contacts = contacts_in(page, line)
        lead = page.said(line.start, contacts.lead_end).strip(" :-")
        values = {kind: found[0][0] for kind, found in contacts.values.items()}
        if contacts.labelled and values.keys() & {"phone", "fax"} and 0 < len(lead.split()) <= 6 and lead[:1].isupper():
            numbers = (values.get("phone", ""), values.get("fax", ""))
            target = Target(
                lead,
                "primary",
                phone=values.get("phone"),
                fax=values.get("fax"),
                country=country_of_address((), numbers),
            )
            return Field(target, 0.7, page.source_span(line.start, line.end))
    return None


def _shared_address(page: Page) -> str | None:
    """Return the address that one line gives for the whole table."""
    match = _shared_pattern().search(page.folded)
    return page.said(match.end(), page.line_at(match.end()).end).strip(" :.") or None if match else None


@lru_cache(maxsize=1)
def _shared_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["shared_address"])
