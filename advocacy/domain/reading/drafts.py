"""Put one addressee together from the lines of its block."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.domain.reading.blocks import Block, Entry, is_postal, only_contacts
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.names import is_bare_office, name_line
from advocacy.domain.reading.page import Page, fold
from advocacy.domain.reading.places import country_of_address, mentions
from advocacy.domain.reading.values import Field, Target

_WORDS_OF_A_LABEL = 3
_SALUTATION_BRACKET = re.compile(r"\s*\(([^()]{3,80})\)\s*$")


@dataclass
class Draft:
    """An addressee being put together from its lines."""

    role: str
    lines: list[tuple[str, int, int]] = field(default_factory=list)
    salutation: str | None = None
    values: dict[str, list[str]] = field(default_factory=dict)
    start: int = -1
    end: int = 0

    def reach(self, start: int, end: int) -> None:
        self.start = start if self.start < 0 else min(self.start, start)
        self.end = max(self.end, end)


def read_block(page: Page, block: Block, role: str, drafts: list[Draft]) -> None:
    """Add a block to the drafts: as a new one, or as the ways to reach the one before."""
    if all(only_contacts(entry) for entry in block.entries):
        if block.heading is None:
            if drafts and not drafts[-1].values.keys() & _kinds(block):
                _add_contacts(page, block, drafts[-1])
            return
        draft = Draft(
            role, [(page.said(block.heading.start, block.heading.end), block.heading.start, block.heading.end)]
        )
        _add_contacts(page, block, draft)
        drafts.append(draft)
        return
    draft = Draft(role)
    for entry in block.entries:
        _read_entry(page, entry, draft)
    drafts.append(draft)


def _kinds(block: Block) -> set[str]:
    return {kind for entry in block.entries for kind in entry.contacts.values}


def _add_contacts(page: Page, block: Block, draft: Draft) -> None:
    for entry in block.entries:
        _read_entry(page, entry, draft)


def _read_entry(page: Page, entry: Entry, draft: Draft) -> None:
    draft.reach(entry.line.start, entry.line.end)
    for kind, values in entry.contacts.values.items():
        if kind == "salutation":
            draft.salutation = draft.salutation or values[0][0].strip("()")
        elif kind != "salutation_all":
            draft.values.setdefault(kind, []).extend(value for value, _, _ in values)
    if entry.contacts.labelled and entry.contacts.lead_end <= entry.line.start + 1:
        return
    words = page.said(entry.line.start, entry.contacts.lead_end).strip(" |")
    bracket = _SALUTATION_BRACKET.search(words)
    if bracket and _salutation_pattern().match(fold(bracket[1]).strip()):
        draft.salutation = draft.salutation or bracket[1].strip()
        words = words[: bracket.start()].strip()
    if draft.lines and entry.contacts.labelled and len(words.split()) <= _WORDS_OF_A_LABEL and not is_postal(words):
        return  # "Direct line: ..." and "Main office tel: ..." say what a number is for.
    if words and not only_contacts(entry):
        draft.lines.append((words, entry.line.start, entry.contacts.lead_end))


def finish(page: Page, draft: Draft) -> Field[Target] | None:
    """Return the addressee, or None where the lines hold no way to reach anyone or no name."""
    lines = [words for words, _, _ in draft.lines]
    if not lines or not any(char.isalpha() for char in lines[0]):
        return None
    if len(lines) == 1 and "," in lines[0] and is_postal(lines[0]):
        name, _, rest = lines[0].partition(",")
        lines = [name.strip(), rest.strip(" .")]
    reachable = bool(draft.values.keys() & {"phone", "fax", "email"}) or any(is_postal(line) for line in lines[1:])
    if not reachable or len(lines) > 12 or _is_sender(lines):
        return None
    number = name_line(lines)
    name, postal = lines[number].strip(" ,;"), tuple(line for at, line in enumerate(lines) if at != number)
    strong = len(postal) + len(draft.values) > 1
    return Field(
        complete(name, postal, draft.role, draft.salutation, draft.values),
        0.92 if strong else 0.7,
        page.source_span(draft.start, draft.end),
    )


def complete(
    name: str, postal: tuple[str, ...], role: str, salutation: str | None, values: dict[str, list[str]]
) -> Target:
    """Return the target with its country, and for an embassy the supporters it is for."""
    phones = tuple(values.get("phone", []) + values.get("fax", []))
    country = country_of_address(postal, phones) or country_of_address((name,), ())
    house = next((line for line in (name, *postal) if _embassy_pattern().search(fold(line))), None)
    sends = [mention.code for mention in mentions(house or "") if mention.kind == "name"]
    return Target(
        name=name,
        role=role,
        salutation=salutation,
        postal_lines=postal,
        email=_joined(values.get("email")),
        phone=_joined(values.get("phone")),
        fax=_joined(values.get("fax")),
        office=postal[0] if postal and is_bare_office(postal[0]) else None,
        country=country,
        web_form=(values.get("web") or [None])[0],  # type: ignore[list-item]
        social=_joined(values.get("social")),
        for_countries=(country,) if house and country and country not in sends else (),
    )


def _joined(values: list[str] | None) -> str | None:
    return ", ".join(dict.fromkeys(values)) if values else None


def _is_sender(lines: list[str]) -> bool:
    return any(_own_office_pattern().search(fold(line)) for line in lines[:2])


@lru_cache(maxsize=1)
def _salutation_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["salutations"])


@lru_cache(maxsize=1)
@lru_cache(maxsize=1)
def _embassy_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["embassy"])


@lru_cache(maxsize=1)
@lru_cache(maxsize=1)
def _own_office_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["own_office"])
