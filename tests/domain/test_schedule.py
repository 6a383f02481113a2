"""When each step falls due in each zone, through clock changes and quiet hours, and what a moved deadline changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advocacy.domain.cadence import Cadence, QuietHours, Step, StepKind
from advocacy.domain.campaign import Deadline
from advocacy.domain.schedule import (
    Planned,
    answer_at,
    before_and_after,
    civil_until,
    due_at,
    dues_by_key,
    instant,
    itinerary,
    launch_at,
    newest,
    next_civil,
    occurrences,
)

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
PAGO_PAGO = ZoneInfo("Pacific/Pago_Pago")
APIA = ZoneInfo("Pacific/Apia")
HAVANA = ZoneInfo("America/Havana")
ALL_ZONES = [LONDON, NEW_YORK, LORD_HOWE, KOLKATA, KIRITIMATI, PAGO_PAGO, APIA, HAVANA]

ZONES = st.sampled_from(ALL_ZONES)
INSTANTS = st.integers(0, 6 * 366 * 24 * 60).map(
    lambda minutes: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
QUIETS = st.builds(QuietHours, TIMES, TIMES)

BEFORE_3 = Step("before-3", StepKind.REMINDER, 3, time(10))
LAST_DAY = Step("last-day", StepKind.LAST_DAY, 0, time(8, 30))
FRIDAY = Deadline(date(2026, 11, 20), LONDON)
LONG_BEFORE = datetime(2026, 10, 1, 12, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- a date and a time on a zone's clocks ---


@pytest.mark.parametrize(
    ("zone", "day", "local", "expected"),
    [
        pytest.param(LONDON, "2026-03-28", "10:00", "2026-03-28T10:00", id="London the day before summer time"),
        pytest.param(LONDON, "2026-03-29", "10:00", "2026-03-29T09:00", id="London in summer time"),
        pytest.param(LONDON, "2026-03-29", "01:30", "2026-03-29T01:00", id="London clocks go forward"),
        pytest.param(LONDON, "2026-10-25", "01:30", "2026-10-25T00:30", id="London clocks go back"),
        pytest.param(NEW_YORK, "2026-03-08", "02:30", "2026-03-08T07:00", id="New York clocks go forward"),
        pytest.param(NEW_YORK, "2026-11-01", "01:30", "2026-11-01T05:30", id="New York clocks go back"),
        pytest.param(LORD_HOWE, "2026-10-04", "02:15", "2026-10-03T15:30", id="Lord Howe loses half an hour"),
        pytest.param(LORD_HOWE, "2026-04-05", "01:45", "2026-04-04T14:45", id="Lord Howe gains half an hour"),
        pytest.param(KOLKATA, "2026-11-20", "10:00", "2026-11-20T04:30", id="half an hour off"),
        pytest.param(KIRITIMATI, "2026-11-20", "10:00", "2026-11-19T20:00", id="the earliest zone"),
        pytest.param(PAGO_PAGO, "2026-11-20", "10:00", "2026-11-20T21:00", id="the latest zone"),
        pytest.param(APIA, "2011-12-30", "10:00", "2011-12-30T10:00", id="a whole day that was skipped"),
        pytest.param(HAVANA, "2026-03-08", "00:30", "2026-03-08T05:00", id="midnight itself skipped"),
        pytest.param(LONDON, "2028-02-29", "10:00", "2028-02-29T10:00", id="29 February"),
    ],
)
def test_a_skipped_time_is_the_first_instant_after_it_and_a_doubled_one_its_first(
    zone: ZoneInfo, day: str, local: str, expected: str
) -> None:
    assert instant(date.fromisoformat(day), time.fromisoformat(local), zone) == utc(expected)


@settings(max_examples=500)
@given(INSTANTS, ZONES)
def test_the_instant_of_what_a_clock_shows_is_that_instant_or_the_hour_before_when_it_comes_twice(
    now: datetime, zone: ZoneInfo
) -> None:
    local = now.astimezone(zone)

    found = instant(local.date(), local.time(), zone)

    assert found <= now
    assert found.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0)
    assert now - found in (timedelta(), timedelta(minutes=30), timedelta(hours=1))


# --- quiet hours ---


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        pytest.param(LONDON, "2026-11-20T12:00", "2026-11-20T12:00", id="noon"),
        pytest.param(LONDON, "2026-11-20T20:59", "2026-11-20T20:59", id="closing minute"),
        pytest.param(LONDON, "2026-11-20T21:00", "2026-11-21T08:00", id="evening"),
        pytest.param(LONDON, "2026-11-21T03:00", "2026-11-21T08:00", id="night"),
        pytest.param(LONDON, "2026-11-21T07:59", "2026-11-21T08:00", id="last quiet minute"),
        pytest.param(LONDON, "2026-03-28T22:00", "2026-03-29T07:00", id="the night clocks go forward"),
        pytest.param(LONDON, "2026-10-24T22:00", "2026-10-25T08:00", id="the night clocks go back"),
        pytest.param(LORD_HOWE, "2026-10-03T12:00", "2026-10-03T21:00", id="Lord Howe goes forward"),
        pytest.param(KIRITIMATI, "2026-11-20T08:00", "2026-11-20T18:00", id="night in the earliest zone"),
        pytest.param(PAGO_PAGO, "2026-11-20T08:00", "2026-11-20T19:00", id="night in the latest zone"),
    ],
)
def test_at_night_the_next_civil_time_is_the_morning(zone: ZoneInfo, now: str, expected: str) -> None:
    assert next_civil(utc(now), zone, QuietHours()) == utc(expected)


def test_where_the_quiet_hours_end_in_the_doubled_hour_the_second_end_counts_for_the_second_hour() -> None:
    quiet = QuietHours(time(22), time(1, 30))

    assert next_civil(utc("2026-10-25T00:10"), LONDON, quiet) == utc("2026-10-25T00:30")
    assert next_civil(utc("2026-10-25T01:10"), LONDON, quiet) == utc("2026-10-25T01:30")


@settings(max_examples=800)
@given(INSTANTS, ZONES, QUIETS)
def test_the_next_civil_time_is_the_first_one_not_before_now(now: datetime, zone: ZoneInfo, quiet: QuietHours) -> None:
    found = next_civil(now, zone, quiet)

    assert found >= now
    assert not quiet.cover(found.astimezone(zone).time())
    assert next_civil(found, zone, quiet) == found
    if found > now:
        waiting = int((found - now) / timedelta(minutes=1))
        minutes = (now + timedelta(minutes=minute) for minute in range(waiting))
        assert all(quiet.cover(minute.astimezone(zone).time()) for minute in minutes)


@settings(max_examples=300)
@given(INSTANTS, ZONES)
def test_a_mail_that_is_late_may_leave_until_the_quiet_hours_begin(now: datetime, zone: ZoneInfo) -> None:
    due = next_civil(now, zone, QuietHours())

    ends = civil_until(due, zone, QuietHours())

    assert timedelta() < ends - due <= timedelta(hours=13)
    assert QuietHours().cover(ends.astimezone(zone).time())
    assert next_civil(ends - timedelta(seconds=1), zone, QuietHours()) == ends - timedelta(seconds=1)


# --- due times ---


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param(LONDON, "2026-11-17T10:00", id="London"),
        pytest.param(NEW_YORK, "2026-11-17T15:00", id="New York"),
        pytest.param(LORD_HOWE, "2026-11-16T23:00", id="Lord Howe"),
        pytest.param(KOLKATA, "2026-11-17T04:30", id="Kolkata"),
        pytest.param(KIRITIMATI, "2026-11-16T20:00", id="Kiritimati"),
        pytest.param(PAGO_PAGO, "2026-11-17T21:00", id="Pago Pago"),
    ],
)
def test_a_reminder_is_due_at_ten_on_each_persons_own_clock(zone: ZoneInfo, expected: str) -> None:
    assert due_at(BEFORE_3, FRIDAY, zone, cadence=Cadence()) == utc(expected)


def test_where_the_last_morning_comes_after_the_end_of_the_deadline_there_is_none() -> None:
    kiritimati_friday = Deadline(date(2026, 11, 20), KIRITIMATI)

    assert kiritimati_friday.end() == utc("2026-11-20T10:00")
    assert due_at(LAST_DAY, kiritimati_friday, PAGO_PAGO, cadence=Cadence()) is None
    assert due_at(LAST_DAY, kiritimati_friday, LONDON, cadence=Cadence()) == utc("2026-11-20T08:30")


@settings(max_examples=1000)
@given(st.dates(date(2024, 1, 1), date(2029, 1, 1)), ZONES, ZONES, st.integers(0, 60), TIMES)
def test_a_due_time_is_the_steps_date_and_time_before_the_deadline_and_never_quiet(
    day: date, deadline_zone: ZoneInfo, zone: ZoneInfo, days_before: int, local: time
) -> None:
    assume(not QuietHours().cover(local))
    deadline = Deadline(day, deadline_zone)
    step = Step("any", StepKind.REMINDER, days_before, local)

    due = due_at(step, deadline, zone, cadence=Cadence())

    if due is None:
        assert instant(step.day(deadline), local, zone) >= deadline.end()
    else:
        shown = due.astimezone(zone)
        assert due < deadline.end()
        assert (shown.date(), shown.time()) == (day - timedelta(days=days_before), local)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param(LONDON, "2026-11-11T08:00", id="London at night waits for the morning"),
        pytest.param(NEW_YORK, "2026-11-10T22:30", id="New York in the afternoon"),
        pytest.param(KOLKATA, "2026-11-11T02:30", id="Kolkata before dawn waits for the morning"),
        pytest.param(KIRITIMATI, "2026-11-10T22:30", id="Kiritimati the next noon"),
    ],
)
def test_a_launch_goes_out_at_once_where_people_are_awake(zone: ZoneInfo, expected: str) -> None:
    assert launch_at(utc("2026-11-10T22:30"), zone, cadence=Cadence(), deadline=FRIDAY) == utc(expected)


def test_a_launch_on_the_last_evening_does_not_wait_past_the_deadline() -> None:
    assert launch_at(utc("2026-11-20T22:00"), LONDON, cadence=Cadence(), deadline=FRIDAY) is None
    assert launch_at(utc("2026-11-20T22:00"), NEW_YORK, cadence=Cadence(), deadline=FRIDAY) == utc("2026-11-20T22:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-10T02:00", "2026-11-10T02:00", id="at once, at night too"),
        pytest.param("2026-11-10T02:59", "2026-11-10T02:59", id="still the answer to their press"),
        pytest.param("2026-11-10T04:00", "2026-11-10T08:00", id="hours later it waits for morning"),
        pytest.param("2026-11-10T12:00", "2026-11-10T12:00", id="by day it does not wait"),
    ],
)
def test_the_action_answers_the_press_of_who_joins_a_live_campaign(now: str, expected: str) -> None:
    assert answer_at(utc("2026-11-10T02:00"), utc(now), LONDON, cadence=Cadence()) == utc(expected)


# --- a zone's plan ---


def _plan(zone: ZoneInfo = LONDON, deadline: Deadline = FRIDAY, cadence: Cadence | None = None) -> tuple[Planned, ...]:
    return itinerary(cadence or Cadence(), launched_at=LONG_BEFORE, deadline=deadline, zone=zone)


def test_each_step_is_worth_sending_until_it_would_crowd_out_the_next_and_the_launch_until_the_deadline() -> None:
    assert {planned.step.key: planned.send_by for planned in _plan()} == {
        "launch": utc("2026-11-21T00:00"),
        "before-14": utc("2026-11-12T10:00"),
        "before-7": utc("2026-11-16T10:00"),
        "before-3": utc("2026-11-18T10:00"),
        "before-1": utc("2026-11-20T00:00"),
        "last-day": utc("2026-11-21T00:00"),
    }


def test_daily_reminders_are_each_worth_sending_until_the_next() -> None:
    plan = _plan(cadence=Cadence(offsets=(3, 2)))

    assert [planned.send_by for planned in plan[1:3]] == [utc("2026-11-18T10:00"), utc("2026-11-20T00:00")]


def test_the_last_posting_day_is_over_at_its_midnight() -> None:
    plan = itinerary(Cadence(), launched_at=LONG_BEFORE, deadline=FRIDAY, zone=NEW_YORK, post_only=True, posting_days=5)

    assert plan[-1].step.key == "last-post"
    assert plan[-1].due_at == utc("2026-11-13T15:00")
    assert plan[-1].send_by == utc("2026-11-14T05:00")


def test_on_the_short_day_a_daily_reminder_waits_for_its_full_24_hours() -> None:
    plan = itinerary(
        Cadence(offsets=(3, 2, 1)),
        launched_at=utc("2026-03-20T12:00"),
        deadline=Deadline(date(2026, 3, 31), LONDON),
        zone=LONDON,
    )

    dues = dues_by_key(plan)

    assert dues["before-3"] == utc("2026-03-28T10:00")
    assert dues["before-2"] == utc("2026-03-29T10:00")
    assert dues["before-1"] == utc("2026-03-30T10:00")
    assert dues["last-day"] == utc("2026-03-31T07:30")


def test_after_an_outage_the_newest_step_speaks_for_all() -> None:
    plan = _plan()

    assert newest(plan, utc("2026-11-01T12:00")) is None
    assert _key(newest(plan, utc("2026-11-06T10:00"))) == "before-14"
    assert newest(plan, utc("2026-11-12T12:00")) is None
    assert _key(newest(plan, utc("2026-11-13T12:00"))) == "before-7"
    assert _key(newest(plan, utc("2026-11-20T12:00"))) == "last-day"
    assert newest(plan, utc("2026-11-21T00:00")) is None


def _key(planned: Planned | None) -> str | None:
    return None if planned is None else planned.step.key


@settings(max_examples=500)
@given(
    st.dates(date(2024, 1, 1), date(2029, 1, 1)),
    ZONES,
    ZONES,
    st.integers(0, 40 * 24),
    st.lists(st.integers(1, 40), unique=True, max_size=8),
    st.one_of(st.none(), st.integers(1, 15)),
)
def test_a_plan_is_in_order_within_its_windows_at_least_a_cap_apart_and_over_before_the_deadline(
    day: date,
    deadline_zone: ZoneInfo,
    zone: ZoneInfo,
    hours_open: int,
    offsets: list[int],
    posting_days: int | None,
) -> None:
    deadline = Deadline(day, deadline_zone)
    launched_at = deadline.end() - timedelta(hours=hours_open)
    plan = itinerary(
        Cadence(offsets=tuple(offsets)),
        launched_at=launched_at,
        deadline=deadline,
        zone=zone,
        post_only=posting_days is not None,
        posting_days=posting_days,
    )

    for planned in plan:
        assert launched_at <= planned.due_at
        assert planned.due_at < planned.send_by <= deadline.end() or planned.step.kind is StepKind.LAUNCH
        assert not QuietHours().cover(planned.due_at.astimezone(zone).time())
    reminders = [planned for planned in plan if planned.step.kind is not StepKind.LAUNCH]
    for earlier, later in pairwise(reminders):
        assert earlier.due_at < later.due_at
        assert earlier.send_by <= later.due_at
        if later.step.kind is not StepKind.LAST_DAY:
            assert later.due_at - earlier.due_at >= timedelta(hours=24)


# --- over all zones, and before and after ---


def test_an_occurrence_spans_its_zones_from_the_first_due_to_the_last_send_by() -> None:
    found = {each.key: each for each in occurrences([_plan(KIRITIMATI), _plan(LONDON), _plan(PAGO_PAGO)])}

    assert list(found) == ["launch", "before-14", "before-7", "before-3", "before-1", "last-day"]
    assert found["before-3"].first_due == utc("2026-11-16T20:00")
    assert found["before-3"].last_due == utc("2026-11-17T21:00")
    assert found["before-3"].send_by == utc("2026-11-18T21:00")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        pytest.param(
            10,
            {"launch": "kept", "before-14": "moved", "before-7": "moved", "last-day": "moved"},
            id="ten days later",
        ),
        pytest.param(-40, {"launch": "kept", "before-14": "dropped", "last-day": "moved"}, id="forty days sooner"),
        pytest.param(0, {"launch": "kept", "before-14": "kept", "last-day": "kept"}, id="not at all"),
    ],
)
def test_a_moved_deadline_is_shown_as_before_and_after(days: int, words: dict[str, str]) -> None:
    moved = Deadline(FRIDAY.day + timedelta(days=days), LONDON)

    changes = before_and_after(dues_by_key(_plan()), dues_by_key(_plan(deadline=moved)))

    assert {change.key: change.word for change in changes if change.key in words} == words


DUES = st.dictionaries(st.sampled_from(["launch", "before-7", "before-3", "last-day", "last-post"]), INSTANTS)


@settings(max_examples=300)
@given(DUES, DUES)
def test_before_and_after_tells_of_each_step_once_and_backwards_the_opposite(
    old: dict[str, datetime], new: dict[str, datetime]
) -> None:
    opposite = {"kept": "kept", "moved": "moved", "dropped": "added", "added": "dropped"}

    there = {change.key: change for change in before_and_after(old, new)}
    back = {change.key: change for change in before_and_after(new, old)}

    assert set(there) == {*old, *new}
    assert {key: change.becomes for key, change in there.items() if change.becomes} == new
    assert {key: change.was for key, change in there.items() if change.was} == old
    assert {key: opposite[change.word] for key, change in there.items()} == {
        key: change.word for key, change in back.items()
    }
