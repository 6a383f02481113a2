"""Real documents, where they are at hand: the figures a release must hold on them."""

import json
from pathlib import Path
from typing import Any

import pytest

from advocacy.domain.reading import read
from advocacy.domain.reading.measure import measure

REAL = Path(__file__).resolve().parents[4] / "shared" / "urgent-actions"


def real_pairs() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    if not REAL.is_dir():
        pytest.skip(f"No real documents in {REAL}: the figures on them are not checked.")
    return [
        (
            read(path.with_suffix("").with_suffix(".txt").read_text(encoding="utf-8")).as_json(),
            json.loads(path.read_text(encoding="utf-8")),
        )
        for path in sorted(REAL.glob("*.expected.json"))
    ]


def test_the_first_real_document_is_read_right_in_every_key() -> None:
    ours, expected = real_pairs()[0]
    assert {key: ours[key] for key in expected} == expected


def test_the_figures_on_real_documents_hold() -> None:
    figures = measure(real_pairs())
    assert figures["facts"] >= 0.95
    assert figures["keys"]["demands"]["f1"] >= 0.85
    assert figures["keys"]["targets"]["f1"] >= 0.85


def test_nothing_is_invented_on_real_documents() -> None:
    invented = measure(real_pairs())["invented"]
    assert invented == dict.fromkeys(("index", "ua_number", "issued", "deadline", "email", "phone", "fax"), 0)


def test_every_real_document_is_taken_for_an_action() -> None:
    assert all(ours["is_action"] for ours, _ in real_pairs())
