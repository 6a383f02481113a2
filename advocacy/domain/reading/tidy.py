"""Tidy a document's text: markup, quoting, page furniture and lost bullets go, and every place stays known."""

import re
from collections import Counter

from advocacy.domain.reading.page import Line, Link, Page, Span, fold

LONGEST = 200_000
"""Characters of a document that are read; an urgent action has a few thousand."""

_LINK = re.compile(
    r"(?<!\\)\[([^\[\]]{0,300})\]\(([^()\s]{0,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?)(?:\s{1,3}\"[^\"\n]{0,200}\")?\)"
)
_ANCHOR = re.compile(r"\{#[^{}\s]{1,400}\}")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_AUTOLINK = re.compile(r"<(?=(?:https?://|mailto:|[\w.+-]{1,64}@)[^<>\s]{1,500}>)|(?<=[\w/])>(?=\s|$)", re.MULTILINE)
_CODE = re.compile(r"(?<!\w)`|`(?!\w)")
_STRONG = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)")
_SPACED = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){3,40}(?!\w)")
_QUOTE = re.compile(r"^[ ]{0,8}(?:>[ ]?){1,9}", re.MULTILINE)
_HEADING = re.compile(r"(#{1,6}) +(?=\S)")
_RULE = re.compile(r"[-=_*~•·.#—–]{3,}")
_BULLET = re.compile(
    r"([-–—•·*■▪▫●◦‣►▶□◻➢➤✓✔§\uf0b7\uf06e\uf0a7\uf0d8\uf02d\uf076]|\(?\d{1,2}[.)]|\(?[a-h]\))(?:\s+|(?<=[■▪●•\uf0b7\uf06e\uf0a7])(?=\w))(?=\S)"
)
_LOST_BULLET = re.compile(r"([nloqvØ])(\s+)(?=\S)")
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|pagina|pag\.|p\.)\s*)?[-–]?\s*\d{1,3}\s*[-–]?(?:\s*(?:of|/|von|de|sur|di)\s*\d{1,3})?",
    re.IGNORECASE,
)
_HEADER = re.compile(r"([A-Z][A-Za-z-]{1,30}): ")
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\ufffe\uffff"
)
_BREAKS = frozenset("\n\r\f\x0b\x85\u2028\u2029")
_LINE_BREAKS = re.compile(r"\n(?:[ ]*\n)*")
_FEWEST_BREAKS = 12
_FLAT_LINE = 500
_REPEATS = 3


def tidy(source: str) -> Page:
    """Return the page of a document's text. What lies beyond `LONGEST` characters is left unread."""
    text, places = _visible(source[:LONGEST])
    text, places = _single_spaced(text, places)
    text, places, links = _without_markup(text, places)
    return lay_out(source, text, places, links)


def lay_out(source: str, text: str, places: list[int], links: tuple[Link, ...] = ()) -> Page:
    """Return the page of a text whose characters stood at `places`: its lines, without what a page only carries."""
    raw = text.split("\n")
    flat = bool(raw) and max(map(len, raw)) >= _FLAT_LINE and max(map(len, raw)) >= 0.8 * len(text)
    header, subject, sent = _mail_header(raw)
    furniture = _furniture(raw)
    lost = _lost_bullets(raw)
    lines: list[Line] = []
    at = 0
    for number, words in enumerate(raw):
        if number < header or number in furniture:
            lines.append(Line(at, at))
        else:
            lines.append(_line(words, at, lost))
        at += len(words) + 1
    return Page(source, text, tuple(places), tuple(lines), links, flat, subject, sent)


def _visible(source: str) -> tuple[str, list[int]]:
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(source):
        if char in _INVISIBLE or (char == "\n" and place and source[place - 1] == "\r"):
            continue
        if char in _BREAKS:
            shown = "\n"
        elif char == "\t":
            chars.append(" ")
            places.append(place)
            shown = " "
        else:
            shown = (
                " "
                if char.isspace() or not (char.isprintable() or char in "\uf0b7\uf06e\uf0a7\uf0d8\uf02d\uf076")
                else char
            )
        chars.append(shown)
        places.append(place)
    return "".join(chars), places


def _single_spaced(text: str, places: list[int]) -> tuple[str, list[int]]:
    """Undo double spacing: where no two lines are neighbours and gaps differ, each gap is halved."""
    breaks = [match.span() for match in _LINE_BREAKS.finditer(text)]
    sizes = [text.count("\n", start, end) for start, end in breaks]
    inner = sizes[:-1]
    if len(inner) < _FEWEST_BREAKS or min(inner) < 2 or max(inner) < 4:
        return text, places
    gone: set[int] = set()
    for start, end in breaks:
        ends = [place for place in range(start, end) if text[place] == "\n"]
        gone.update(range(ends[len(ends) // 2], end) if len(ends) > 1 else ())
    kept = [place for place in range(len(text)) if place not in gone]
    return "".join([text[place] for place in kept]), [places[place] for place in kept]


def _without_markup(text: str, places: list[int]) -> tuple[str, list[int], tuple[Link, ...]]:
    """Take out Markdown's signs. Links keep their words; where they lead is listed apart."""
    drop: list[Span] = []
    found: list[tuple[int, str, str]] = []
    for match in _LINK.finditer(text):
        drop += [(match.start(), match.start(1)), (match.end(1), match.end())]
        found.append((match.start(1), " ".join(match[1].replace("`", "").split()), match[2]))
    for pattern in (_ANCHOR, _ESCAPE, _AUTOLINK, _STRONG):
        drop += [match.span() for match in pattern.finditer(text)]
    for match in _SPACED.finditer(text):
        drop += [(place, place + 1) for place in range(match.start() + 1, match.end(), 2)]
    drop += [match.span() for match in _CODE.finditer(text)]
    quotes = [match.span() for match in _QUOTE.finditer(text)]
    drop += quotes if len(quotes) > 1 else []
    drop += [(match.start(), match.start() + 1) for match in re.finditer(r"\\(?= *(?:\n|$))", text)]
    gone = bytearray(len(text))
    for start, end in drop:
        for place in range(start, end):
            gone[place] = text[place] != "\n"
    kept = [place for place in range(len(text)) if not gone[place]]
    moved = {old: new for new, old in enumerate(kept)}
    links = tuple(Link(words, url, moved.get(place, 0)) for place, words, url in found)
    return "".join([text[place] for place in kept]), [places[place] for place in kept], links


def _line(words: str, at: int, lost: frozenset[str]) -> Line:
    body = words.rstrip()
    start = len(body) - len(body.lstrip())
    if _RULE.fullmatch(body[start:].replace(" ", "")):
        return Line(at + start, at + start, start, rule=True)
    level = 0
    if heading := _HEADING.match(body, start):
        level, start = len(heading[1]), heading.end()
    bullet, begin = _bullet(body, start, lost)
    start_of_words, end = _unwrap(body, begin)
    return Line(at + start_of_words, at + max(end, start_of_words), start, level, bullet)


def _bullet(body: str, start: int, lost: frozenset[str]) -> tuple[str, int]:
    if marked := _BULLET.match(body, start):
        return marked[1], marked.end()
    letter = _LOST_BULLET.match(body, start)
    if letter and (letter[1] in lost or len(letter[2]) > 1):
        return letter[1], letter.end()
    return "", start


def _unwrap(body: str, start: int) -> tuple[int, int]:
    """Leave out emphasis that holds the whole line."""
    end = len(body)
    for sign in ("*", "_"):
        if end - start > 2 and body[start] == sign and body[end - 1] == sign and sign not in body[start + 1 : end - 1]:
            return start + 1, end - 1
    return start, end


def _lost_bullets(raw: list[str]) -> frozenset[str]:
    """Letters that stand for a bullet whose font was lost: alone at the start of two lines or more."""
    counts = Counter(match[1] for words in raw if (match := _LOST_BULLET.match(words.lstrip())))
    return frozenset(letter for letter, times in counts.items() if times > 1 and letter in "nlqvØ")


def _furniture(raw: list[str]) -> frozenset[int]:
    """Numbers of the lines that only a page carries: page numbers, and headers that come again and again."""
    seen = Counter(fold(words.strip()) for words in raw if len(words.strip()) > 12)
    repeated = {
        words for words, times in seen.items() if times >= _REPEATS and not _RULE.fullmatch(words.replace(" ", ""))
    }
    gone: set[int] = set()
    met: set[str] = set()
    for number, words in enumerate(raw):
        line = fold(words.strip())
        alone = number == 0 or number == len(raw) - 1 or not raw[number - 1].strip() or not raw[number + 1].strip()
        if line and _PAGE_NUMBER.fullmatch(line) and (alone or len(words) - len(words.lstrip()) > 20):
            gone.add(number)
        elif line in repeated and not _is_contact(line):
            if line in met:
                gone.add(number)
            met.add(line)
    return frozenset(gone)


def _is_contact(line: str) -> bool:
    """Lines of an address come again too, where several addressees share an office."""
    return (
        any(char.isdigit() for char in line)
        or "@" in line
        or line.startswith(("salutation", "minist", "bundesminist", "dear"))
    )


def _mail_header(raw: list[str]) -> tuple[int, Span | None, Span | None]:
    """Return how many lines a mail's header has, and where its subject and its date stand."""
    spans: dict[str, Span] = {}
    at = lines = 0
    for words in raw:
        match = _HEADER.match(words)
        folded_line = spans and words.startswith(" ") and words.strip()
        if not match and not folded_line and (spans or words.strip()):
            break
        if match:
            spans[match[1].lower()] = (at + match.end(), at + len(words.rstrip()))
        lines += 1
        at += len(words) + 1
    if "from" not in spans or "subject" not in spans:
        return 0, None, None
    return lines, spans["subject"], spans.get("date")
