"""Static files: their addresses carry a hash of what is in them, so that a browser may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, current_app, request

A_YEAR = 31_536_000


def register(app: Flask) -> None:
    app.url_defaults(_with_hash)
    app.get_send_file_max_age = _max_age  # type: ignore[method-assign, assignment]


def _with_hash(endpoint: str, values: dict[str, object]) -> None:
    """Add `v`, the hash, to the address of each static file; a file that is not there gets none."""
    if endpoint == "static" and "v" not in values and current_app.static_folder:
        found = _hash(Path(current_app.static_folder) / str(values.get("filename", "")))
        if found:
            values["v"] = found


def _max_age(_name: str | None) -> int:
    return A_YEAR if "v" in request.args else 300


@cache
def _hash(path: Path) -> str:
    """Read once for each process: the files change with the program only."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except OSError:
        return ""
