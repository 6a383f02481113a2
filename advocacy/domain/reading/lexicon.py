"""The phrase tables of all languages, compiled to patterns. The tables are data: `phrases/*.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from advocacy.domain.reading.page import fold

LANGUAGES = ("en", "fr", "es", "de", "it", "pt")
_INNER = r"(?:[^\n:.]|\.(?=\S)|(?<=\b[mds][rst])\.|(?<=\bmrs)\.|(?<=\bhon)\.|(?<=\bsra)\.)"
_GAP = _INNER + r"{0,140}?(?:\n(?!\s*\n)" + _INNER + r"{0,100}?)?"
_NOTE = r"(?:\s*\([^()\n]{0,160}\))?"


@dataclass(frozen=True)
class Lexicon:
    """What the phrase tables say, for every language at once where documents mix them."""

    months: dict[str, int]
    common_words: dict[str, frozenset[str]]
    labels: dict[str, re.Pattern[str]]
    words: dict[str, tuple[str, ...]]

    def names(self, kind: str) -> frozenset[str]:
        return frozenset(self.words.get(kind, ()))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the compiled tables. Read once."""
    tables = {language: _table(language) for language in LANGUAGES}
    months: dict[str, int] = {}
    for table in tables.values():
        for number, spellings in enumerate(table["months"], start=1):
            months.update({fold(name): number for name in spellings})
    kinds = {kind for table in tables.values() for kind in table["labels"]}
    labels = {
        kind: label_pattern([p for table in tables.values() for p in table["labels"].get(kind, [])]) for kind in kinds
    }
    words: dict[str, tuple[str, ...]] = {"weekdays": _gather(tables, "weekdays")}
    for group in ("dates", "contacts", "words", "asks"):
        for kind in {kind for table in tables.values() for kind in table[group]}:
            words[kind] = tuple(dict.fromkeys(fold(w) for table in tables.values() for w in table[group].get(kind, [])))
    common = {language: frozenset(fold(w) for w in table["common_words"]) for language, table in tables.items()}
    return Lexicon(months, common, labels, words)


@lru_cache(maxsize=1)
def country_table() -> dict[str, dict[str, Any]]:
    return _load("countries.toml")


def label_pattern(phrases: list[str]) -> re.Pattern[str]:
    """Compile label phrases to one pattern that is matched at the start of a line of folded text.

    A phrase that ends in ":" needs the colon, one that ends in "…" may run on, any other stands alone on its line or
    has a colon. A remark in brackets may stand before the colon.
    """
    parts = sorted((_label(fold(phrase)) for phrase in dict.fromkeys(phrases)), key=len, reverse=True)
    return re.compile("|".join(parts))


def _label(phrase: str) -> str:
    if phrase.endswith("…"):
        return _blanks(phrase[:-1].strip()) + r"\b"
    if phrase.endswith(":"):
        return _blanks(phrase[:-1].strip()) + _NOTE + r"\s*:"
    return _blanks(phrase) + _NOTE + r"(?:[ ]*:|[ ]*[.!]?[ ]*(?=\n|\Z))"


def _blanks(phrase: str) -> str:
    """Allow any blank space between words, and one after a word's first letter, where letterspacing was lost."""
    pieces = [piece.strip() for piece in phrase.split("…")]
    return _GAP.join(
        r"\s+".join(_word(word) for word in piece.split()) + (r"\b" if piece[-1:].isalnum() else "") for piece in pieces
    )


def _word(word: str) -> str:
    return re.escape(word[0]) + "[ ]?" + re.escape(word[1:]) if len(word) > 4 else re.escape(word)


def phrase_pattern(phrases: tuple[str, ...] | list[str]) -> re.Pattern[str]:
    """Compile phrases to one pattern that is searched in folded text, whole words only."""
    if not phrases:
        return re.compile(r"(?!)")
    parts = sorted((_whole(fold(phrase)) for phrase in dict.fromkeys(phrases)), key=len, reverse=True)
    return re.compile("|".join(parts))


def _whole(phrase: str) -> str:
    body = _GAP.join(r"\s+".join(re.escape(word) for word in piece.split()) for piece in phrase.split("…"))
    return (r"(?<!\w)" if phrase[0].isalnum() else "") + body + (r"(?!\w)" if phrase[-1].isalnum() else "")


def ask_pattern(asks: tuple[str, ...]) -> re.Pattern[str]:
    """Compile phrases that ask for something. The demand begins at the group `|` marks, else at the match's end."""
    parts = []
    for number, ask in enumerate(asks):
        before, mark, after = ask.partition("|")
        pattern = r"(?<!\w)" + _ask_words(before)
        pattern += rf"(?P<at{number}>)" + _ask_words(after) if mark else ""
        parts.append(pattern + ("" if ask.endswith(("'", ",")) else r"(?!\w)") + rf"(?P<end{number}>)")
    return re.compile("|".join(parts))


def _ask_words(text: str) -> str:
    pieces = [r"\s+".join(re.escape(word) for word in piece.split()) for piece in text.split("…")]
    joined = r"(?:[^\n.:;]|\n(?!\s*\n)){0,90}?".join(pieces)
    lead = r"\s+" if text.startswith(" ") else ""
    trail = r"\s+" if text.endswith(" ") else ""
    return lead + joined + trail


def _table(language: str) -> dict[str, Any]:
    return _load(f"{language}.toml")


def _gather(tables: dict[str, dict[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(word) for table in tables.values() for word in table[key]))


@lru_cache(maxsize=16)
def _load(name: str) -> dict[str, Any]:
    file = resources.files("advocacy.domain.reading") / "phrases" / name
    return tomllib.loads(file.read_text(encoding="utf-8"))
