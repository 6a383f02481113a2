"""No text makes the reader crash or dawdle."""

import os
import random
import resource
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.domain.reading import read

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.txt"))
TEXTS = [path.read_text(encoding="utf-8") for path in DOCUMENTS]
MUTATIONS = int(os.environ.get("READING_MUTATIONS", "2000"))
PIECES = [
    "\n",
    " ",
    "- ",
    "(",
    "[",
    "](",
    "> ",
    "`",
    "write to ",
    "urging ",
    "appeals to:",
    "12/04/",
    "UA ",
    "@",
    "Tel: ",
    "1",
    ".",
    "\x00",
    "é",
    "ß",
    "Dear ",
]


@settings(max_examples=60, deadline=2000)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    assert reading.as_json()["source_url"] is None


@settings(max_examples=60, deadline=2000)
@given(st.lists(st.sampled_from(PIECES), max_size=200))
def test_any_heap_of_pieces_is_read(pieces: list[str]) -> None:
    read("".join(pieces))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_mutated_documents_are_read_quickly_and_in_little_memory() -> None:
    chance = random.Random(20)  # noqa: S311 - the same texts each time
    read(TEXTS[0])
    before = _peak_megabytes()
    for _ in range(MUTATIONS):
        text = mutated(chance.choice(TEXTS), chance)
        started = time.process_time()
        read(text)
        assert time.process_time() - started < 5
    assert _peak_megabytes() - before < 200


@pytest.mark.parametrize("piece", PIECES)
def test_long_repetitions_are_read_quickly(piece: str) -> None:
    text = piece * (24_000 // len(piece))
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "unit",
    [
        "please write to urging ",
        "word, ",
        "Tel Fax Tel ",
        "1-202-224-2644  ",
        "(a ",
        "Name (m) ",
        "12 May ",
        "and to ",
        "A B C ",
        "[x](y ",
        "a@",
        "e-mail: x (at) y ",
        "urge them to go. ",
    ],
)
def test_a_long_paper_that_is_no_action_is_read_quickly(unit: str) -> None:
    read("warm up the tables, also those of texts in one long line. " * 12)
    started = time.process_time()
    read(unit * (24_000 // len(unit)))
    assert time.process_time() - started < 2


def mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 6)):
        at, width = chance.randrange(len(text) + 1), chance.randint(1, 200)
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:at] + text[at + width :]
        elif kind == 1:
            text = text[:at] + text[at : at + width] * chance.randint(2, 6) + text[at:]
        elif kind == 2:
            text = text[:at] + chance.choice(PIECES) * chance.randint(1, 40) + text[at:]
        elif kind == 3:
            text = " ".join(text.split("\n")) if chance.random() < 0.3 else text.upper()
        else:
            text = text + chance.choice(TEXTS)[:width]
    return text


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
