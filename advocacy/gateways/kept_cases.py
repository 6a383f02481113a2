"""Readings that a person corrected, kept as files beside their source: the instance's own cases for measuring."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def keep(folder: Path, number: int, text: str, expected: Mapping[str, Any]) -> None:
    """Write NN.txt and NN.expected.json, which only their owner may read; an earlier pair of the number is replaced.

    The expected reading is written last: a pair is whole as soon as it counts.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / f"{number:02}.txt", text)
    _write(folder / f"{number:02}.expected.json", json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8", newline="")
    draft.replace(path)
