"""Read an address that lost its line breaks: where the name ends is told by what the words are."""

import re

from advocacy.domain.reading.contacts import contacts_in
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.names import ADDRESS_STEMS
from advocacy.domain.reading.page import Line, Page, Span, fold
from advocacy.domain.reading.places import country_of_address
from advocacy.domain.reading.values import Field, Target

_BRACKET = re.compile(r"\s*\(([^()]{0,300})\)\s*")
_PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "ben", "de", "da", "van", "von", "der", "abu", "bint", "al-din", "ould", "san", "la"}
)
_NAME_WORDS = 2


def flat_target(page: Page, start: int, end: int, role: str, taken: list[Span]) -> Field[Target] | None:
    """Return the addressee of a stretch without line breaks, or None where no name stands there."""
    end = min([end, *(span_start for span_start, _ in taken if span_start >= start)])
    closing = phrase_pattern(lexicon().words["closings"]).search(page.folded, start, end)
    end = closing.start() if closing else end
    start, _ = _skip_notes(page, start, end)
    contacts = contacts_in(page, Line(start, end))
    address_end = contacts.lead_end if contacts.labelled else end
    if len(page.text[start:address_end].split()) < 3:
        return None
    name_end, salutation, rest_start = _name_end(page, start, address_end)
    name = page.said(start, name_end).strip(" ,;")
    rest = page.said(rest_start, address_end).strip(" ,;")
    values = {kind: [value for value, _, _ in found] for kind, found in contacts.values.items()}
    if not name or not (rest or values):
        return None
    said = values.pop("salutation", None)
    target = Target(
        name=name,
        role=role,
        salutation=salutation or (said[0] if said else None),
        postal_lines=(rest,) if rest else (),
        email=", ".join(values.get("email", [])) or None,
        phone=", ".join(values.get("phone", [])) or None,
        fax=", ".join(values.get("fax", [])) or None,
        country=country_of_address((rest,), tuple(values.get("phone", []))),
    )
    return Field(target, 0.6, page.source_span(start, end), "the line breaks of this address were lost")


def _skip_notes(page: Page, start: int, end: int) -> tuple[int, list[str]]:
    """Pass over remarks in brackets before the name."""
    notes: list[str] = []
    while (match := _BRACKET.match(page.text, start, end)) is not None:
        notes.append(match[1])
        start = match.end()
    while start < end and page.text[start].isspace():
        start += 1
    return start, notes


def _name_end(page: Page, start: int, end: int) -> tuple[int, str | None, int]:
    """Return where the name ends, the salutation beside it, and where the rest of the address begins."""
    bracket = _BRACKET.search(page.text, start, end)
    if bracket and _is_salutation(bracket[1]) and len(page.text[start : bracket.start()].split()) <= 12:
        return bracket.start(), " ".join(bracket[1].split()), bracket.end()
    words = [(match.start(), match.end(), match[0]) for match in re.finditer(r"\S+", page.text[start:end])]
    count = _name_words([fold(word) for _, _, word in words])
    last = start + words[count - 1][1]
    return last, None, last


def _is_salutation(words: str) -> bool:
    return bool(phrase_pattern(lexicon().words["salutations"]).search(fold(words)))


def _name_words(words: list[str]) -> int:
    """Return how many words the office and the personal name take up."""
    at = _office_words(words)
    names = 0
    while at < len(words) - 1 and names < _NAME_WORDS + 1:
        word = words[at].strip(",.;")
        if names and (_ends_a_name(words[at]) or (names >= _NAME_WORDS and not _third_belongs(words, at))):
            break
        names += word not in _PARTICLES and len(word) > 1
        at += 1
        if words[at - 1].endswith((",", ";")):
            break
    return max(at, 1)


def _office_words(words: list[str]) -> int:
    """Words of the office before a personal name: known ones, and what stands between "governor," and "province"."""
    known = lexicon().names("offices") | lexicon().names("honorifics")
    at = 0
    while at < len(words) - 1:
        word = words[at].strip(",.;")
        if word in known or word in {"&", "-"} or (0 < at < 12 and _office_goes_on(words, at, known)):
            at += 1
        else:
            break
    return at


def _office_goes_on(words: list[str], at: int, known: frozenset[str]) -> bool:
    """After "of" or a comma, a word not known is still of the office where a known one follows within two words."""
    before = words[at - 1]
    of = before in {"of", "for", "the", "de", "du", "la", "del", "and", "&"} or before.endswith(",")
    return of and any(word.strip(",.;") in known for word in words[at + 1 : at + 2])


def _ends_a_name(word: str) -> bool:
    plain = word.strip(",;.")
    return (
        bool(ADDRESS_STEMS.match(plain))
        or any(char.isdigit() for char in word)
        or plain in lexicon().names("places")
        or plain in lexicon().names("offices") - _PARTICLES
    )


def _third_belongs(words: list[str], at: int) -> bool:
    """A third word is of the name where an address plainly begins right after it."""
    return (
        not _ends_a_name(words[at])
        and at + 1 < len(words)
        and _ends_a_name(words[at + 1])
        and not words[at - 1].endswith(",")
    )
