"""CSV in and out: what a file of bytes is, its lines and rows with their line numbers, and cells no spreadsheet runs."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from advocacy.domain.errors import AdvocacyError
from advocacy.domain.sentence import Sentence

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
CHARSETS = (
    "utf-8",
    "utf-16",
    "windows-1252",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1254",
    "windows-1256",
    "mac-roman",
)
"""What a file may be written in, by explicit choice; the first three are guessed."""

MOST_COLUMNS = 200
LONGEST_CELL = 100_000
_LONGEST_LINE = 1_000_000
_QUOTE = '"'

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FORMULA_LEADS = "=+-@\t\r＝＋－＠"
_NO_TEXT = (
    (b"PK\x03\x04", Sentence("It is a workbook or a zip archive. Save the sheet as CSV, then hand that in.")),
    (b"\xd0\xcf\x11\xe0", Sentence("It is an old Excel workbook. Save the sheet as CSV, then hand that in.")),
    (b"\x1f\x8b", Sentence("It is compressed. Unpack it, then hand in the CSV.")),
    (b"%PDF", Sentence("It is a PDF. Ask for the list as CSV.")),
)
_PAGE_STARTS = (b"<!doctype", b"<html", b"<?xml")


class BrokenFileError(AdvocacyError):
    """The file cannot be taken apart into rows. `line` is where, 0 where it is the file as a whole."""

    def __init__(self, line: int, why: Sentence) -> None:
        super().__init__(Sentence("Line %(line)s: %(why)s", line=line, why=why) if line else why)
        self.line, self.why = line, why


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file; `line` is where it begins, counted from 1."""

    line: int
    cells: tuple[str, ...]


class Utf8:
    """Whether the bytes fed so far are UTF-8."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.holds = True

    def feed(self, piece: bytes, *, last: bool) -> None:
        try:
            self._decoder.decode(piece, final=last)
        except UnicodeDecodeError:
            self.holds = False


def refuse_other_formats(start: bytes) -> None:
    """Raise BrokenFileError where the first bytes are those of another format, whatever the file is called."""
    for mark, why in _NO_TEXT:
        if start.startswith(mark):
            raise BrokenFileError(0, why)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith(_PAGE_STARTS):
        raise BrokenFileError(
            0, Sentence("It is a web page, perhaps one that asks to sign in. Download the list itself.")
        )


def guess_charset(start: bytes, *, is_utf8: bool) -> str:
    """Return the charset of a file by its mark or by what it holds. Anything but Unicode is taken for Western European."""
    marked = next((charset for mark, charset in _MARKS if start.startswith(mark)), None)
    return marked or ("utf-8" if is_utf8 else "windows-1252")


def guess_delimiter(header: str) -> str:
    """Return the sign that parts a header line most often, a comma where none does. What is in quotes does not count."""
    outside = "".join(header.split(_QUOTE)[::2])
    return max(DELIMITERS, key=outside.count)


def text_of(raw: "io.BufferedReader[Any]", charset: str) -> TextIO:
    """Return the text of the bytes. What the charset has no sign for becomes U+FFFD, which a row is refused for."""
    chosen = "utf-8-sig" if charset == "utf-8" else charset
    return io.TextIOWrapper(raw, encoding=chosen, errors="replace", newline="")


def rows(text: TextIO, delimiter: str) -> Iterator[Row]:
    """Yield the rows, without the empty ones. Raises BrokenFileError at the first line that breaks the form.

    A quotation mark that is never closed, or a row with no end, would swallow the rest of the file: both end it here.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 0
    while True:
        begins = line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenFileError(begins, _said(error)) from None
        line = reader.line_num
        if len(cells) > MOST_COLUMNS:
            raise BrokenFileError(
                begins,
                Sentence(
                    "It has %(number)s cells; %(most)s is the most we take.",
                    number=len(cells),
                    most=MOST_COLUMNS,
                ),
            )
        if any(cell.strip() for cell in cells):
            yield Row(begins, tuple(cells))


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := _line(text):
        number += 1
        if len(line) >= _LONGEST_LINE:
            raise BrokenFileError(number, Sentence("It is longer than %(most)s characters.", most=_LONGEST_LINE))
        yield line


def _line(text: TextIO) -> str:
    try:
        return text.readline(_LONGEST_LINE)
    except UnicodeError:  # UTF-16 with no mark at its start, whichever half of it comes first.
        raise BrokenFileError(0, Sentence("It is not written in this character set. Choose another one.")) from None


def _said(error: csv.Error) -> Sentence:
    told = str(error)
    if "unexpected end of data" in told:
        return Sentence("A quotation mark opens here and is never closed.")
    if "field larger" in told:
        return Sentence(
            "A cell is longer than %(most)s characters; perhaps a quotation mark is not closed.",
            most=LONGEST_CELL,
        )
    return Sentence("A quotation mark closes and text follows it; a mark inside a cell is written twice.")


def guarded(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run: one that would be a formula gets a mark before it."""
    lead = cell.lstrip(" \n\u00a0\u3000\ufeff")[:1]
    return f"'{cell}" if cell[:1] in {"\t", "\r"} or (lead and lead in _FORMULA_LEADS) else cell


def written(lines: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV text: every cell quoted and guarded, lines ended by CRLF (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guarded("" if cell is None else str(cell)) for cell in line] for line in lines)
    return out.getvalue()
