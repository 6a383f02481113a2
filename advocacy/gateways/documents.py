"""Files of organisers to text: told apart by their content, and parsed in a child process with hard limits."""

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePath

from advocacy.domain.errors import InvalidError
from advocacy.domain.sentence import Sentence

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes of a file that are accepted."""

_CHILD = Path(__file__).with_name("document_child.py")
_SECONDS = 22
_EXTENSIONS = {".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html", ".xhtml": "html", ".eml": "eml"}
_PLAIN_EXTENSIONS = frozenset({"", ".txt", ".text", ".md", ".markdown", ".asc", ".log"})
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Sentence("is an old Word file. Save it as DOCX or PDF and import that")),
    (b"{\\rtf", Sentence("is an RTF file. Save it as DOCX or PDF and import that")),
    (b"\x89PNG", Sentence("is a picture. Import the document as text, PDF or DOCX, or paste its text")),
    (b"\xff\xd8\xff", Sentence("is a picture. Import the document as text, PDF or DOCX, or paste its text")),
    (b"GIF8", Sentence("is a picture. Import the document as text, PDF or DOCX, or paste its text")),
    (b"MZ", Sentence("is a program, not a document")),
    (b"\x7fELF", Sentence("is a program, not a document")),
    (b"\x1f\x8b", Sentence("is a packed archive. Unpack it and import the document inside")),
)
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_GUESSES = ("cp1252", "mac_roman", "cp850")
_USUAL = frozenset("áàâäãåçéèêëíìîïñóòôöõúùûüýÿßœæøÁÀÂÄÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜ¿¡«»“”‘’„–—…€°§•·\xa0")
_HTML_START = re.compile(
    rb"\s*(?:<!--.{0,200}-->\s*)?<(?:!doctype\s+html|html|head|body|meta|div|p|table)\b", re.IGNORECASE | re.DOTALL
)
_MAIL_START = re.compile(
    rb"(?:(?:return-path|received|from|to|subject|date|message-id|mime-version|content-type|delivered-to|x-[\w-]+): [^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Answer:
    """What the child said: the text, or why there is none."""

    text: str
    fault: Sentence


def text_of(name: str, content: bytes) -> str:
    """Return the text of a file: TXT in any usual encoding, Markdown, HTML, EML, DOCX or PDF.

    Raises InvalidError, with a message for the person who gave the file, when it is empty, too large, of another
    kind than its name says, encrypted, without text, or too complex to be read within 20 seconds and 512 MB.
    """
    shown = shown_name(name)
    kind = _kind(name, shown, content)
    text = decode(content) if kind == "text" else _parse(kind, shown, content)
    if not text.strip():
        raise _refusal(shown, Sentence("holds no text"))
    return text


def shown_name(name: str) -> str:
    """Return a file's name fit to be shown: no folders, no control or direction marks, at most 80 characters."""
    last = PurePath(name.replace("\\", "/")).name
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    return clean[:80] or "the file"


def decode(content: bytes) -> str:
    """Return text from bytes: UTF-8, UTF-16 or UTF-32, else the Western encoding that gives the most usual letters."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").removeprefix("\ufeff")
    if content[:2000].count(0) > len(content[:2000]) // 4:
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return max((content.decode(encoding, errors="replace") for encoding in _GUESSES), key=_likeness)


def _likeness(text: str) -> int:
    """Score a guess: small accented letters count for it; a capital or a sign inside a word, and rare signs, against."""
    score = 0
    for before, char in pairwise(text[:50_000]):
        if char > "\x7f":
            inside = before.islower() and char not in "’\xa0"
            usual = char in _USUAL and (char.islower() or not inside)
            score += (1 + char.islower()) if usual else -2
    return score


def _kind(name: str, shown: str, content: bytes) -> str:
    """Return pdf, docx, html, eml or text by the content; refuse what is none of them or contradicts the name."""
    if not content:
        raise _refusal(shown, Sentence("is empty"))
    if len(content) > LARGEST_FILE:
        raise _refusal(
            shown,
            Sentence(
                "has %(size)s MB; at most %(most)s MB are read",
                size=round(len(content) / 1024 / 1024),
                most=LARGEST_FILE // 1024 // 1024,
            ),
        )
    extension = PurePath(name.replace("\\", "/")).suffix.lower()
    by_content = _by_content(shown, content)
    by_name = _EXTENSIONS.get(extension)
    if by_name in {"pdf", "docx"} and by_content != by_name:
        raise _refusal(
            shown,
            Sentence(
                "is called %(extension)s but is no %(kind)s file, or it is damaged",
                extension=extension,
                kind=by_name.upper(),
            ),
        )
    if by_content == "text":
        return by_name or "text"
    if (
        extension in _PLAIN_EXTENSIONS | _EXTENSIONS.keys()
        and by_content in {"pdf", "docx"}
        and by_name not in {None, by_content}
    ):
        raise _refusal(
            shown,
            Sentence("is called %(extension)s but is a %(kind)s file", extension=extension, kind=by_content.upper()),
        )
    return by_content


def _by_content(shown: str, content: bytes) -> str:
    for magic, why in _REFUSED:
        if content.startswith(magic):
            raise _refusal(shown, why)
    if b"%PDF-" in content[:1024]:
        if content.startswith(b"PK") or b"PK\x05\x06" in content[-70_000:]:
            raise _refusal(shown, Sentence("is two kinds of file at once (PDF and ZIP), which is not safe to open"))
        return "pdf"
    return "docx" if content.startswith(b"PK") else _kind_of_text(shown, content)


def _kind_of_text(shown: str, content: bytes) -> str:
    if _HTML_START.match(content[:2000].removeprefix(b"\xef\xbb\xbf")):
        return "html"
    if _MAIL_START.match(content[:20_000]):
        return "eml"
    if _is_binary(content):
        raise _refusal(shown, Sentence("is not a text, Markdown, HTML, e-mail, DOCX or PDF file"))
    return "text"


def _is_binary(content: bytes) -> bool:
    start = content[:4000]
    if any(start.startswith(mark) for mark, _ in _BOMS):
        return False
    if start.count(0) > len(start) // 4:
        pairs = start[1::2].count(0), start[::2].count(0)
        return max(pairs) < 0.6 * len(start) / 2
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x0b\x1a\x1b" for byte in start)
    return control > len(start) // 50


def _parse(kind: str, shown: str, content: bytes) -> str:
    answer = _ask_child(kind, decode(content).encode("utf-8", errors="replace") if kind == "html" else content)
    if answer.fault:
        raise _refusal(shown, answer.fault)
    return answer.text


def _ask_child(kind: str, content: bytes) -> _Answer:
    """Run the parser apart from us: isolated from our environment, and ended when it takes too long or too much."""
    too_complex = _Answer("", Sentence("is too complex to be read. Paste its text instead"))
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            [sys.executable, "-I", str(_CHILD), kind],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"LANG": "C.UTF-8"},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return too_complex
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return too_complex
    if told.get("damaged"):
        return _Answer("", Sentence("cannot be read as %(kind)s; it may be damaged", kind=kind.upper()))
    return _Answer(str(told.get("text", "")), Sentence(told.get("fault", "")))


def _refusal(shown: str, why: Sentence) -> InvalidError:
    faults = {"document": Sentence("%(flaw)s.", flaw=why)}
    return InvalidError("“%(file)s” %(why)s.", file=shown, why=why, faults=faults)
