"""Which mails a cadence asks for, and how it is kept in a campaign's row."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.domain.cadence import Cadence, QuietHours, Step, StepKind, rest_before, steps
from advocacy.domain.campaign import Deadline
from advocacy.domain.errors import InvalidError

LONDON = ZoneInfo("Europe/London")
FRIDAY = Deadline(date(2026, 11, 20), LONDON)
LONG_BEFORE = datetime(2026, 10, 1, 12, tzinfo=UTC)

MORNINGS = st.times(time(8), time(20, 59)).map(lambda at: at.replace(second=0, microsecond=0))
CADENCES = st.builds(
    Cadence,
    offsets=st.lists(st.integers(1, 365), max_size=20, unique=True).map(tuple),
    last_morning=st.booleans(),
    reminder_time=MORNINGS,
    last_day_time=MORNINGS,
    cap=st.integers(0, 14 * 24).map(lambda hours: timedelta(hours=hours)),
)


def _keys(found: tuple[Step, ...]) -> list[str]:
    return [step.key for step in found]


def test_by_default_there_is_the_launch_then_14_7_3_and_1_days_before_and_the_morning_of_the_last_day() -> None:
    found = steps(Cadence(), launched_at=LONG_BEFORE, deadline=FRIDAY)

    assert _keys(found) == ["launch", "before-14", "before-7", "before-3", "before-1", "last-day"]
    assert [step.day(FRIDAY).isoformat() for step in found[1:]] == [
        "2026-11-06",
        "2026-11-13",
        "2026-11-17",
        "2026-11-19",
        "2026-11-20",
    ]
    assert [step.local_time for step in found[1:]] == [time(10)] * 4 + [time(8, 30)]


@pytest.mark.parametrize(
    ("launched_at", "left"),
    [
        pytest.param(datetime(2026, 11, 5, 12, tzinfo=UTC), 5, id="the day before the first reminder"),
        pytest.param(datetime(2026, 11, 6, 0, 5, tzinfo=UTC), 4, id="early on the day of the first reminder"),
        pytest.param(datetime(2026, 11, 10, 12, tzinfo=UTC), 4, id="between two"),
        pytest.param(datetime(2026, 11, 19, 9, tzinfo=UTC), 1, id="the day before the last"),
        pytest.param(datetime(2026, 11, 20, 7, tzinfo=UTC), 0, id="the last morning"),
        pytest.param(datetime(2026, 12, 20, 7, tzinfo=UTC), 0, id="too late"),
    ],
)
def test_steps_on_or_before_the_day_of_the_launch_are_dropped(launched_at: datetime, left: int) -> None:
    found = steps(Cadence(), launched_at=launched_at, deadline=FRIDAY)

    assert found[0].kind is StepKind.LAUNCH
    assert len(found) == 1 + left


@pytest.mark.parametrize(
    ("posting_days", "keys"),
    [
        pytest.param(1, ["before-14", "before-7", "before-3", "last-post"], id="next day"),
        pytest.param(2, ["before-14", "before-7", "before-3", "last-post"], id="two days"),
        pytest.param(3, ["before-14", "before-7", "last-post"], id="instead of the reminder of that day"),
        pytest.param(5, ["before-14", "last-post"], id="a week with its weekend"),
        pytest.param(7, ["before-14", "last-post"], id="abroad"),
        pytest.param(10, ["last-post"], id="two weeks"),
        pytest.param(30, ["last-post"], id="earlier than all reminders"),
        pytest.param(60, [], id="too late when it was launched"),
    ],
)
def test_by_post_only_the_last_useful_posting_day_replaces_what_would_come_too_late(
    posting_days: int, keys: list[str]
) -> None:
    found = steps(Cadence(), launched_at=LONG_BEFORE, deadline=FRIDAY, post_only=True, posting_days=posting_days)

    assert _keys(found) == ["launch", *keys]


@pytest.mark.parametrize("posting_days", [None, 0, -3])
def test_a_plan_by_post_only_needs_to_know_how_long_the_post_takes(posting_days: int | None) -> None:
    with pytest.raises(ValueError, match="posting days"):
        steps(Cadence(), launched_at=LONG_BEFORE, deadline=FRIDAY, post_only=True, posting_days=posting_days)


@settings(max_examples=500)
@given(CADENCES, st.integers(0, 500), st.one_of(st.none(), st.integers(1, 40)))
def test_steps_come_in_order_each_once_after_the_launch_and_none_after_the_last_post(
    cadence: Cadence, days_open: int, posting_days: int | None
) -> None:
    launched_at = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=days_open)
    found = steps(
        cadence,
        launched_at=launched_at,
        deadline=FRIDAY,
        post_only=posting_days is not None,
        posting_days=posting_days,
    )

    days = [step.days_before for step in found]
    assert days == sorted(days, reverse=True)
    assert len(set(_keys(found))) == len(found)
    assert all(launched_at.date() < step.day(FRIDAY) <= FRIDAY.day for step in found[1:])
    assert all(step.kind is not StepKind.LAST_POST for step in found[:-1])


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        pytest.param(StepKind.LAUNCH, 0, id="a launch is never left out"),
        pytest.param(StepKind.REMINDER, 24, id="a reminder"),
        pytest.param(StepKind.LAST_POST, 24, id="the last posting day"),
        pytest.param(StepKind.LAST_DAY, 8.5, id="the last day, since its midnight"),
    ],
)
def test_the_rest_before_a_step_is_the_cap_except_on_the_last_day(kind: StepKind, hours: float) -> None:
    step = Step("any", kind, 0, time(8, 30))

    assert rest_before(step, Cadence()) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("quiet", "quiet_at", "open_at"),
    [
        pytest.param(QuietHours(), ["21:00", "23:59", "00:00", "07:59"], ["08:00", "20:59"], id="over midnight"),
        pytest.param(QuietHours(time(1), time(6)), ["01:00", "05:59"], ["00:59", "06:00"], id="within a day"),
        pytest.param(QuietHours(time(9), time(9)), [], ["08:59", "09:00", "09:01"], id="none"),
    ],
)
def test_quiet_hours_start_on_the_minute_and_end_before_it(
    quiet: QuietHours, quiet_at: list[str], open_at: list[str]
) -> None:
    assert all(quiet.cover(time.fromisoformat(at)) for at in quiet_at)
    assert not any(quiet.cover(time.fromisoformat(at)) for at in open_at)


@settings(max_examples=300)
@given(CADENCES)
def test_what_is_written_reads_back_the_same(cadence: Cadence) -> None:
    assert Cadence.from_json(cadence.as_json()) == cadence


@pytest.mark.parametrize("value", [None, {}])
def test_a_row_without_a_cadence_has_the_default_one(value: dict[str, object] | None) -> None:
    assert Cadence.from_json(value) == Cadence()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param({"offset": [3]}, "offset", id="a name misspelt"),
        pytest.param({"offsets": "14,7"}, "offsets", id="days in one string"),
        pytest.param({"offsets": [7, 7]}, "offsets", id="a day twice"),
        pytest.param({"offsets": [0]}, "offsets", id="the last day as an offset"),
        pytest.param({"offsets": [400]}, "offsets", id="more than a year"),
        pytest.param({"offsets": [1.5]}, "offsets", id="half a day"),
        pytest.param({"offsets": [True]}, "offsets", id="a truth for a number"),
        pytest.param({"offsets": list(range(1, 22))}, "offsets", id="too many"),
        pytest.param({"last_morning": "yes"}, "last_morning", id="a word for a truth"),
        pytest.param({"reminder_time": "25:00"}, "reminder_time", id="no such hour"),
        pytest.param({"reminder_time": 10}, "reminder_time", id="a number for a time"),
        pytest.param({"reminder_time": "22:00"}, "reminder_time", id="a reminder at night"),
        pytest.param({"last_day_time": "07:30"}, "last_day_time", id="the last morning too early"),
        pytest.param({"quiet": {"from": "21:00"}}, "quiet", id="quiet hours misspelt"),
        pytest.param({"quiet": {"start": "9pm"}}, "quiet", id="quiet hours in words"),
        pytest.param({"quiet": {"start": "09:00", "end": "12:00"}}, "reminder_time", id="quiet at reminder time"),
        pytest.param({"cap_hours": -1}, "cap_hours", id="a cap below nothing"),
        pytest.param({"cap_hours": float("nan")}, "cap_hours", id="a cap that is no number"),
        pytest.param({"cap_hours": 10**400}, "cap_hours", id="a cap without end"),
    ],
)
def test_a_cadence_that_cannot_be_kept_is_refused_with_the_field_at_fault(value: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidError) as refused:
        Cadence.from_json(value)

    assert fault in refused.value.faults


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet="0129:h-", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "x"]), inner),
    max_leaves=4,
)
_FIELDS = st.sampled_from(["offsets", "last_morning", "reminder_time", "last_day_time", "quiet", "cap_hours", "more"])


@settings(max_examples=500)
@given(st.dictionaries(_FIELDS, _JSON, max_size=3))
def test_whatever_a_row_holds_is_read_or_refused(value: dict[str, object]) -> None:
    with suppress(InvalidError):
        cadence = Cadence.from_json(value)
        assert Cadence.from_json(cadence.as_json()) == cadence
