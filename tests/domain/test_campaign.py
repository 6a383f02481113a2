from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from advocacy.domain.campaign import Deadline


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        pytest.param(date(2026, 3, 3), "America/Toronto", datetime(2026, 3, 4, 5, tzinfo=UTC), id="winter in Toronto"),
        pytest.param(
            date(2026, 3, 7), "America/Toronto", datetime(2026, 3, 8, 5, tzinfo=UTC), id="the night clocks go forward"
        ),
        pytest.param(
            date(2026, 10, 31), "America/Toronto", datetime(2026, 11, 1, 4, tzinfo=UTC), id="the night clocks go back"
        ),
        pytest.param(
            date(2026, 3, 3), "Pacific/Kiritimati", datetime(2026, 3, 3, 10, tzinfo=UTC), id="first place on earth"
        ),
    ],
)
def test_a_deadline_ends_at_midnight_in_its_own_zone(day: date, zone: str, end: datetime) -> None:
    assert Deadline(day, ZoneInfo(zone)).end() == end


def test_days_left_are_counted_on_the_calendar_of_the_deadlines_zone() -> None:
    deadline = Deadline(date(2026, 3, 3), ZoneInfo("America/Toronto"))

    assert deadline.days_left(datetime(2026, 3, 2, 4, 59, tzinfo=UTC)) == 2
    assert deadline.days_left(datetime(2026, 3, 2, 5, 0, tzinfo=UTC)) == 1
    assert deadline.days_left(datetime(2026, 3, 4, 4, 59, tzinfo=UTC)) == 0
    assert not deadline.passed(datetime(2026, 3, 4, 4, 59, tzinfo=UTC))
    assert deadline.passed(datetime(2026, 3, 4, 5, 0, tzinfo=UTC))
