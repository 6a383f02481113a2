"""Group the lines of a part into the blocks that can be addresses."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.domain.reading.contacts import Contacts, contacts_in
from advocacy.domain.reading.lexicon import lexicon, phrase_pattern
from advocacy.domain.reading.names import is_bare_office
from advocacy.domain.reading.page import Line, Page, Span, fold
from advocacy.domain.reading.places import mentions

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_POSTAL = re.compile(
    r"\b\d{4,6}\b|\b[A-Za-z]\d[A-Za-z]\s?\d[A-Za-z]\d\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[\w.]*(?:stra(?:ss|ß)e|str\.)|\b\d{1,5}[A-Za-z]?[ ,]|[ ,]\d{1,5}[A-Za-z]?$"
)
_PROSE_WORDS = 11
_LONGEST_ADDRESS_LINE = 160


@dataclass
class Entry:
    """One line of a block, with the contacts found in it."""

    line: Line
    contacts: Contacts
    words: str


@dataclass
class Block:
    """Neighbouring lines that can be one address. `heading` is the heading just above, if any."""

    entries: list[Entry] = field(default_factory=list)
    heading: Line | None = None
    after_blank: bool = True

    @property
    def start(self) -> int:
        return self.entries[0].line.start

    @property
    def end(self) -> int:
        return self.entries[-1].line.end


def blocks_of(page: Page, start: int, end: int, apart: list[Span]) -> list[Block]:
    """Return the blocks between two page positions. Prose, notes in brackets, rules and lines of `apart` are left out."""
    blocks: list[Block] = []
    current = Block()
    heading: Line | None = None
    running = False
    sentences = _sentences(page, start, end)
    for line in page.lines_between(start, end):
        words = page.said(line.start, line.end)
        if line.blank or line.rule or is_separator(words) or any(a < line.end and line.start < b for a, b in apart):
            current = _close(blocks, current)
        elif line.level:
            current = _close(blocks, current)
            heading = line
        elif not running and line.start not in sentences and not is_note(words) and not is_prose(words):
            if not current.entries:
                current.heading = heading
                heading = None
            current.entries.append(Entry(line, contacts_in(page, line), words))
        else:
            current = _close(blocks, current)
        running = not line.blank and (running or is_prose(words)) and not words.endswith((".", ":", "!", "?"))
    _close(blocks, current)
    return [part for block in _joined_singles(blocks) for part in _split(page, block)]


def _sentences(page: Page, start: int, end: int) -> frozenset[int]:
    """Where the lines of those paragraphs begin that read like sentences as a whole, though no line of them does."""
    found: set[int] = set()
    paragraph: list[Line] = []
    for line in [*page.lines_between(start, end), Line(end, end)]:
        if not line.blank and not line.level:
            paragraph.append(line)
            continue
        plain = not any(contacts_in(page, one).labelled for one in paragraph)
        if paragraph and plain and _is_sentence(page.said(paragraph[0].start, paragraph[-1].end)):
            found |= {one.start for one in paragraph}
        paragraph = []
    return frozenset(found)


def _is_sentence(words: str) -> bool:
    found = _WORD.findall(fold(words))
    return len(found) >= 6 and words.endswith((".", "!", "?")) and _common_share(found) > 0.25 and "@" not in words


def is_prose(words: str) -> bool:
    """Whether a line reads like a sentence rather than like a line of an address."""
    found = _WORD.findall(fold(words))
    if len(words) > _LONGEST_ADDRESS_LINE:
        return True
    if len(found) < _PROSE_WORDS - 3:
        return len(found) >= 5 and words.rstrip().endswith((".", "!")) and _common_share(found) > 0.3
    if sum(word[:1].isupper() for word in words.split()) > 0.6 * len(found):
        return False
    share = _common_share(found)
    if len(found) < _PROSE_WORDS:
        return share > 0.4 and (words.endswith((".", "!", "?")) or not _place_pattern().search(fold(words)))
    return share > 0.22


def is_note(words: str) -> bool:
    """A whole line in brackets that advises the reader."""
    return not _salutation_pattern().search(fold(words)) and (
        words.startswith("(")
        and words.endswith((")", ")."))
        and len(words.split()) >= 4
        and not any(c.isdigit() for c in words)
    )


def is_separator(words: str) -> bool:
    return fold(words).strip(" .:-") in lexicon().names("and_words")


def is_postal(words: str) -> bool:
    """Whether a line carries what only a postal address does: a number, a street, a palace, a country."""
    folded = fold(words)
    if _POSTAL.search(words) or _place_pattern().search(folded):
        return True
    return any(mention.kind in {"name", "capital"} for mention in mentions(words))


def only_contacts(entry: Entry) -> bool:
    """Whether nothing but ways to reach someone stands on the line."""
    return bool(entry.contacts.values or entry.contacts.labelled) and entry.contacts.lead_end - entry.line.start <= 1


def is_whole_address(page: Page, entry: Entry) -> bool:
    """Whether one line holds name, office, street and country, with commas between."""
    words = page.said(entry.line.start, entry.contacts.lead_end)
    return words.count(",") >= 3 and is_postal(words.split(",", 1)[1]) and starts_an_address(words.split(",")[0])


def starts_an_address(words: str) -> bool:
    """Whether a line looks like a name or an office, as the first line of an address does."""
    first = fold(words).replace(",", " ").split()
    if not first or any(char.isdigit() for char in words):
        return False
    if first[0].rstrip(".") in lexicon().names("honorifics"):
        return True
    named = [word for word in words.split() if word[:1].isupper()]
    return (
        len(named) >= 2
        and len(named) >= len(first) - 1
        and not _place_pattern().search(fold(words))
        and not mentions(words)
    )


def _common_share(found: list[str]) -> float:
    every = max(sum(word in common for word in found) for common in lexicon().common_words.values())
    return every / len(found)


def _close(blocks: list[Block], block: Block) -> Block:
    if block.entries:
        blocks.append(block)
    return Block()


def _joined_singles(blocks: list[Block]) -> list[Block]:
    """Where each line is a paragraph of its own, as from a word processor, the lines make one block again."""
    singles = sum(len(block.entries) == 1 for block in blocks)
    if len(blocks) < 3 or singles < len(blocks) or any(block.heading for block in blocks[1:]):
        return blocks
    return [Block([entry for block in blocks for entry in block.entries], blocks[0].heading)]


def _split(page: Page, block: Block) -> list[Block]:
    """Part addresses that follow each other without a blank line: a new one begins after contacts or a salutation."""
    parts = [Block(heading=block.heading)]
    had_contacts = had_address = saluted = False
    for entry in block.entries:
        contact = only_contacts(entry)
        if is_whole_address(page, entry) and parts[-1].entries:
            parts.append(Block())
            had_contacts = had_address = saluted = False
        if had_contacts and had_address and not contact and (saluted or _begins_another(page, entry)):
            parts.append(Block())
            had_contacts = had_address = saluted = False
        had_contacts = had_contacts or contact or bool(entry.contacts.values)
        saluted = saluted or "salutation" in entry.contacts.values
        had_address = had_address or not contact
        parts[-1].entries.append(entry)
    return parts


def _begins_another(page: Page, entry: Entry) -> bool:
    words = page.said(entry.line.start, entry.contacts.lead_end)
    return starts_an_address(words) or is_bare_office(words)


@lru_cache(maxsize=1)
def _salutation_pattern() -> re.Pattern[str]:
    return phrase_pattern((*lexicon().words["salutations"], *lexicon().words["salutation"]))


@lru_cache(maxsize=1)
def _place_pattern() -> re.Pattern[str]:
    return phrase_pattern(lexicon().words["places"])
