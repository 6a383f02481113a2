"""Reads the phrase pools of letters, and the words of printed sheets, from the templates folder."""

from functools import lru_cache
from pathlib import Path

from advocacy.domain.appeal.paper_words import PaperWords, parse_words
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


def paper_words(language: str) -> PaperWords:
    """Return the words of cover and stall sheets in a language (BCP 47), in English where there are none in it."""
    known = _all_paper_words()
    return known.get(language.partition("-")[0].lower(), known["en"])


@lru_cache(maxsize=1)
def _all_paper_words() -> dict[str, PaperWords]:
    folder = templates_path() / "appeal" / "paper" / "words"
    return parse_words({file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.toml"))})
