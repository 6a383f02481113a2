"""Find those to write to: under a label, in a table, above a letter, or right below the demands."""

import re
from dataclasses import replace

from advocacy.domain.reading.blocks import Block, blocks_of, is_postal, is_prose, starts_an_address
from advocacy.domain.reading.drafts import Draft, finish, read_block
from advocacy.domain.reading.flat_address import flat_targets
from advocacy.domain.reading.lexicon import lexicon
from advocacy.domain.reading.page import Line, Page, Span
from advocacy.domain.reading.parts import Part, is_salutation_line, label_at
from advocacy.domain.reading.tables import Table
from advocacy.domain.reading.values import Field, Target

_WITHOUT_LABEL = frozenset({"action", "demands", "letter"})
_LETTER_HEAD_LINES = 18


def targets_of(
    page: Page, parts: tuple[Part, ...], table: Table | None, taken: list[Span]
) -> tuple[Field[Target], ...]:
    """Return those to write to, in the text's order. `taken` are page spans that cannot be part of an address."""
    found: list[Field[Target]] = list(table.targets) if table else []
    for part in parts:
        if part.kind in {"addressees", "copies"}:
            found += _from_part(page, part, table, taken)
    if not page.flat:
        if not any(one.value.role == "primary" for one in found):
            found += _above_letters(page, parts, taken) or _without_label(page, parts, taken)
        found = _with_letters_salutation(page, parts, found)
    if for_all := _salutation_for_all(page):
        found = [_saluted(one, for_all) for one in found]
    return tuple(sorted(found, key=lambda one: one.span or (0, 0)))


def _from_part(page: Page, part: Part, table: Table | None, taken: list[Span]) -> list[Field[Target]]:
    role = "copy" if part.kind == "copies" else "primary"
    if page.flat:
        return flat_targets(page, part.start, part.end, role, taken)
    drafts: list[Draft] = []
    for block in blocks_of(page, part.start, part.end, taken):
        if not (table and table.covers(block.start)):
            read_block(page, block, role, drafts)
    return [target for draft in drafts if (target := finish(page, draft))]


def _above_letters(page: Page, parts: tuple[Part, ...], taken: list[Span]) -> list[Field[Target]]:
    """Those named above a letter's salutation, with the salutation."""
    found: list[Field[Target]] = []
    for part in parts:
        line = _salutation_of(page, part) if part.kind == "letter" else None
        if line is None:
            continue
        drafts: list[Draft] = []
        for block in blocks_of(page, _letter_head(page, line), line.start, taken):
            read_block(page, block, "primary", drafts)
        for draft in drafts:
            draft.salutation = draft.salutation or page.said(line.start, line.end)
        found += [target for draft in drafts if (target := finish(page, draft))]
    return found


def _salutation_of(page: Page, part: Part) -> Line | None:
    lines = page.lines_between(part.label_start, part.end)
    return next(
        (line for line in lines if not line.blank and is_salutation_line(page.said(line.start, line.end))), None
    )


def _letter_head(page: Page, salutation: Line) -> int:
    """Return where the lines above a salutation begin: after the last prose or label, some lines up at most."""
    number = page.line_number(salutation.start)
    begin = salutation.start
    for line in reversed(page.lines[max(0, number - _LETTER_HEAD_LINES) : number]):
        if (
            line.rule
            or line.level
            or line.bullet
            or (not line.blank and (is_prose(page.said(line.start, line.end)) or label_at(page, line)))
        ):
            break
        begin = line.start
    return begin


def _without_label(page: Page, parts: tuple[Part, ...], taken: list[Span]) -> list[Field[Target]]:
    """Addresses that stand below the demands or the call to act without a label of their own."""
    found: list[Field[Target]] = []
    for part in parts:
        if part.kind not in _WITHOUT_LABEL:
            continue
        drafts: list[Draft] = []
        for block in blocks_of(page, part.start, part.end, taken):
            if _is_plainly_an_address(block):
                read_block(page, block, "primary", drafts)
        found += [target for draft in drafts if (target := finish(page, draft))]
    return [replace(one, confidence=min(one.confidence, 0.6)) for one in found]


def _is_plainly_an_address(block: Block) -> bool:
    """Several lines, the first a name or an office, another one postal; none of them an item of a list."""
    words = [entry.words for entry in block.entries]
    return (
        len(words) > 2
        and starts_an_address(words[0])
        and any(map(is_postal, words[1:]))
        and not any(entry.line.bullet for entry in block.entries)
    )


def _with_letters_salutation(page: Page, parts: tuple[Part, ...], found: list[Field[Target]]) -> list[Field[Target]]:
    """A model letter's salutation belongs to the addressee, where there is but one and no other salutation."""
    primary = [one for one in found if one.value.role == "primary"]
    if len(primary) != 1 or primary[0].value.salutation:
        return found
    for part in parts:
        line = _salutation_of(page, part) if part.kind == "letter" else None
        if line and len(page.said(line.start, line.end).split()) > 1:
            return [_saluted(one, page.said(line.start, line.end)) if one is primary[0] else one for one in found]
    return found


def _salutation_for_all(page: Page) -> str | None:
    for label in lexicon().words["salutation_all"]:
        match = re.search(re.escape(label).replace(r"\ ", r"\s+") + r"\s*:\s*([^\n]{3,80})", page.folded)
        if match:
            return page.said(match.start(1), match.end(1))
    return None


def _saluted(one: Field[Target], words: str) -> Field[Target]:
    return one if one.value.salutation else replace(one, value=replace(one.value, salutation=words))
