"""The words of cover and stall sheets, by language, read from texts that a non-programmer edits."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from advocacy.domain.errors import InvalidError

_SLOTS: dict[str, frozenset[str]] = {
    "cover.deadline": frozenset({"day"}),
    "cover.print": frozenset({"paper"}),
    "cover.plain": frozenset({"envelope"}),
    "cover.window": frozenset({"envelope"}),
    "cover.other": frozenset({"name", "ways"}),
    "stall.deadline": frozenset({"day"}),
    "stall.qr_alt": frozenset({"url"}),
}
_PLAIN = {
    "cover": (
        "title", "sign", "stamp", "post", "tell", "list_title", "done", "to", "what", "by", "letter", "copy", "at_home",
        "abroad", "late", "by_hand", "others_title", "email", "web_form", "phone", "fax", "social",
    ),
    "stall": ("title", "take", "sign", "keep", "scan", "foot", "name", "town", "signature"),
}  # fmt: skip
_KEYS = frozenset(_SLOTS) | {f"{table}.{name}" for table, names in _PLAIN.items() for name in names}


@dataclass(frozen=True)
class PaperWords:
    """One language's words; `say` fills them in."""

    language: str
    words: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """Return the words for a key such as "cover.title", their slots filled."""
        return self.words[key].format(**values)


def parse_words(texts: Mapping[str, str]) -> dict[str, PaperWords]:
    """Return the words written in `texts`, whose keys are languages. Raises InvalidError naming each fault."""
    faults: dict[str, str] = {}
    found = {language: _parsed(language, text, faults) for language, text in texts.items()}
    if faults:
        listed = "; ".join(f"{where}: {what}" for where, what in faults.items())
        raise InvalidError(f"The words of printed sheets cannot be used. {listed}", faults=faults)
    return {language: PaperWords(language, words) for language, words in found.items()}


def _parsed(language: str, text: str, faults: dict[str, str]) -> dict[str, str]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults[language] = f"not readable as TOML: {error}"
        return {}
    words = {f"{table}.{name}": str(said) for table, names in tables.items() for name, said in names.items()}
    for key in sorted(_KEYS - words.keys()):
        faults[f"{language} {key}"] = "is missing"
    for key, said in words.items():
        if key not in _KEYS:
            faults[f"{language} {key}"] = "is not known"
        elif _slots(said) != _SLOTS.get(key, frozenset()):
            faults[f"{language} {key}"] = (
                f"its words in braces must be: {', '.join(sorted(_SLOTS.get(key, ()))) or 'none'}"
            )
    return words


def _slots(said: str) -> frozenset[str] | None:
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(said) if name is not None)
    except ValueError:
        return None
