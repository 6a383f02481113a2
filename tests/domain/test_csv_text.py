"""CSV taken apart: what breaks a file, what is guessed, and what is written so that no spreadsheet runs it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain.csv_text import (
    LONGEST_CELL,
    BrokenFileError,
    guarded,
    guess_charset,
    guess_delimiter,
    refuse_other_formats,
    rows,
    text_of,
    written,
)


def taken(raw: bytes, charset: str = "utf-8", delimiter: str = ",") -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in rows(text_of(io.BufferedReader(io.BytesIO(raw)), charset), delimiter)]


def test_rows_keep_the_line_they_begin_on_through_line_ends_of_every_kind_and_inside_quotes() -> None:
    assert taken(b'\xef\xbb\xbfa,b\r\n\r\n"two\nlines",x\rlast,"say ""hi"""') == [
        (1, ("a", "b")),
        (3, ("two\nlines", "x")),
        (5, ("last", 'say "hi"')),
    ]


@pytest.mark.parametrize(
    ("raw", "line", "why"),
    [
        (b'a,b\nc,"never closed\nd,e\n', 2, "never closed"),
        (b'a,b\n"c"d,e\n', 2, "text follows it"),
        (b"a,b\n" + b"x" * (LONGEST_CELL + 1) + b",y\n", 2, "longer than"),
        (b"a,b\n" + b"x," * 300, 2, "301 cells"),
        (b"a,b\n" + b"y" * 1_200_000, 2, "longer than"),
    ],
    ids=["unclosed quote", "text after a quote", "huge cell", "too many cells", "endless line"],
)
def test_what_breaks_a_file_is_named_by_its_line(raw: bytes, line: int, why: str) -> None:
    with pytest.raises(BrokenFileError, match=why) as caught:
        taken(raw)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "start", [b"PK\x03\x04..", b"\x1f\x8b..", b"%PDF-1.7", b"\xd0\xcf\x11\xe0", b"\n <!DOCTYPE html>"]
)
def test_another_format_is_known_by_its_first_bytes(start: bytes) -> None:
    with pytest.raises(BrokenFileError):
        refuse_other_formats(start)


def test_charset_and_delimiter_are_guessed() -> None:
    assert guess_charset("é".encode("utf-16"), is_utf8=False) == "utf-16"
    assert guess_charset(b"caf\xe9", is_utf8=False) == "windows-1252"
    assert guess_charset("é".encode(), is_utf8=True) == "utf-8"
    assert guess_delimiter('"a,b,c,d";e;f') == ";"
    assert guess_delimiter("email") == ","
    assert taken("email;ville\na@b.org;Orléans\n".encode("utf-16"), "utf-16", ";")[1] == (2, ("a@b.org", "Orléans"))
    assert taken("ville\nOrl\udce9ans".encode("utf-8", "surrogateescape"))[1][1] == ("Orl\ufffdans",)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u00a0+1"])
def test_no_cell_is_written_as_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert written([[cell, "plain", 4]]) == f'"\'{cell}","plain","4"\r\n'


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=4),
        max_size=5,
    )
)
def test_what_is_written_is_read_back_but_for_the_guard(table: list[list[str]]) -> None:
    read = taken(written(table).encode())

    assert [cells for _, cells in read] == [
        tuple(guarded(cell) for cell in line) for line in table if any(guarded(cell).strip() for cell in line)
    ]
