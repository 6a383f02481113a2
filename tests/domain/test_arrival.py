"""Whether a letter still arrives follows from the countries and the days left."""

from datetime import date

import pytest

from advocacy.domain.arrival import Arrival, Band, arrival, band

MONDAY = date(2026, 3, 30)


@pytest.mark.parametrize(
    ("today", "expected", "in_time"),
    [
        (date(2026, 3, 19), Arrival.IN_TIME, True),
        (date(2026, 3, 20), Arrival.TODAY, True),
        (date(2026, 3, 21), Arrival.LATE, False),
        (date(2026, 3, 30), Arrival.LATE, False),
        (date(2026, 3, 31), Arrival.OVER, False),
    ],
    ids=["a day to spare", "the last day", "a day late", "deadline's day", "past the deadline"],
)
def test_a_letter_from_canada_to_the_states_takes_six_working_days(
    today: date, expected: Arrival, *, in_time: bool
) -> None:
    forecast = arrival("CA", "US", today=today, deadline_day=MONDAY)

    assert (forecast.arrival, forecast.in_time, forecast.working_days) == (expected, in_time, 6)
    assert forecast.post_by == date(2026, 3, 20)
    assert forecast.published
    assert "Canada Post" in forecast.source


def test_where_no_post_says_how_long_it_takes_that_is_told() -> None:
    forecast = arrival("NP", "ER", today=date(2026, 3, 2), deadline_day=MONDAY)

    assert not forecast.published
    assert forecast.arrival is Arrival.IN_TIME


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("CA", "ca", Band.HOME), ("CA", "US", Band.ABROAD), (None, "US", Band.UNKNOWN), ("CA", None, Band.UNKNOWN)],
)
def test_the_stamp_follows_the_countries(one: str | None, other: str | None, expected: Band) -> None:
    assert band(one, other) is expected
