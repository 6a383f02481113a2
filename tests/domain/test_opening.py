"""Opening hours: how they are written, whether an office answers now, and when next."""

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from advocacy.domain import opening

WASHINGTON = ZoneInfo("America/New_York")
HOURS = opening.parse(["Mo-Th 9:00-12:30, 14:00-17:00", "vendredi: 9h–12h"])


@pytest.mark.parametrize(
    ("line", "weekdays"),
    [
        ("Mo-Fr 9-17", [0, 1, 2, 3, 4]),
        ("Monday to 9-17", None),
        ("Sat, Sun 10:00-12:00", [5, 6]),
        ("sa-lu 10.00-12.00", [5, 6, 0]),
        ("Tue & Thu: 8:30 - 16:00", [1, 3]),
        ("Monday to Friday 9-17", [0, 1, 2, 3, 4]),
        ("Mo-Fr", None),
        ("Mo-Fr 17:00-9:00", None),
        ("Mo-Fr 9:00-24:00", None),
        ("Xy 9-17", None),
        ("9-17", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them_and_nothing_is_guessed(line: str, weekdays: list[int] | None) -> None:
    if weekdays is None:
        with pytest.raises(ValueError, match=f"^{re.escape(line)}$"):
            opening.parse([line])
        return
    assert {stretch.weekday for stretch in opening.parse([line])} == set(weekdays)


def test_days_with_the_same_hours_stand_together() -> None:
    both = ((time(9), time(12, 30)), (time(14), time(17)))

    assert opening.written(HOURS) == (((0, 1, 2, 3), both), ((4,), ((time(9), time(12)),)))


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 3, 2, 13, 59, tzinfo=UTC), "2026-03-02 09:00"),
        (datetime(2026, 3, 2, 14, 0, tzinfo=UTC), "2026-03-02 09:00"),
        (datetime(2026, 3, 2, 17, 30, tzinfo=UTC), "2026-03-02 14:00"),
        (datetime(2026, 3, 6, 17, 0, tzinfo=UTC), "2026-03-09 09:00"),
    ],
    ids=["before it opens", "as it opens", "at noon", "on Friday afternoon, across the clock change"],
)
def test_the_stretch_that_runs_or_comes_next_is_found(now: datetime, begins: str) -> None:
    found = opening.coming(HOURS, WASHINGTON, now)

    assert found is not None
    assert f"{found.begins:%Y-%m-%d %H:%M}" == begins
    assert opening.coming((), WASHINGTON, now) is None
