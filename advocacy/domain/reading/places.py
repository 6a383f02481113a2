"""Recognise countries: by name, capital or adjective in six languages, by postal code and by telephone."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from babel import Locale

from advocacy.domain.reading.lexicon import LANGUAGES, country_table
from advocacy.domain.reading.page import fold

_WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*\.?")
_CANADA = re.compile(r"\b[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d\b")
_BRITAIN = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_STATES = re.compile(
    r"\b(?:D\.?C|A[KLRZ]|C[AOT]|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\.?,? \d{5}(?:-\d{4})?\b"
)
_SHORTEST_NAME = 4
_SHORT_NAMES = frozenset({"usa", "u.s", "u.s.a", "uk", "u.k", "uae", "drc", "prc", "ee.uu"})
_DOUBTFUL = frozenset(
    {
        "jordan",
        "chad",
        "georgia",
        "guinea",
        "china",
        "turkey",
        "niger",
        "mali",
        "togo",
        "cuba",
        "oman",
        "malta",
        "samoa",
    }
)


@dataclass(frozen=True)
class Mention:
    """A country mentioned at `start` to `end` of a text; `kind` is name, capital or adjective."""

    start: int
    end: int
    code: str
    kind: str


def mentions(text: str) -> list[Mention]:
    """Return the countries a text mentions, in order. `text` is as printed or folded."""
    folded = fold(text)
    words = [(match.start(), match.end(), match[0].rstrip(".")) for match in _WORD.finditer(folded)]
    lower = not any(char.isupper() for char in text)
    found: list[Mention] = []
    number = 0
    while number < len(words):
        length, mention = _longest(words, number)
        if mention is None:
            mention = _adjective(words[number])
        elif not lower and not text[mention.start].isupper():
            mention = None
        if mention:
            found.append(mention)
        number += max(length, 1)
    return found


def english_name(code: str) -> str:
    """Return the English short name of a country by its alpha-2 code."""
    own = country_table().get(code, {}).get("name")
    return str(own or _territories("en").get(code, code)).replace("’", "'").replace(" & ", " and ")


def country_of_address(lines: tuple[str, ...], phones: tuple[str, ...]) -> str | None:
    """Return the alpha-2 code of the country an address lies in; the last lines count first."""
    for kind in ("name", "capital"):
        for line in reversed(lines):
            named = [
                mention.code for mention in mentions(line) if mention.kind == kind and not _is_embassy_of(line, mention)
            ]
            if named:
                return named[-1]
        if kind == "name" and (code := _by_postal_code(lines)):
            return code
    codes = Counter(code for phone in phones if (code := country_of_phone(phone)))
    return codes.most_common(1)[0][0] if codes else None


def country_of_phone(phone: str) -> str | None:
    """Return the country of a number printed with its country code, None for a national one."""
    digits = re.sub(r"[^\d+]", "", phone.split("/")[0] if phone.strip().startswith("+") else phone)
    if re.match(r"1\d{10}$", digits):
        digits = "+" + digits
    elif digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith("+"):
        return None
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(digits[:18], None))
    except phonenumbers.NumberParseException:
        return None


def _by_postal_code(lines: tuple[str, ...]) -> str | None:
    for line in reversed(lines):
        for pattern, code in ((_CANADA, "CA"), (_STATES, "US"), (_BRITAIN, "GB")):
            if pattern.search(line):
                return code
    return None


def _is_embassy_of(line: str, mention: Mention) -> bool:
    """ "Embassy of Peru" names the country that sends, not where the house stands."""
    return bool(
        re.search(r"(?:embas|botschaft|ambas|consul|konsul|high commission|mission)", fold(line[: mention.start]))
    )


def _longest(words: list[tuple[int, int, str]], number: int) -> tuple[int, Mention | None]:
    for name, code, kind in _names().get(words[number][2], ()):
        if len(words) >= number + len(name) and all(words[number + i][2] == word for i, word in enumerate(name)):
            return len(name), Mention(words[number][0], words[number + len(name) - 1][1], code, kind)
    return 1, None


def _adjective(word: tuple[int, int, str]) -> Mention | None:
    start, end, letters = word
    for size in range(len(letters), max(len(letters) - 4, _SHORTEST_NAME - 1), -1):
        if (code := _adjectives().get(letters[:size])) and letters not in _DOUBTFUL and letters != "indiana":
            return Mention(start, end, code, "adjective")
    return None


@lru_cache(maxsize=1)
def _names() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """Names and capitals by their first word, longest first."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for code, entry in country_table().items():
        for name in [
            *entry.get("names", []),
            entry.get("name", ""),
            *(_territories(language).get(code, "") for language in LANGUAGES),
        ]:
            _add(found, name, code, "name")
        for capital in [*entry["capitals"], *entry.get("cities", [])]:
            _add(found, capital, code, "capital")
    by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for words, (code, kind) in sorted(found.items(), key=lambda pair: -len(pair[0])):
        by_first.setdefault(words[0], []).append((words, code, kind))
    return by_first


def _add(found: dict[tuple[str, ...], tuple[str, str]], name: str, code: str, kind: str) -> None:
    words = tuple(word.rstrip(".") for word in _WORD.findall(fold(name.split("(")[0])))
    if words and (len("".join(words)) >= _SHORTEST_NAME or words[0] in _SHORT_NAMES):
        found.setdefault(words, (code, kind))


@lru_cache(maxsize=1)
def _adjectives() -> dict[str, str]:
    return {fold(stem): code for code, entry in country_table().items() for stem in entry["adjectives"]}


@lru_cache(maxsize=8)
def _territories(language: str) -> dict[str, str]:
    return {
        code: name for code, name in Locale.parse(language).territories.items() if len(code) == 2 and code.isalpha()
    }
