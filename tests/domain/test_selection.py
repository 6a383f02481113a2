"""Whom a mail written by hand is for, as words and as what is kept."""

from datetime import date, datetime

import pytest

from advocacy.domain.errors import InvalidError
from advocacy.domain.selection import Selection

FULL = Selection(
    countries=("CA", "GB"),
    languages=("fr",),
    zones=("America/Toronto",),
    tags=("press",),
    acted=True,
    ways=("post", "email"),
    had=(12,),
    missed=(13, 14),
    joined_from=date(2026, 3, 1),
    joined_until=date(2026, 3, 31),
)


def test_what_is_kept_reads_back_the_same() -> None:
    whole = Selection(**{**vars(FULL), "share": 20, "local": datetime(2026, 3, 9, 18, 0)})  # noqa: DTZ001 - a wall time

    assert Selection.from_json(whole.as_json()) == whole
    assert Selection.from_json(None) == Selection()


@pytest.mark.parametrize(
    "selection",
    [FULL, Selection(), Selection(acted=False), Selection(acted=True), Selection(joined_from=date(2026, 3, 1))],
    ids=["all of it", "everyone", "not acted", "acted somehow", "joined since"],
)
def test_an_expression_means_the_same_people(selection: Selection) -> None:
    assert Selection.parse(selection.expression()) == selection


@pytest.mark.parametrize(
    "text",
    [
        "country",
        "country=",
        "country=,",
        "acted=pigeon",
        "joined=..",
        "joined=2026-02-30..",
        "joined=yesterday",
        "had=first",
        f"had={'9' * 30}",
        "share=10",
    ],
)
def test_what_is_no_part_of_an_audience_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="is no part of an audience"):
        Selection.parse(text)
