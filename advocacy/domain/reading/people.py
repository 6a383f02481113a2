"""Find the people named with gender or age, and the languages to write in."""

import re
from functools import lru_cache

from babel import Locale

from advocacy.domain.reading.lexicon import LANGUAGES, lexicon
from advocacy.domain.reading.page import Page, fold
from advocacy.domain.reading.values import Field, Person

_NAMED = re.compile(
    r"(?P<name>[A-ZÀ-Þ][\w'’-]{0,30}(?:\s+(?:[A-ZÀ-Þ'‘’][\w.'’-]{0,30}|al|el|bin|de|da|dos|van|der|von)){0,5})(?:\s*\((?P<sign>[mfhw]|male|female)\)|\s*\[(?P<square>[mfhw])\])"
    r"(?:,?\s*(?:aged?\s+|âgée?\s+de\s+|de\s+)?(?P<age>\d{1,3})(?:\s+(?:años|ans|anos|anni|Jahre))?\b)?"
)
_AGED = re.compile(
    r"(?P<name>[A-ZÀ-Þ][\w'’-]{1,30}(?:\s+(?:[A-ZÀ-Þ'‘’][\w.'’-]{0,30}|al|el|bin|de|da|van|von)){1,5}),\s+(?:aged\s+|âgée?\s+de\s+)(?P<age>\d{1,3})\b"
)
_WRITE_IN = re.compile(
    r"(?:immediately in|immediatement, en|inmediatamente, en|immediatamente in|imediatamente em|preferred language to address target\s*:|please send \w+ in)\s+(?P<list>[^:.\n]{3,120})"
)
_OLDEST = 110


def people_of(page: Page, language: str | None) -> tuple[Field[Person], ...]:
    """Return the people named with a sign of gender or an age, each once."""
    found: dict[str, Field[Person]] = {}
    for match in [*_NAMED.finditer(page.text), *_AGED.finditer(page.text)]:
        name = " ".join(match["name"].split())
        sign = match.groupdict().get("sign") or match.groupdict().get("square")
        age = int(match["age"]) if match["age"] and int(match["age"]) <= _OLDEST else None
        if fold(name) not in found:
            found[fold(name)] = Field(
                Person(name, _gender(sign, language), age), 0.8 if sign else 0.6, page.source_span(*match.span("name"))
            )
    return tuple(sorted(found.values(), key=lambda field: field.span or (0, 0)))


def write_languages(page: Page) -> tuple[Field[str], ...]:
    """Return the languages the text asks to write in, as BCP 47 tags in its order; "your own" is not one."""
    match = _WRITE_IN.search(page.folded)
    if match is None:
        return ()
    found: dict[str, Field[str]] = {}
    for word in re.finditer(r"[^\W\d_]+", match["list"]):
        tag = _language_names().get(word[0])
        if tag:
            start = match.start("list") + word.start()
            found.setdefault(tag, Field(tag, 0.85, page.source_span(start, start + len(word[0]))))
    return tuple(found.values())


def _gender(sign: str | None, language: str | None) -> str | None:
    """In Spanish and Portuguese sheets "h" is a man and "m" a woman only where "h" is used; elsewhere "m" is a man."""
    if sign is None:
        return None
    if language == "es":
        return {"h": "m", "m": "f"}.get(sign, "f" if sign in {"f", "female"} else "m")
    return "f" if sign in {"f", "w", "female"} else "m"


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for shown_in in LANGUAGES:
        for tag, name in Locale.parse(shown_in).languages.items():
            if tag.isalpha() and len(tag) <= 3:
                names.setdefault(fold(name), tag)
    return {name: tag for name, tag in names.items() if name not in lexicon().names("common_words")} | {
        "farsi": "fa",
        "mandarin": "zh",
    }
