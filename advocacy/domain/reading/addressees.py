"""Turn the blocks of an address part into the people and offices to write to."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.domain.reading.blocks import Block, Entry, blocks_of, is_postal, is_prose, only_contacts
from advocacy.domain.reading.flat_address import flat_target
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.page import Line, Page, Span, fold
from advocacy.domain.reading.parts import HEAD, Part
from advocacy.domain.reading.places import country_of_address, mentions
from advocacy.domain.reading.tables import Table
from advocacy.domain.reading.values import Field, Target

_OFFICE_HOLDER = re.compile(
    r"(?:presid|prasid|prime|premier|minist|innenmin|justizmin|aussenmin|bundes|govern|gouvern|gobern|prosecut|procur|prokur|attorney|general|secret|segret|sekret|staatsse|chief"
    r"|head|dire[ck]t|command|comand|commiss|comis|king|leader|chancel|kanzler|mayor|maire|alcald|sindaco|burgermeister|judge|juge|juez|speaker|chair|ambassad|embaj|botschafter"
    r"|superin|warden|inspect|vice|deputy|acting|interim|supreme|fiscal|defensor|garde|chef|jefe|capo|leiter|crown|viceroy|president)"
)
_NAME_WORD = re.compile(
    r"[A-ZÀ-Þ'’(][\w.'’()-]*|(?:de|da|do|dos|del|la|el|al|bin|ibn|ben|von|van|der|den|ter|y|e|di|du|abu|ul|af)"
)
_SALUTATION_BRACKET = re.compile(r"\s*\(([^()]{3,80})\)\s*$")


@dataclass
class _Draft:
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


def targets_of(
    page: Page, parts: tuple[Part, ...], table: Table | None, taken: list[Span]
) -> tuple[Field[Target], ...]:
    """Return those to write to, in the text's order. `taken` are page spans that cannot be part of an address."""
    found: list[Field[Target]] = list(table.targets) if table else []
    for part in parts:
        if part.kind in {"addressees", "copies"}:
            found += _from_part(page, part, table, taken)
    if not found and not page.flat:
        found = _above_letters(page, parts, taken)
    for_all = _salutation_for_all(page)
    if for_all:
        found = [_saluted(one, for_all) for one in found]
    found = _with_letters_salutation(page, parts, found)
    return tuple(sorted(found, key=lambda one: one.span or (0, 0)))


def _with_letters_salutation(page: Page, parts: tuple[Part, ...], found: list[Field[Target]]) -> list[Field[Target]]:
    """A model letter's salutation belongs to the addressee, where there is but one and no other salutation."""
    primary = [one for one in found if one.value.role == "primary"]
    if len(primary) != 1 or primary[0].value.salutation or page.flat:
        return found
    for part in parts:
        if part.kind == "letter":
            for line in page.lines_between(part.start, part.end):
                words = page.said(line.start, line.end)
                if is_salutation_line(words) and len(words.split()) > 1:
                    return [_saluted(one, words) if one is primary[0] else one for one in found]
    return found


def _from_part(page: Page, part: Part, table: Table | None, taken: list[Span]) -> list[Field[Target]]:
    role = "copy" if part.kind == "copies" else "primary"
    if page.flat:
        target = flat_target(page, part.start, part.end, role, taken)
        return [target] if target else []
    drafts: list[_Draft] = []
    for block in blocks_of(page, part.start, part.end):
        if (table and table.covers(block.start)) or any(
            start < block.end and block.start < end for start, end in taken
        ):
            continue
        _read_block(page, block, role, drafts)
    return [target for draft in drafts if (target := _finish(page, draft))]


def _above_letters(page: Page, parts: tuple[Part, ...], taken: list[Span]) -> list[Field[Target]]:
    """Where no label marks them, those named above a letter's salutation, with the salutation."""
    found: list[Field[Target]] = []
    for part in parts:
        if part.kind not in {HEAD, "letter", "action", "summary"}:
            continue
        for line in page.lines_between(part.start, part.end):
            if not line.blank and is_salutation_line(page.said(line.start, line.end)):
                begin = _letter_head(page, part, line)
                drafts: list[_Draft] = []
                for block in blocks_of(page, begin, line.start):
                    if not any(start < block.end and block.start < end for start, end in taken):
                        _read_block(page, block, "primary", drafts)
                for draft in drafts:
                    draft.salutation = draft.salutation or page.said(line.start, line.end)
                found += [target for draft in drafts if (target := _finish(page, draft))]
                break
    return found


def _letter_head(page: Page, part: Part, salutation: Line) -> int:
    """Return where the lines above a salutation begin: after the last prose, at most 14 lines up."""
    number = page.line_number(salutation.start)
    begin = salutation.start
    for line in reversed(page.lines[max(0, number - 14) : number]):
        if (
            line.start < part.start
            or line.rule
            or line.level
            or (not line.blank and is_prose(page.said(line.start, line.end)))
        ):
            break
        begin = line.start
    return begin


def is_salutation_line(words: str) -> bool:
    """ "Dear Minister," on a line of its own."""
    return bool(_salutation_pattern().match(fold(words))) and words.endswith((",", ":")) and len(words.split()) <= 10


def _read_block(page: Page, block: Block, role: str, drafts: list[_Draft]) -> None:
    """Add a block to the drafts: as a new one, or as the ways to reach the one before."""
    if all(only_contacts(entry) for entry in block.entries):
        if block.heading is None:
            if drafts and not drafts[-1].values.keys() & _kinds(block):
                _add_contacts(page, block, drafts[-1])
            return
        draft = _Draft(
            role, [(page.said(block.heading.start, block.heading.end), block.heading.start, block.heading.end)]
        )
        _add_contacts(page, block, draft)
        drafts.append(draft)
        return
    draft = _Draft(role)
    for entry in block.entries:
        _read_entry(page, entry, draft)
    drafts.append(draft)


def _kinds(block: Block) -> set[str]:
    return {kind for entry in block.entries for kind in entry.contacts.values}


def _add_contacts(page: Page, block: Block, draft: _Draft) -> None:
    for entry in block.entries:
        _read_entry(page, entry, draft)


def _read_entry(page: Page, entry: Entry, draft: _Draft) -> None:
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
    if words and not only_contacts(entry):
        draft.lines.append((words, entry.line.start, entry.contacts.lead_end))


def _finish(page: Page, draft: _Draft) -> Field[Target] | None:
    """Return the addressee, or None where the lines hold no way to reach anyone or no name."""
    lines = [words for words, _, _ in draft.lines]
    if not lines or not any(char.isalpha() for char in lines[0]):
        return None
    if len(lines) == 1 and "," in lines[0] and is_postal(lines[0]) and not draft.values:
        name, _, rest = lines[0].partition(",")
        lines = [name.strip(), rest.strip()]
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
    sends = [mention.code for mention in mentions(name) if mention.kind == "name"]
    embassy = bool(_embassy_pattern().search(fold(name)))
    return Target(
        name=name,
        role=role,
        salutation=salutation,
        postal_lines=postal,
        email=_joined(values.get("email")),
        phone=_joined(values.get("phone")),
        fax=_joined(values.get("fax")),
        office=postal[0] if postal and _office_first(postal[0]) else None,
        country=country,
        web_form=(values.get("web") or [None])[0],  # type: ignore[list-item]
        social=_joined(values.get("social")),
        for_countries=(country,) if embassy and country and country not in sends else (),
    )


def name_line(lines: list[str]) -> int:
    """Return which line names the addressee: the first, or the second where the first is a bare office."""
    if len(lines) > 2 and is_personal_name(lines[1]) and _is_only_titles(lines[0]):
        return 1
    if (
        len(lines) > 2
        and is_personal_name(lines[1])
        and (is_bare_office(lines[0]) or _is_titled(lines[1]))
        and not _is_titled(lines[0])
    ):
        return 1
    return 0


def _is_only_titles(line: str) -> bool:
    """ "Excelentíssimo Senhor" on a line of its own."""
    known = lexicon().names("titles") | lexicon().names("honorifics") | lexicon().names("salutations")
    return all(word.rstrip(".,") in known for word in fold(line).split()) and not _OFFICE_HOLDER.match(fold(line))


def _is_titled(line: str) -> bool:
    """Whether a line opens with a title that only people bear: Mr, Mme, Lic., Hon."""
    words = fold(line).split()
    return bool(words) and (
        words[0].rstrip(".,") in lexicon().names("titles")
        or " ".join(words[:2]).rstrip(".") in lexicon().names("titles")
    )


def is_bare_office(line: str) -> bool:
    """Whether a line names an office that one person holds, and nobody by name."""
    words = fold(line).replace(",", " ").replace("/", " ").split()
    if not words or not _OFFICE_HOLDER.match(words[0]):
        return False
    of = {
        "of",
        "for",
        "de",
        "du",
        "des",
        "del",
        "di",
        "do",
        "da",
        "der",
        "für",
        "fur",
        "della",
        "dell'interno",
        "general",
    }
    return any(word in of for word in words[1:]) or all(
        word.rstrip(".") in lexicon().names("offices") for word in words
    )


def is_personal_name(line: str) -> bool:
    """Whether a line looks like the name of a person: a few capitalised words, none of an office or a place."""
    words = line.split()
    if not 1 < len(words) <= 8 or any(char.isdigit() for char in line) or "," in line.rstrip(","):
        return False
    folded = [fold(word).strip(".,") for word in words]
    titled = folded[0] in lexicon().names("honorifics")
    if not all(_NAME_WORD.fullmatch(word.rstrip(",")) for word in words):
        return False
    if titled:
        return not mentions(line)
    plain = lexicon().names("offices") | lexicon().names("places")
    return len(words) <= 6 and not any(word in plain for word in folded if len(word) > 3) and not mentions(line)


def _office_first(line: str) -> bool:
    words = fold(line).replace(",", " ").split()
    return bool(words) and words[0] in lexicon().names("offices") and not any(char.isdigit() for char in line)


def _joined(values: list[str] | None) -> str | None:
    return ", ".join(dict.fromkeys(values)) if values else None


def _is_sender(lines: list[str]) -> bool:
    return any(_own_office_pattern().search(fold(line)) for line in lines[:2])


def _salutation_for_all(page: Page) -> str | None:
    for label in lexicon().words["salutation_all"]:
        match = re.search(re.escape(label).replace(r"\ ", r"\s+") + r"\s*:\s*([^\n]{3,80})", page.folded)
        if match:
            return page.said(match.start(1), match.end(1))
    return None


def _saluted(one: Field[Target], words: str) -> Field[Target]:
    target = one.value
    if target.salutation:
        return one
    kept = {key: getattr(target, key) for key in target.__dataclass_fields__ if key != "salutation"}
    return Field(Target(**kept, salutation=words), one.confidence, one.span, one.note)


@lru_cache(maxsize=1)
def _salutation_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["salutations"])


@lru_cache(maxsize=1)
def _embassy_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["embassy"])


@lru_cache(maxsize=1)
def _own_office_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["own_office"])
