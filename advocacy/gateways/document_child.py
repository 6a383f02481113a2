"""The child process that takes text out of PDF, DOCX, HTML and e-mail files, within limits of its own.

Run by path with the kind as its argument, the file on standard input. Answers on standard output with one JSON
object: `text`, or `fault` with the reason in words. It imports nothing of the product, so that a crash here costs
nothing but this answer.
"""

import email
import email.policy
import io
import json
import re
import resource
import stat
import sys
import zipfile
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from xml.parsers import expat

import pypdf

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 20
MOST_PAGES = 60
MOST_CHARACTERS = 2_000_000
MOST_PARAGRAPHS = 100_000
MOST_ENTRIES = 200
MOST_UNPACKED = 50 * 1024 * 1024
HIGHEST_RATIO = 100
_FEWEST_LETTERS = 20
_SMALL_ENTRY = 1024 * 1024
_SHOWN = {"w:numPr": "- ", "w:tab": "\t", "w:tc": "\t"}
_STYLES = (
    ("# ", r"(?i)(?:heading|title|titre|berschrift)"),
    ("- ", r"(?i)(?:list(?:bullet|number)|aufz|listeapuces|listaconvi|puntoelenco)"),
)
_TOO_COMPLEX = "is too complex to be read. Paste its text instead"


class RefusedError(Exception):
    """The file is not read; the message says why."""


def main() -> None:
    """Answer for one file. Limits are set before the first byte of it is read."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.stdout.write(json.dumps(_answer(sys.argv[1], sys.stdin.buffer.read())))


def _answer(kind: str, content: bytes) -> dict[str, str]:
    readers = {
        "pdf": pdf_text,
        "docx": docx_text,
        "html": lambda page: html_text(page.decode("utf-8")),
        "eml": mail_text,
    }
    try:
        text = readers[kind](content)
    except RefusedError as refused:
        return {"fault": str(refused)}
    except (MemoryError, RecursionError):
        return {"fault": _TOO_COMPLEX}
    except Exception:  # noqa: BLE001 - whatever a hostile file makes a parser raise, the answer is the same
        return {"damaged": "yes"}
    return {"text": text[:MOST_CHARACTERS]}


def pdf_text(content: bytes) -> str:
    """Return a PDF's text in reading order, pages parted by form feeds."""
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError("is locked with a password. Save a copy without one and import that")
    pages: list[str] = []
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES:
            raise RefusedError("has more than 60 pages; an urgent action has a few. Import only those pages")
        pages.append(page.extract_text())
        if sum(map(len, pages)) > MOST_CHARACTERS:
            raise RefusedError(_TOO_COMPLEX)
    text = "\n\f\n".join(pages)
    if sum(char.isalpha() for char in text) < _FEWEST_LETTERS:
        raise RefusedError(
            "holds pictures of pages but no text (it was scanned). Run text recognition on it, or paste the text"
        )
    return text


def docx_text(content: bytes) -> str:
    """Return the text of a Word file's body: what was deleted, comments and properties are not part of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_archive(archive, len(content))
        try:
            info = archive.getinfo("word/document.xml")
        except KeyError:
            raise RefusedError("is an archive, but not a DOCX file") from None
        with archive.open(info) as entry:
            xml = entry.read(MOST_UNPACKED + 1)
    if len(xml) > MOST_UNPACKED:
        raise RefusedError(_TOO_COMPLEX)
    return _WordBody().read(xml)


def check_archive(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse an archive by its table of contents, before anything is unpacked."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise RefusedError(_TOO_COMPLEX)
    reached = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if _is_unsafe(entry) or entry.header_offset < reached or entry.header_offset + entry.compress_size > size:
            raise RefusedError("is put together in a way that is not safe to open")
        reached = entry.header_offset + entry.compress_size
        if entry.file_size > _SMALL_ENTRY and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
            raise RefusedError(_TOO_COMPLEX)


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    nested = entry.filename.lower().endswith((".zip", ".jar", ".exe"))
    return (
        link
        or nested
        or ".." in parts
        or entry.filename.startswith(("/", "\\"))
        or ":" in parts[0]
        or bool(entry.flag_bits & 1)
    )


class _WordBody:
    """Walks through the XML of a Word document and keeps its words, line by line."""

    _SKIPPED = frozenset({"w:delText", "mc:Fallback", "w:moveFrom", "w:instrText", "w:del"})

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = self._paragraphs = self._skipping = 0
        self._in_text = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._words
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def read(self, xml: bytes) -> str:
        self._parser.Parse(xml, True)  # noqa: FBT003 - the parser's own signature
        return re.sub(r"\n{3,}", "\n\n", "".join(self._pieces)).strip("\n") + "\n"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._SKIPPED or self._skipping:
            self._skipping += 1
        elif name == "w:p":
            self._paragraphs += 1
            if self._paragraphs > MOST_PARAGRAPHS:
                raise RefusedError(_TOO_COMPLEX)
            self._line_break()
        elif name in {"w:br", "w:cr"}:
            self._line_break()
        elif name == "w:pStyle":
            self._add(next((mark for mark, style in _STYLES if re.match(style, attributes.get("w:val", ""))), ""))
        else:
            self._in_text = self._in_text or name == "w:t"
            self._add(_SHOWN.get(name, ""))

    def _end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif name == "w:t":
            self._in_text = False
        elif name in {"w:p", "w:tr"}:
            self._add("\n")

    def _words(self, words: str) -> None:
        if self._in_text and not self._skipping:
            self._add(words)

    def _line_break(self) -> None:
        if self._pieces and not self._pieces[-1].endswith(("\n", "\t")):
            self._add("\n")

    def _add(self, piece: str) -> None:
        self._size += len(piece)
        if self._size > MOST_CHARACTERS:
            raise RefusedError(_TOO_COMPLEX)
        self._pieces.append(piece)

    @staticmethod
    def _refuse(*_: Any) -> None:
        raise RefusedError("declares entities of its own, which no Word file does; it is not safe to open")


def html_text(html: str) -> str:
    """Return a page's words with headings, list items and links marked as in Markdown."""
    page = _WebPage()
    page.feed(html)
    page.close()
    text = "".join(page.pieces)
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


class _WebPage(HTMLParser):
    """Keeps the words of a page and drops scripts, styles, forms' insides and the page's own navigation."""

    _BLOCKS = frozenset(
        {"p", "div", "section", "article", "ul", "ol", "table", "blockquote", "pre", "address", "main", "dl", "figure"}
    )
    _SKIPPED = frozenset(
        {"script", "style", "noscript", "template", "svg", "nav", "iframe", "object", "select", "textarea", "title"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipping: list[str] = []
        self._link = ""
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SKIPPED:
            self._skipping.append(tag)
        if self._skipping:
            return
        if tag in self._BLOCKS:
            self._break(2)
        elif tag in {"br", "tr", "dt", "dd"}:
            self._break(1, always=tag == "br")
        elif tag == "li":
            self._break(1)
            self.pieces.append("- ")
        elif re.fullmatch(r"h[1-6]", tag):
            self._break(2)
            self.pieces.append("#" * int(tag[1]) + " ")
        else:
            self._start_inside(tag, dict(attrs))
        self._verbatim += tag == "pre"

    def _start_inside(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in {"td", "th"} and self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("   ")
        elif tag == "a":
            self._open_link(attributes.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
            return
        if tag == "a" and self._link:
            self.pieces.append(f"]({self._link})")
            self._link = ""
        elif tag in self._BLOCKS or re.fullmatch(r"h[1-6]", tag):
            self._break(2)
        elif tag in {"li", "tr"}:
            self._break(1)
        self._verbatim -= tag == "pre" and self._verbatim > 0

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        words = data if self._verbatim else re.sub(r"\s+", " ", data)
        if words == " " and (not self.pieces or self.pieces[-1].endswith(("\n", " "))):
            return
        if self.pieces and self.pieces[-1].endswith("\n") and not self._verbatim:
            words = words.lstrip(" ")
        self.pieces.append(words)

    def _open_link(self, href: str) -> None:
        href = re.sub(r"\s", "", href)
        if href.startswith(("http://", "https://")) and len(href) < 900 and not set(href) & set("()[]"):
            self._link = href
            self.pieces.append("[")

    def _break(self, lines: int, *, always: bool = False) -> None:
        tail = "".join(self.pieces[-3:])
        have = len(tail) - len(tail.rstrip("\n"))
        if always:
            self.pieces.append("\n")
        elif self.pieces and have < lines:
            self.pieces.append("\n" * (lines - have))


def mail_text(content: bytes) -> str:
    """Return a mail's subject, date and body; the plain part is preferred, attachments are left out."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise RefusedError("cannot be read as an e-mail")
    head = [f"{name}: {' '.join(str(message[name]).split())}" for name in ("From", "Subject", "Date") if message[name]]
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        raise RefusedError("is an e-mail without text. Import its attachment instead")
    words = str(body.get_content())
    if body.get_content_type() == "text/html":
        words = html_text(words)
    return "\n".join(head) + "\n\n" + words


if __name__ == "__main__":
    main()
