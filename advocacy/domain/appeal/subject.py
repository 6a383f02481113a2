"""A headline as a subject line: a title shouted in capitals is set as English writes titles."""

import re

_SMALL = {
    "a",
    "an",
    "and",
    "as",
    "at",
    "by",
    "for",
    "from",
    "in",
    "into",
    "of",
    "on",
    "or",
    "over",
    "the",
    "to",
    "under",
    "with",
}
_ABBREVIATIONS = {
    "USA", "US", "UK", "UN", "EU", "UAE", "DRC", "DPRK", "LGBT", "LGBTI", "LGBTQ", "LGBTQI", "HIV", "AIDS", "NGO", "NGOS", "ICE", "OSCE",
    "CIA", "FBI", "NATO", "PKK", "HDP", "AI", "UNHCR", "U.S.", "U.K.",
}  # fmt: skip


def as_subject(title: str, language: str) -> str:
    """Return the headline in one line. In English one all in capitals becomes "People at Risk in the USA"; names stay capitalised.

    Other languages do not capitalise titles, and which words are names cannot be told, so there capitals stay as printed.
    """
    line = " ".join(title.split())
    if not language.startswith("en") or line != line.upper() or line == line.lower():
        return line
    words = line.split(" ")
    return " ".join(_titled(word, first=at == 0) for at, word in enumerate(words))


def _titled(word: str, *, first: bool) -> str:
    if (
        word.strip(",.;:()“”\"'’") in _ABBREVIATIONS
        or word in _ABBREVIATIONS
        or any(letter.isdigit() for letter in word)
    ):
        return word
    small = word.lower()
    if small in _SMALL and not first:
        return small
    return re.sub(r"[^\W\d_]+(?:['’]s\b)?", lambda found: found.group().capitalize(), small)
