"""Read telephone, fax, e-mail, web form, social handle and salutation out of one line of an address."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.domain.reading.lexicon import lexicon
from advocacy.domain.reading.page import Line, Page, fold

_EMAIL = re.compile(r"(?<![\w.+@-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@])")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\"']{3,400}")
_PHONE = re.compile(r"(?<![\w@/])(?:\+|00)?\(?\d[\d ()./\-–]{5,28}\d(?:\s?\((?:24h|[\w .]{2,20})\))?")
_MIN_DIGITS = 5
_MOST_NAME_WORDS = 7
_KINDS = ("phone", "fax", "email", "web", "social", "salutation_all", "salutation")
_NEEDS_COLON = frozenset({"web", "social", "salutation", "salutation_all"})


@dataclass
class Contacts:
    """What one line gives: values by kind with their page spans, and the words before the first label."""

    values: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    lead_end: int = 0
    labelled: bool = False

    def add(self, kind: str, value: str, start: int, end: int) -> None:
        self.values.setdefault(kind, []).append((value, start, end))


def contacts_in(page: Page, line: Line) -> Contacts:
    """Return what a line says about reaching someone. `lead_end` is where words before the first label end."""
    found = Contacts(lead_end=line.end)
    labels = labels_in(page, line)
    if not labels:
        return _bare(page, line, found)
    found.labelled = True
    found.lead_end = labels[0][1]
    ends = [label[1] for label in labels[1:]] + [line.end]
    for (kinds, _, start), end in zip(labels, ends, strict=True):
        for kind in kinds:
            _add_value(page, found, kind, start, end)
    return found


def emails_in(text: str) -> list[tuple[str, int, int]]:
    """Return the e-mail addresses of a text, hidden ones ("name (at) house.org") written out, with their places."""
    plain = [(match[0].strip("'."), match.start(), match.end()) for match in _EMAIL.finditer(text)]
    return plain or [
        (_unhidden(match), match.start(), match.end())
        for match in _hidden_pattern().finditer(text)
        if _is_hidden(match)
    ]


def phone_in(text: str) -> re.Match[str] | None:
    """Return the first thing in a text that can be a telephone number."""
    return next(
        (match for match in _PHONE.finditer(text) if sum(char.isdigit() for char in match[0]) >= _MIN_DIGITS + 1), None
    )


def is_no_value(text: str) -> bool:
    """Whether a value says that there is none: "na", "?", "unknown"."""
    words = fold(text).strip(" .,;:*()¿?")
    return not words or words in lexicon().names("no_value")


def urls_in(text: str) -> list[tuple[str, int, int]]:
    return [
        (match[0].rstrip(".,;:!?"), match.start(), match.start() + len(match[0].rstrip(".,;:!?")))
        for match in _URL.finditer(text)
    ]


def labels_in(page: Page, line: Line) -> list[tuple[tuple[str, ...], int, int]]:
    """The labels of a line as (kinds, start, end of label), in order."""
    found: list[tuple[tuple[str, ...], int, int]] = []
    for match in _label_pattern().finditer(page.folded, line.start, line.end):
        kinds = tuple(dict.fromkeys(kind for kind in (_kind(match["one"]), _kind(match["two"] or "")) if kind))
        rest = page.folded[match.end() : line.end]
        colon = ":" in match[0] or match[0].rstrip().endswith((".", "#"))
        if (
            kinds
            and (colon or (not _NEEDS_COLON & set(kinds) and _value_follows(kinds, rest)))
            and not _inside_address(page, match.start())
        ):
            found.append((kinds, match.start(), match.end()))
    return found


def _inside_address(page: Page, place: int) -> bool:
    """ "fax" in "fax@house.org" or "/fax.html" is no label."""
    return place > 0 and page.text[place - 1] in "@./_-" and not page.text[place - 1].isspace()


def _value_follows(kinds: tuple[str, ...], rest: str) -> bool:
    rest = rest.strip()
    if "email" in kinds:
        return "@" in rest[:80] or bool(_hidden_pattern().match(rest))
    return bool(re.match(r"[+(]*\d", rest)) or (bool(rest) and is_no_value(rest.split()[0]))


def _add_value(page: Page, found: Contacts, kind: str, start: int, end: int) -> None:
    text = page.text[start:end]
    if kind == "email":
        emails = emails_in(text)
        for value, begin, finish in emails:
            found.add("email", value, start + begin, start + finish)
        if not emails:
            _add_urls(found, text, start)
    elif kind in {"phone", "fax"}:
        value = text.strip(" ,;:.¿?*|\t")
        if sum(char.isdigit() for char in value) >= _MIN_DIGITS and not _EMAIL.search(value):
            begin = start + text.index(value)
            found.add(kind, " ".join(value.split()), begin, begin + len(value))
    elif kind == "web":
        _add_urls(found, text, start)
    elif not is_no_value(text):
        begin = start + len(text) - len(text.lstrip())
        found.add(kind, " ".join(text.split()), begin, begin + len(text.strip()))


def _add_urls(found: Contacts, text: str, start: int) -> None:
    for value, begin, finish in urls_in(text):
        found.add("web", value, start + begin, start + finish)


def _bare(page: Page, line: Line, found: Contacts) -> Contacts:
    """A line without labels: an e-mail address or a web address standing alone."""
    text = page.text[line.start : line.end]
    for kind, values in (("email", emails_in(text)), ("web", urls_in(text))):
        if values and not "".join(_outside(text, values)).strip(" ,;<>()|/"):
            for value, begin, end in values:
                found.add(kind, value, line.start + begin, line.start + end)
            found.lead_end = line.start
            return found
    return _listed(text, line, found)


def _listed(text: str, line: Line, found: Contacts) -> Contacts:
    """A name and an e-mail address on one line, parted by wide blanks, a colon or a dash, as in a list."""
    emails = emails_in(text)
    lead = text[: emails[0][1]] if emails else ""
    ends = emails and not text[emails[-1][2] :].strip(" >).,;")
    if (
        ends
        and lead[:1].isupper()
        and len(lead.split()) <= _MOST_NAME_WORDS
        and re.search(r"(?:\s{2,}|[:<(–-]\s*)$", lead)
    ):
        for value, begin, end in emails:
            found.add("email", value, line.start + begin, line.start + end)
        found.lead_end = line.start + len(lead.rstrip(" :<(–-"))
    return found


def _outside(text: str, values: list[tuple[str, int, int]]) -> list[str]:
    pieces, at = [], 0
    for _, start, end in values:
        pieces.append(text[at:start])
        at = end
    return [*pieces, text[at:]]


def _kind(label: str) -> str | None:
    label = label.strip()
    return next((kind for kind in _KINDS if label in lexicon().names(kind)), None)


def _is_hidden(match: re.Match[str]) -> bool:
    """A bare "at" is an everyday word; it stands for the sign only in brackets."""
    return fold(match["at"]).strip("[]() ") != "at" or match["at"].strip().startswith(("(", "["))


def _unhidden(match: re.Match[str]) -> str:
    host = re.sub(r"\s*[(\[]?\s*(?:dot|punto|punkt|point|ponto)\s*[)\]]?\s*", ".", match["host"], flags=re.IGNORECASE)
    return match["user"] + "@" + "".join(host.split())


@lru_cache(maxsize=1)
def _hidden_pattern() -> re.Pattern[str]:
    at = "|".join(sorted(map(re.escape, lexicon().words["at_words"]), key=len, reverse=True))
    dot = "|".join(sorted(map(re.escape, lexicon().words["dot_words"]), key=len, reverse=True))
    return re.compile(
        rf"(?<![\w.@-])(?P<user>[\w.+-]{{1,64}})(?P<at>\s*[(\[]\s*(?:{at}|@)\s*[)\]]\s*|\s+(?:{at})\s+)"
        rf"(?P<host>[\w-]{{1,63}}(?:(?:\.|\s*[(\[]\s*(?:{dot})\s*[)\]]\s*|\s+(?:{dot})\s+)[\w-]{{1,63}}){{1,5}})",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _label_pattern() -> re.Pattern[str]:
    names = {name for kind in _KINDS for name in lexicon().words[kind]}
    label = "|".join(r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?<![\w'@])(?P<one>{label})s?(?!\w)(?:\s*(?:/|&|\+|and|und|et|y|e)\s*(?P<two>{label})(?!\w))?"
        r"(?:\s*\([^()\n]{1,30}\))?(?:[ ]*[.#]{0,2}[ ]*:|[.]{1,2}(?=\s)|[ ]*#|(?:[ ]+[^\W\d_]{1,12}){1,3}[ ]*:)?[ ]*"
    )
