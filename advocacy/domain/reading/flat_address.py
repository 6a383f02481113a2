"""Read an address that lost its line breaks: where the name ends is told by what the words are."""

import re
from dataclasses import dataclass, field

from advocacy.domain.reading.contacts import emails_in, labels_in, phone_in
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.names import ADDRESS_STEMS
from advocacy.domain.reading.page import Line, Page, Span, fold
from advocacy.domain.reading.places import country_of_address
from advocacy.domain.reading.values import Field, Target
from advocacy.domain.sentence import Sentence

_BRACKET = re.compile(r"\s*\(([^()]{0,300})\)\s*")
_PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "ben", "de", "da", "van", "von", "der", "abu", "bint", "al-din", "ould", "san", "la"}
)
_NAME_WORDS = 2
_FEWEST_WORDS = 3
_MOST_TARGETS = 12
_NEAR = 6
"""Characters that may stand between a label and its value."""
_SALUTATION = re.compile(
    r"\s*(?:dear(?: (?:prime|attorney|vice|deputy|chief|foreign|inspector|mr|mrs|ms|dr|lt|director|public)\.?)? [\w'-]+"
    r"|your(?: royal)? [a-z]+|excellency|(?:senor|senora|monsieur|madame)(?: (?:le|la))? \w+|[\w']+(?: \w+)?)"
)


@dataclass
class _Values:
    """Where the postal part ends, and the ways to reach the addressee by kind."""

    address_end: int
    found: dict[str, list[str]] = field(default_factory=dict)

    def one(self, kind: str) -> str | None:
        return ", ".join(dict.fromkeys(self.found.get(kind, []))) or None


def flat_targets(page: Page, start: int, end: int, role: str, taken: list[Span]) -> list[Field[Target]]:
    """Return the addressees of a stretch without line breaks, one after the other."""
    end = min([end, *(span_start for span_start, _ in taken if span_start >= start)])
    closing = phrase_pattern(lexicon().words["closings"]).search(page.folded, start, end)
    end = closing.start() if closing else end
    found: list[Field[Target]] = []
    while start < end and len(found) < _MOST_TARGETS:
        start = _skip_notes(page, start, end)
        stop, values = _contacts(page, start, end)
        if target := _target(page, start, values, role):
            found.append(
                Field(target, 0.6, page.source_span(start, stop), Sentence("the line breaks of this address were lost"))
            )
        start = max(stop, start + 1)
    return found


def _target(page: Page, start: int, values: _Values, role: str) -> Target | None:
    address_end = values.address_end
    if len(page.text[start:address_end].split()) < _FEWEST_WORDS:
        return None
    name_end, salutation, rest_start = _name_end(page, start, address_end)
    name = page.said(start, name_end).strip(" ,;")
    rest = page.said(rest_start, address_end).strip(" ,;")
    if not name or not (rest or values.found):
        return None
    return Target(
        name=name,
        role=role,
        salutation=salutation or values.one("salutation"),
        postal_lines=(rest,) if rest else (),
        email=values.one("email"),
        phone=values.one("phone"),
        fax=values.one("fax"),
        country=country_of_address((rest,), tuple(values.found.get("phone", []))),
    )


def _contacts(page: Page, start: int, end: int) -> tuple[int, _Values]:
    """Return where the address that begins at `start` ends with its contacts, and their values.

    Words left over between two labels, or after the last, belong to the next address.
    """
    labels = labels_in(page, Line(start, end))
    if not labels:
        return end, _Values(end)
    values = _Values(labels[0][1])
    ends = [label[1] for label in labels[1:]] + [end]
    stop = values.address_end
    for (kinds, _, begin), finish in zip(labels, ends, strict=True):
        value, stop = _value(page, kinds[0], begin, finish)
        for kind in kinds:
            if value:
                values.found.setdefault(kind, []).append(value)
        if len(page.text[stop:finish].split()) >= _FEWEST_WORDS:
            return stop, values
    return end, values


def _value(page: Page, kind: str, start: int, end: int) -> tuple[str | None, int]:
    """Return the value right after a label, and where it ends; what follows it is not part of it."""
    text = page.text[start:end]
    if kind == "email":
        emails = emails_in(text)
        return (emails[0][0], start + emails[0][2]) if emails and emails[0][1] < _NEAR else (None, start)
    if kind in {"phone", "fax"}:
        phone = phone_in(text)
        return (" ".join(phone[0].split()), start + phone.end()) if phone and phone.start() < _NEAR else (None, start)
    if kind == "salutation":
        words = _SALUTATION.match(fold(text))
        return (" ".join(text[: words.end()].split()), start + words.end()) if words else (None, start)
    return None, end


def _skip_notes(page: Page, start: int, end: int) -> int:
    """Pass over remarks in brackets before the name."""
    while (match := _BRACKET.match(page.text, start, end)) is not None:
        start = match.end()
    while start < end and page.text[start].isspace():
        start += 1
    return start


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
