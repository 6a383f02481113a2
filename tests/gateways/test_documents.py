"""Files become text, or one clear refusal."""

import io
import struct
import time
import zipfile
import zlib

import docx
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from advocacy.domain.errors import InvalidError
from advocacy.gateways.documents import LARGEST_FILE, decode, shown_name, text_of

WORDS = "Première action: écrivez à l'été – “vite”"


def pdf_of(*pages: str, password: str | None = None, flate: bytes | None = None) -> bytes:
    writer = PdfWriter()
    for words in pages:
        page = writer.add_blank_page(595, 842)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        lines = "".join(f"({line}) Tj 0 -14 Td " for line in words.split("\n"))
        stream.set_data(f"BT /F1 11 Tf 50 780 Td {lines} ET".encode("latin-1") if words else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)  # noqa: SLF001 - the only way to add a plain stream
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx_of(*paragraphs: str) -> bytes:
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive_of(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def body_of(xml: str) -> bytes:
    return archive_of({"word/document.xml": xml.encode()})


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "mac_roman"])
def test_text_in_any_usual_encoding_is_read(encoding: str) -> None:
    assert text_of("alert.txt", WORDS.encode(encoding)) == WORDS


def test_text_in_an_old_dos_encoding_is_read() -> None:
    assert decode("Señor, été, Straße, à bientôt".encode("cp850")) == "Señor, été, Straße, à bientôt"


def test_wide_text_without_a_mark_is_read() -> None:
    assert decode("Dear President".encode("utf-16-le")) == "Dear President"


def test_a_pdf_gives_its_lines_and_pages_in_order() -> None:
    text = text_of("alert.pdf", pdf_of("URGENT ACTION\nUA 1/24 Chad", "Write to the Minister today"))
    assert text.index("UA 1/24 Chad") < text.index("Write to the Minister")


def test_a_scanned_pdf_says_so() -> None:
    with pytest.raises(InvalidError, match="no text"):
        text_of("scan.pdf", pdf_of("", ""))


def test_a_locked_pdf_says_so() -> None:
    with pytest.raises(InvalidError, match="password"):
        text_of("locked.pdf", pdf_of("Some words that nobody can see", password="secret"))


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    with pytest.raises(InvalidError, match="more than 60 pages"):
        text_of("book.pdf", pdf_of(*["A page of a long book"] * 61))


def test_a_truncated_pdf_is_refused() -> None:
    with pytest.raises(InvalidError):
        text_of("half.pdf", pdf_of("Some words")[:200])


def test_a_pdf_bomb_costs_one_clear_error() -> None:
    packed = zlib.compress(b" " * 300_000_000, 9)
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    body += b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream endobj\n"
    body += b"trailer<</Root 1 0 R>>\n%%EOF"
    started = time.monotonic()
    with pytest.raises(InvalidError):
        text_of("bomb.pdf", body)
    assert time.monotonic() - started < 25


def test_a_word_file_gives_its_paragraphs_and_drops_what_was_deleted() -> None:
    assert text_of("alert.docx", docx_of("UA 7/24", "Release her.")) == "UA 7/24\nRelease her.\n"
    xml = f"<w:document {W}><w:body><w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p></w:body></w:document>"
    assert text_of("a.docx", body_of(xml)) == "kept\n"


def test_a_word_file_with_entities_of_its_own_is_refused() -> None:
    xml = (
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document {W}><w:p><w:t>&a;</w:t></w:p></w:document>'
    )
    with pytest.raises(InvalidError, match="entities"):
        text_of("a.docx", body_of(xml))


def test_a_word_file_of_endless_empty_paragraphs_is_refused_in_seconds() -> None:
    xml = f"<w:document {W}>" + "<w:p/>" * 500_000 + "</w:document>"
    started = time.monotonic()
    with pytest.raises(InvalidError, match="too complex"):
        text_of("a.docx", body_of(xml))
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "entries",
    [
        {"word/document.xml": b"<x/>", "../../x": b"y"},
        {"word/document.xml": b"<x/>", "/etc/x": b"y"},
        {"word/document.xml": b"<x/>", "word/inner.zip": b"PK"},
        {"word/document.xml": b"0" * 40_000_000},
        {f"word/{number}": b"" for number in range(300)},
        {"mimetype": b"application/vnd.oasis.opendocument.text"},
    ],
    ids=["climbs out", "absolute", "nested", "bomb", "many entries", "another kind"],
)
def test_an_unsafe_archive_is_refused(entries: dict[str, bytes]) -> None:
    with pytest.raises(InvalidError):
        text_of("a.docx", archive_of(entries))


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    content = bytearray(archive_of({"word/document.xml": b"<x/>" * 500}))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 4)
    with pytest.raises(InvalidError):
        text_of("a.docx", bytes(content))


def test_a_web_page_gives_words_and_links_but_no_scripts() -> None:
    page = (
        "<html><head><title>t</title><base href='http://evil.example'><style>@import 'x'</style></head><body><script>alert(1)</script>"
        "<h1>Free &Eacute;lise</h1><p>Minister<br>Main Street 1</p><ul><li>release her</ul>"
        "<p><a href='https://a.example/x'>more</a> <a href='javascript:alert(1)'>bad</a><img src='http://pixel.example/'></p></body></html>"
    )
    text = text_of("page.html", page.encode())
    assert text == "# Free Élise\n\nMinister\nMain Street 1\n\n- release her\n\n[more](https://a.example/x) bad\n"


def test_fixed_width_text_of_a_web_page_keeps_its_columns() -> None:
    assert "Name      Phone\nBurns     555" in text_of(
        "a.html", b"<html><pre>Name      Phone\nBurns     555</pre></html>"
    )


def test_a_mail_gives_subject_date_and_its_plain_part() -> None:
    mail = (
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: =?utf-8?q?Libert=C3=A9?=\r\nDate: Tue, 4 Feb 1997 10:12:44 -0500\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\xc9crivez.\r\n'
        b"--x\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--x--\r\n"
    )
    text = text_of("alert.eml", mail)
    assert "Subject: Liberté\n" in text
    assert "Écrivez." in text
    assert "no" not in text.split("\n\n", 1)[1]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"   \n ", "holds no text"),
        ("a.txt", b"x" * (LARGEST_FILE + 1), "at most 10 MB"),
        ("a.pdf", b"plain words", "no PDF file"),
        ("a.docx", b"plain words", "no DOCX file"),
        ("a.docx", b"PK\x03\x04 and then nothing", "damaged"),
        ("a.txt", b"\x89PNG\r\n", "is a picture"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word file"),
        ("a.txt", b"MZ\x90", "is a program"),
        ("a.bin", bytes(range(32)) * 200, "is not a text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(name: str, content: bytes, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        text_of(name, content)


def test_a_file_of_two_kinds_is_refused() -> None:
    with pytest.raises(InvalidError, match="two kinds"):
        text_of("a.pdf", pdf_of("words") + archive_of({"a": b"b"}))


def test_a_file_name_is_shown_without_folders_and_marks() -> None:
    assert shown_name("../../app.py") == "app.py"
    assert shown_name("C:\\docs\\exe.fdp\u202e\r\n") == "exe.fdp"
    assert len(shown_name("x" * 300)) == 80
