"""A dossier for the addressee or the press: what was asked, how many wrote, from where, how. It names no supporter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advocacy.domain.appeal.sheets import Paper

FEWEST = 10
"""Countries with fewer people are counted together: a number of two or three may be somebody the reader can find."""

FEWEST_FOR_VIEWERS = 5
"""The same on the desk, for who may read its numbers but not look at its supporters."""

Row = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """A table of two columns: its title, its heads, and its rows, the number second."""

    title: str
    heads: tuple[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class DossierSheet:
    """What `Press.dossier` prints, in `language`. `facts` are pairs of a label and what it says."""

    language: str
    paper: Paper
    title: str
    campaign: str
    lead: str
    facts: tuple[Row, ...]
    asked_title: str
    asked: tuple[str, ...]
    tables: tuple[Table, ...]
    about_title: str
    about: tuple[str, ...]


def lumped(counts: Iterable[tuple[str, int]], fewest: int = FEWEST) -> tuple[list[tuple[str, int]], int]:
    """Return the countries with at least so many people, the most first, and how many people all others have together.

    The others are never so few that they could be guessed at: while they are, the smallest country joins them. An empty
    code, for those who did not say, is always among the others.
    """
    ordered: Sequence[tuple[str, int]] = sorted(counts, key=lambda each: (-each[1], each[0]))
    shown = [(code, people) for code, people in ordered if code and people >= fewest]
    others = sum(people for code, people in ordered if not code or people < fewest)
    while shown and 0 < others < fewest:
        others += shown.pop()[1]
    return shown, others
