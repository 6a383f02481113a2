"""Documents of our own in many layouts and six languages, each beside what a careful reader takes from it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy.domain.reading import read
from advocacy.domain.reading.measure import measure, outcome, same
from advocacy.domain.reading.values import Reading

DOCUMENTS = Path(__file__).parent / "documents"
NAMES = sorted(path.stem for path in DOCUMENTS.glob("*.txt"))


def reading_of(name: str) -> Reading:
    return read((DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8"))


def expected_of(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.expected.json").read_text(encoding="utf-8"))
    return expected


@pytest.mark.parametrize("name", NAMES)
def test_what_is_an_action_is_told_from_what_is_not(name: str) -> None:
    reading = reading_of(name)
    assert reading.is_action == expected_of(name)["is_action"], reading.verdict.reason
    assert reading.verdict.reason


@pytest.mark.parametrize("name", [name for name in NAMES if expected_of(name)["is_action"]])
def test_numbers_dates_and_language_are_right(name: str) -> None:
    ours, expected = reading_of(name).as_json(), expected_of(name)
    keys = ("index", "ua_number", "issued", "deadline", "language")
    assert {key: same(ours[key] or "") for key in keys} == {key: same(expected[key] or "") for key in keys}


def test_the_figures_on_all_documents_hold() -> None:
    pairs = [(reading_of(name).as_json(), expected_of(name)) for name in NAMES if expected_of(name)["is_action"]]
    figures = measure(pairs)
    assert len(pairs) >= 20
    assert figures["facts"] >= 0.98
    assert figures["keys"]["demands"]["f1"] >= 0.95
    assert figures["keys"]["targets"]["f1"] >= 0.95
    assert figures["invented"] == dict.fromkeys(
        ("index", "ua_number", "issued", "deadline", "email", "phone", "fax"), 0
    )
    titles = figures["keys"]["title"]
    assert titles["right"] >= 0.9 * sum(titles.values())


@pytest.mark.parametrize("name", NAMES)
def test_each_span_lies_in_the_source_and_holds_the_value(name: str) -> None:
    reading = reading_of(name)
    for field in (reading.index, reading.ua_number):
        if field.value:
            assert field.span is not None
            assert outcome(field.value.split()[-1], reading.source[slice(*field.span)].split()[-1]) == "right"
    for demand in reading.demands:
        assert demand.span is not None
        assert demand.value.split()[0] in reading.source[slice(*demand.span)]
    for target in reading.targets:
        assert target.span is not None
        assert target.value.name.split()[0] in reading.source[slice(*target.span)]


def test_the_measure_counts_right_wrong_missed_and_invented() -> None:
    empty = dict.fromkeys(("title", "index", "ua_number", "issued", "deadline", "language"))
    lists: dict[str, Any] = {"countries": [], "demands": [], "targets": []}
    expected = {**empty, **lists, "title": "A  Title", "index": "AMR 1/2", "demands": ["free her now"]}
    ours = {**empty, **lists, "title": "a title", "ua_number": "1/24", "demands": ["free her today"]}
    keys = measure([(ours, expected)])["keys"]
    assert keys["title"]["right"] == 1
    assert keys["index"]["missed"] == 1
    assert keys["ua_number"]["invented"] == 1
    assert (keys["demands"]["missed"], keys["demands"]["invented"], keys["demands"]["f1"]) == (1, 1, 0.0)


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n".join("> " + line for line in text.split("\n")),
        lambda text: "\n".join("    " + line for line in text.split("\n")),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace(" ", "\xa0"),
        lambda text: text.replace("\n- ", "\n\u25cf "),
    ],
    ids=["other line ends", "quoted", "indented", "double spaced", "hard blanks", "other bullets"],
)
def test_the_way_a_text_was_stored_changes_little(changed: Callable[[str], str]) -> None:
    pairs = [
        (read(changed((DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8"))).as_json(), expected_of(name))
        for name in NAMES
        if expected_of(name)["is_action"]
    ]
    figures = measure(pairs)
    assert figures["facts"] >= 0.98
    assert figures["keys"]["demands"]["f1"] >= 0.95
    assert figures["keys"]["targets"]["f1"] >= 0.95
    assert not any(figures["invented"].values())
