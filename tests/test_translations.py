"""No text of a page or mail lacks its translation, and what is compiled is what is written."""

from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "templates" / "translations"
CATALOGUES = [("messages", "fr"), ("messages", "es"), ("messages", "de"), ("desk", "fr")]
"""Which texts are in which languages: those of supporters' pages and mails, and those of the desk."""

MAPPINGS = {"messages": "babel.cfg", "desk": "desk.cfg"}

each_catalogue = pytest.mark.parametrize(("domain", "language"), CATALOGUES, ids=" ".join)


@lru_cache
def wanted(domain: str) -> frozenset[str | tuple[str, ...]]:
    """Every text that is marked for translation."""
    with (FOLDER / MAPPINGS[domain]).open() as file:
        methods, options = parse_mapping_cfg(file)
    found = {
        message
        for _name, _line, message, _comments, _context in extract_from_dir(
            str(ROOT), methods, options, directory_filter=_of_ours
        )
    }
    assert len(found) > 200
    return frozenset(found)


def _of_ours(folder: str) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in ("advocacy", "templates")


def written(domain: str, language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language)


@each_catalogue
def test_nothing_is_missing_and_nothing_is_left_over(domain: str, language: str) -> None:
    there = {message.id for message in written(domain, language) if message.id and all(_tuple(message.string))}

    assert wanted(domain) - there == set()
    assert there - wanted(domain) == set()


@each_catalogue
def test_each_translation_keeps_the_fields_of_its_text(domain: str, language: str) -> None:
    assert [error for message in written(domain, language) for error in message.check()] == []
    assert not [message.id for message in written(domain, language) if message.id and message.fuzzy]


@each_catalogue
def test_what_is_compiled_is_what_is_written(domain: str, language: str) -> None:
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
        compiled = plain(read_mo(file))

    assert compiled == plain(written(domain, language))


def plain(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return texts with their translations; one without a plural is a tuple of one."""
    return {_tuple(message.id): _tuple(message.string) for message in catalogue if message.id}


def _tuple(texts: object) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, list | tuple) else (str(texts),)
