"""Bombs and damaged files: each costs text or one clear error, within limits of memory and time measured per child."""

import io
import json
import os
import random
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import typst

from advocacy.domain.errors import InvalidError
from advocacy.domain.reading import read
from advocacy.gateways.documents import text_of
from tests.gateways.test_documents import W, archive_of, body_of, docx_of

DOCUMENTS = sorted((Path(__file__).parents[1] / "domain/reading/documents").glob("*.txt"))
MUTATIONS = int(os.environ.get("READING_FILE_MUTATIONS", "20"))
CHILD_SECONDS, CHILD_MEGABYTES = 23, 512
MUTATED_SECONDS = 5

MEASURED = """
import json, resource, sys, time
from advocacy.gateways.documents import text_of
from advocacy.domain.errors import InvalidError
began, fault, text = time.monotonic(), None, ""
try:
    text = text_of(sys.argv[1], sys.stdin.buffer.read())
except InvalidError as error:
    fault = str(error)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([time.monotonic() - began, peak, fault, len(text)]))
"""


def bomb(name: str) -> tuple[str, bytes]:
    """Return a file that is small, or looks harmless, and costs much to read."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    made: dict[str, Callable[[], tuple[str, bytes]]] = {
        "two million paragraphs": lambda: ("a.docx", body_of(f"<w:document {W}>{'<w:p/>' * 2_000_000}</w:document>")),
        "one huge node": lambda: ("a.docx", body_of(f"<w:document {W}><w:t>{'ab' * 20_000_000}</w:t></w:document>")),
        "many entries": lambda: ("a.docx", archive_of({f"word/{number}": b"" for number in range(65_000)})),
        "entities": lambda: (
            "a.docx",
            body_of(f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><w:document {W}><w:t>&l9;</w:t></w:document>'),
        ),
        "flate": lambda: ("a.pdf", _pdf(zlib.compress(b" " * 300_000_000, 6), "/FlateDecode")),
        "flate twice": lambda: (
            "a.pdf",
            _pdf(zlib.compress(zlib.compress(b"0 Td " * 40_000_000, 6), 6), "[/FlateDecode/FlateDecode]"),
        ),
        "endless operators": lambda: ("a.pdf", _pdf(zlib.compress(b"BT (a) Tj ET " * 5_000_000, 6), "/FlateDecode")),
        "many objects": lambda: (
            "a.pdf",
            _pdf(b"", None, b"".join(b"%d 0 obj<<>>endobj\n" % n for n in range(9, 300_000))),
        ),
        "a page tree that holds itself": lambda: (
            "a.pdf",
            (
                b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
            ),
        ),
        "cross references in a ring": lambda: (
            "a.pdf",
            b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
        ),
        "a deep web page": lambda: ("a.html", b"<html>" + b"<div><b><ul><li>" * 500_000),
        "a tag without end": lambda: ("a.html", b"<html><p " + b"a=' " * 2_000_000),
        "mail in mail": lambda: (
            "a.eml",
            b"From: a\r\nTo: b\r\nSubject: c\r\nContent-Type: message/rfc822\r\n\r\n" * 20_000,
        ),
        "parts in parts": lambda: ("a.eml", _nested_parts(5_000)),
    }
    return made[name]()


BOMBS = (
    "two million paragraphs",
    "one huge node",
    "many entries",
    "entities",
    "flate",
    "flate twice",
    "endless operators",
    "many objects",
    "a page tree that holds itself",
    "cross references in a ring",
    "a deep web page",
    "a tag without end",
    "mail in mail",
    "parts in parts",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.timeout(120)
def test_a_bomb_costs_text_or_one_clear_error(name: str) -> None:
    seconds, megabytes, fault, length = _measured(*bomb(name))

    assert seconds < CHILD_SECONDS
    assert megabytes <= CHILD_MEGABYTES
    assert fault or length <= 2_000_000
    if fault:
        assert "Traceback" not in fault
        assert "\n" not in fault


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_damaged_files_are_read_or_refused_within_seconds() -> None:
    largest_before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of other tests' children
    chance = random.Random(7)  # noqa: S311 - the same files each time
    whole = _files()
    for _ in range(MUTATIONS):
        name, content = chance.choice(whole)
        began = time.monotonic()
        with suppress(InvalidError):
            read(text_of(name, _damaged(content, chance)))
        assert time.monotonic() - began < MUTATED_SECONDS
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert largest <= max(CHILD_MEGABYTES * 1024, largest_before)


def test_a_pdf_of_two_columns_is_read_column_by_column() -> None:
    text = text_of("sheet.pdf", _two_columns())

    left, right = text.index("LEFT ONE"), text.index("RIGHT ONE")
    assert left < text.index("LEFT TWO") < right < text.index("RIGHT TWO")


def test_documents_read_as_well_from_pdf_within_a_second() -> None:
    times = []
    for path in DOCUMENTS[:6]:
        words = path.read_text(encoding="utf-8")
        pdf = _pdf_of(words)
        began = time.monotonic()
        reading = read(text_of("a.pdf", pdf))
        times.append(time.monotonic() - began)
        assert reading.ua_number.value == read(words).ua_number.value, path.name
    assert sorted(times)[len(times) // 2] < 1


def test_a_mail_with_attachments_gives_its_own_words_alone() -> None:
    mail = (
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Urgent action\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease write to the Minister today.\r\n"
        b'--x\r\nContent-Type: text/plain; name="list.txt"\r\nContent-Disposition: attachment; filename="../../list.txt"\r\n\r\n'
        b"names of members\r\n"
        b"--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--x--\r\n"
    )
    text = text_of("alert.eml", mail)

    assert "Please write to the Minister today." in text
    assert "names of members" not in text


def test_a_mail_of_an_attachment_alone_says_so() -> None:
    mail = (
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Urgent action\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n"
    )
    with pytest.raises(InvalidError, match="attachment"):
        text_of("alert.eml", mail)


def _measured(name: str, content: bytes) -> tuple[float, int, str | None, int]:
    """Return seconds, the child's peak in megabytes, its fault and the length of its text."""
    done = subprocess.run([sys.executable, "-c", MEASURED, name], input=content, capture_output=True, check=True)
    seconds, megabytes, fault, length = json.loads(done.stdout)
    return seconds, megabytes, fault, length


def _files() -> list[tuple[str, bytes]]:
    found = []
    for path in DOCUMENTS[:8]:
        words = path.read_text(encoding="utf-8")
        found += [
            ("a.pdf", _pdf_of(words)),
            ("a.docx", docx_of(*words.split("\n"))),
            ("a.html", f"<html><body><p>{words.replace(chr(10), '<br>')}</p></body></html>".encode()),
            ("a.eml", f"From: a@b.example\nTo: c@d.example\nSubject: x\nDate: today\n\n{words}".encode()),
        ]
    return found


def _damaged(content: bytes, chance: random.Random) -> bytes:
    kept = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at, width = chance.randrange(len(kept) + 1), chance.randint(1, 400)
        kind = chance.randrange(4)
        if kind == 0:
            del kept[at : at + width]
        elif kind == 1:
            kept[at:at] = kept[at : at + width] * chance.randint(2, 20)
        elif kind == 2:
            kept[at : at + width] = chance.randbytes(width)
        else:
            del kept[max(at, 64) :]
    return bytes(kept)


def _pdf(stream: bytes, filters: str | None, more: bytes = b"") -> bytes:
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n" + more
    named = f"/Filter{filters}".encode() if filters else b""
    body += b"4 0 obj<</Length %d%s>>stream\n" % (len(stream), named) + stream + b"\nendstream endobj\n"
    return body + b"trailer<</Root 1 0 R>>\n%%EOF"


def _nested_parts(depth: int) -> bytes:
    mail = io.BytesIO(b"")
    mail.write(b"From: a\r\nTo: b\r\nSubject: c\r\nMIME-Version: 1.0\r\n")
    for number in range(depth):
        mail.write(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number))
    mail.write(b"Content-Type: text/plain\r\n\r\nhello\r\n")
    return mail.getvalue()


def _pdf_of(words: str) -> bytes:
    """A sheet as a word processor would print it."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return bytes(
        typst.compile(
            f'#set page(margin: 2cm)\n#set text(size: 10pt)\n#set par(leading: 0.6em)\n#for line in "{escaped}".split("\\n") [#line \\ ]'.encode()
        )
    )


def _two_columns() -> bytes:
    filler = " ".join(["words that fill the line"] * 12)
    source = f"#set page(columns: 2, margin: 2cm)\nLEFT ONE {filler}\n\nLEFT TWO {filler}\n#colbreak()\nRIGHT ONE {filler}\n\nRIGHT TWO {filler}\n"
    return bytes(typst.compile(source.encode()))
