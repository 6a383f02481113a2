"""Prints letters, fax pages, envelopes and whole packets as PDF with Typst. Text goes in as data and is never part of the program."""

import importlib.util
import io
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import segno
import typst

from advocacy.domain.appeal.packet import PacketSheet
from advocacy.domain.appeal.paper import EnvelopeSheet, LetterSheet
from advocacy.domain.appeal.stall import StallSheet
from advocacy.domain.dossier import DossierSheet
from advocacy.gateways.resources import templates_path

_FONT_PACKAGES = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic", "fontpkg_noto_sans_devanagari")
_SIZES = ("11", "10.5", "10", "9.5")  # points, largest first: smaller type before a second page
_NO_GLYPH = re.compile(r"the text `\"(.+?)\"` could not be displayed")


@dataclass(frozen=True)
class Printed:
    """A finished PDF. `tagged` says it is PDF/UA-1; `missing` are the signs no font had (shown as boxes); `warnings` are for people."""

    content: bytes
    pages: int
    tagged: bool = True
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Attempt:
    standards: list[Literal["ua-1"]]
    system_fonts: bool


# A sign that our fonts lack may be among those of the machine; a letter with a box in it is still better than none.
_LADDER = (
    _Attempt(["ua-1"], system_fonts=False),
    _Attempt(["ua-1"], system_fonts=True),
    _Attempt([], system_fonts=True),
)


class Press:
    """Keeps Typst and its fonts loaded between letters: the first takes about 60 ms, the next a few. Safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._root = folder or templates_path() / "appeal" / "paper"
        self._compilers: dict[tuple[str, bool], typst.Compiler] = {}
        self._fonts: dict[bool, typst.Fonts] = {}
        self._lock = Lock()

    def letter(self, sheet: LetterSheet) -> Printed:
        """Return the letter on one page, in smaller type where it needs it; a second page comes with a warning."""
        printed, _ = self._fitted(sheet)
        if printed.pages == 1:
            return printed
        return _with_warning(
            printed, f"The letter takes {printed.pages} pages. Shorten it: one page is read and costs less to post."
        )

    def envelope(self, sheet: EnvelopeSheet) -> Printed:
        """Return one page of the size of the envelope."""
        printed = self._printed("envelope.typ", _side(sheet))
        if printed.pages == 1:
            return printed
        return _with_warning(printed, "The address is too long for this envelope. Shorten it or choose a larger one.")

    def packet(self, sheet: PacketSheet) -> Printed:
        """Return one document: what to do, the letters each in the type that keeps it on a page, and the envelopes."""
        sized = [self._fitted(letter) for letter in sheet.letters]
        fields = {
            "cover": asdict(sheet.cover),
            "letters": [_page(letter, size) for letter, (_, size) in zip(sheet.letters, sized, strict=True)],
            "envelopes": [_side(side) for side in sheet.envelopes],
        }
        printed = self._printed("packet.typ", fields)
        for letter, (alone, _) in zip(sheet.letters, sized, strict=True):
            if alone.pages > 1:
                printed = _with_warning(printed, f"The letter to {letter.recipient[0]} takes {alone.pages} pages.")
        return printed

    def stall(self, sheet: StallSheet) -> Printed:
        """Return the page for the table and the letters, each with the QR code of the campaign's page at its foot."""
        fields = {**asdict(sheet), "qr": _qr(sheet.url)}
        largest = [_page(letter, _SIZES[0]) for letter in sheet.letters]
        printed = self._printed("stall.typ", {**fields, "letters": largest})
        if printed.pages > 1 + len(largest):
            letters = [self._on_stall(fields, letter) for letter in sheet.letters]
            printed = self._printed("stall.typ", {**fields, "letters": letters})
        if printed.pages == 1 + len(largest):
            return printed
        return _with_warning(printed, "Some letters take two pages. Leave out a demand or choose the brief tone.")

    def dossier(self, sheet: DossierSheet) -> Printed:
        """Return what was asked and how many wrote, for the addressee or the press."""
        return self._printed("dossier.typ", asdict(sheet))

    def _on_stall(self, fields: dict[str, Any], letter: LetterSheet) -> dict[str, Any]:
        for size in _SIZES:
            page = _page(letter, size)
            if self._printed("stall.typ", {**fields, "letters": [page]}).pages == 2:
                break
        return page

    def _fitted(self, sheet: LetterSheet) -> tuple[Printed, str]:
        """Return the letter in the largest type that keeps it on one page, else in the smallest, and that size in points."""
        for size in _SIZES:
            printed = self._printed("letter.typ", _page(sheet, size), size=size)
            if printed.pages == 1:
                break
        return printed, size

    def _printed(self, template: str, fields: dict[str, Any], **inputs: str) -> Printed:
        sys_inputs = {"sheet": json.dumps(fields, ensure_ascii=False), **inputs}
        missing: tuple[str, ...] = ()
        for attempt in _LADDER:
            try:
                content = self._compiled(template, sys_inputs, attempt)
            except typst.TypstError as error:
                signs = _NO_GLYPH.findall(str(error.diagnostic))
                if not signs or not attempt.standards:
                    raise
                missing = tuple(dict.fromkeys(signs))
                continue
            tagged = bool(attempt.standards)
            printed = Printed(content, _page_count(content), tagged=tagged, missing=() if tagged else missing)
            if printed.missing:
                signs_lost = " ".join(printed.missing)
                return _with_warning(printed, f"No font here has these signs, they print as boxes: {signs_lost}")
            return printed
        raise AssertionError("the last attempt returns or raises")

    def _compiled(self, template: str, sys_inputs: dict[str, str], attempt: _Attempt) -> bytes:
        with self._lock:
            compiler = self._compiler(template, system_fonts=attempt.system_fonts)
            content = compiler.compile(format="pdf", sys_inputs=sys_inputs, pdf_standards=list(attempt.standards))
        if not isinstance(content, bytes):
            raise TypeError(f"Typst returned {type(content).__name__} for a PDF")
        return content

    def _compiler(self, template: str, *, system_fonts: bool) -> typst.Compiler:
        key = (template, system_fonts)
        if key not in self._compilers:
            self._compilers[key] = typst.Compiler(
                input=str(self._root / template),
                root=str(self._root),
                font_paths=self._font_book(system_fonts=system_fonts),
            )
        return self._compilers[key]

    def _font_book(self, *, system_fonts: bool) -> typst.Fonts:
        if system_fonts not in self._fonts:
            self._fonts[system_fonts] = typst.Fonts(
                include_system_fonts=system_fonts, include_embedded_fonts=True, font_paths=font_folders()
            )
        return self._fonts[system_fonts]


def _page(sheet: LetterSheet, size: str) -> dict[str, Any]:
    fields = asdict(sheet)
    fields["paragraphs"] = [{"list": bulleted, "lines": lines} for bulleted, lines in sheet.paragraphs]
    return {**fields, "size": float(size)}


def _side(sheet: EnvelopeSheet) -> dict[str, Any]:
    width, height = sheet.envelope.millimetres()
    return {**asdict(sheet), "width": width, "height": height}


def _qr(url: str) -> str:
    """Return the QR code of an address as SVG, readable with up to 15 percent of it dirty or torn (level M)."""
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=2)
    return drawn.getvalue().decode()


def font_folders() -> list[str]:
    """Return the folders of the installed Noto font packages."""
    found = []
    for package in _FONT_PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            found.append(str(Path(spec.origin).parent / "files"))
    return found


def _page_count(content: bytes) -> int:
    """Return the number of pages from the document's page tree, which Typst writes uncompressed or in an object stream."""
    counts = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)", content)
    if counts:
        return max(int(count) for count in counts)
    return len(re.findall(rb"/Type\s*/Page\b", content))


def _with_warning(printed: Printed, warning: str) -> Printed:
    return Printed(
        printed.content,
        printed.pages,
        tagged=printed.tagged,
        missing=printed.missing,
        warnings=(*printed.warnings, warning),
    )
