"""Reads the phrase pools of letters from the templates folder."""

from functools import lru_cache
from pathlib import Path

from advocacy.domain.appeal.pools import Pools, parse_pools
from advocacy.gateways.resources import templates_path


@lru_cache(maxsize=4)
def load_pools(folder: Path | None = None) -> Pools:
    """Return the pools in `templates/appeal/<language>/*.toml`, read once per process.

    Raises InvalidError naming file, part and phrase of each fault.
    """
    root = folder or templates_path() / "appeal"
    files = sorted(root.glob("*/*.toml"))
    return parse_pools({f"{file.parent.name}/{file.name}": file.read_text(encoding="utf-8") for file in files})
