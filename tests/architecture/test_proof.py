"""What docs/proof.md says is proven has a test of that name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (E?\d+) \| [^|]+ \| (tests/[\w/]+\.py)::(test_\w+) \|",
    (ROOT / "docs" / "proof.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
PROMISED = {
    *(f"E{number}" for number in range(1, 13)),
    *(str(number) for number in (*range(1, 27), *range(29, 38), *range(40, 45), *range(48, 53))),
}


def test_every_row_of_the_matrix_is_there() -> None:
    assert {number for number, _, _ in ROWS} == PROMISED


@pytest.mark.parametrize(("path", "name"), sorted({(path, name) for _, path, name in ROWS}))
def test_every_row_names_a_test_that_exists(path: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8")
