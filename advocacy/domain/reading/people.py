"""Find the people named with gender or age, and the languages to write in."""

import re
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale

from advocacy.domain.reading.lexicon import LANGUAGES, lexicon
from advocacy.domain.reading.page import Page, Span, fold
from advocacy.domain.reading.parts import Part
from advocacy.domain.reading.values import Field, Person

_NAME = r"(?P<name>[A-ZÀ-Þ][\w'’-]{0,30}(?:[ ]+(?:[A-ZÀ-Þ'‘’][\w.'’-]{0,30}|al|el|bin|de|da|dos|van|der|von)){0,5})"
_NAMED = re.compile(
    _NAME + r"(?:\s*\((?P<sign>[mfhw]|male|female)\)|\s*\[(?P<square>[mfhw])\])"
    r"(?:,?\s*(?:aged?\s+|âgée?\s+de\s+|de\s+)?(?P<age>\d{1,3})(?:\s+(?:años|ans|anos|anni|Jahre))?\b)?"
)
_AGED = re.compile(_NAME + r",\s+(?:aged\s+|âgée?\s+de\s+)(?P<age>\d{1,3})\b")
_LABELLED = re.compile(
    r"^(?:NAMES?(?: AND PREFERRED PRONOUNS?)?|Names?|Nombre|Nom|Nome)\s*:[ ]*"
    + _NAME
    + r"(?:\s*\((?P<pronoun>she|he)[^()]{0,20}\))?",
    re.MULTILINE,
)
_GENDER = re.compile(r"gender m/f\s*:\s*(?P<sign>[mf])\b")
_SCOPE = re.compile(r"(?:please write|please send|schreiben sie)[^.:;\n]{0,140}")
_IN = re.compile(r"\b(?:in|en|auf|em|gutem)\s+")
_BETWEEN = frozenset(
    [
        "or",
        "ou",
        "o",
        "oder",
        "and",
        "et",
        "y",
        "e",
        "und",
        "in",
        "en",
        "auf",
        "em",
        "gutem",
        "your",
        "own",
        "language",
        "dans",
        "votre",
        "propre",
        "langue",
        "su",
        "propio",
        "idioma",
        "good",
        "the",
    ]
)
_OLDEST = 110


def people_of(page: Page, language: str | None) -> tuple[Field[Person], ...]:
    """Return the people named with a sign of gender, an age or a label, each once."""
    found: dict[str, Field[Person]] = {}
    for match in [*_NAMED.finditer(page.text), *_AGED.finditer(page.text), *_LABELLED.finditer(page.text)]:
        name = " ".join(match["name"].split())
        signs = match.groupdict()
        gender = _gender(signs.get("sign") or signs.get("square"), language) or _by_pronoun(
            page, match, signs.get("pronoun")
        )
        age = int(signs["age"]) if signs.get("age") and int(signs["age"]) <= _OLDEST else None
        if fold(name) not in found:
            sure = 0.8 if gender else 0.6
            found[fold(name)] = Field(Person(name, gender, age), sure, page.source_span(*match.span("name")))
    return tuple(sorted(found.values(), key=lambda field: field.span or (0, 0)))


def write_languages(page: Page, parts: tuple[Part, ...]) -> tuple[Field[str], ...]:
    """Return the languages the text asks to write in, as BCP 47 tags in its order; "your own" is not one."""
    found: dict[str, Field[str]] = {}
    for start, end in _scopes(page, parts):
        for tag, begin, finish in _listed(page, start, end):
            found.setdefault(tag, Field(tag, 0.85, page.source_span(begin, finish)))
        if found:
            break
    return tuple(found.values())


def _scopes(page: Page, parts: tuple[Part, ...]) -> Iterator[Span]:
    """Where languages to write in are named: under their own label, in the label of the demands, in a request to write."""
    for part in parts:
        if part.kind == "write_in":
            yield part.start, page.line_at(part.start).end
    for part in parts:
        if part.kind == "demands":
            for match in _IN.finditer(page.folded, part.label_start, part.start):
                yield match.end(), part.start
    for scope in _SCOPE.finditer(page.folded):
        for match in _IN.finditer(page.folded, scope.start(), scope.end()):
            yield match.end(), scope.end()


def _listed(page: Page, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the languages listed from `start` on, until another word comes."""
    for word in re.finditer(r"[^\W\d_]+", page.folded[start:end]):
        tag = _language_names().get(word[0])
        if tag:
            yield tag, start + word.start(), start + word.end()
        elif word[0] not in _BETWEEN:
            return


def _gender(sign: str | None, language: str | None) -> str | None:
    """In Spanish sheets "h" is a man and "m" a woman; elsewhere "m" is a man."""
    if sign is None:
        return None
    if language == "es":
        return {"h": "m", "m": "f"}.get(sign, "f" if sign in {"f", "female"} else "m")
    return "f" if sign in {"f", "w", "female"} else "m"


def _by_pronoun(page: Page, match: re.Match[str], pronoun: str | None) -> str | None:
    if pronoun:
        return {"he": "m", "she": "f"}[pronoun]
    labelled = _GENDER.search(page.folded, match.end(), match.end() + 60) if match.re is _LABELLED else None
    return labelled["sign"] if labelled else None


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for shown_in in LANGUAGES:
        for tag, name in Locale.parse(shown_in).languages.items():
            if tag.isalpha() and len(tag) <= 3:
                names.setdefault(fold(name), tag)
    common = frozenset.union(*lexicon().common_words.values())
    return {name: tag for name, tag in names.items() if name not in common} | {"farsi": "fa", "mandarin": "zh"}
