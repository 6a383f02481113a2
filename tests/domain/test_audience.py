"""Which mails one person still gets: each rule of the cadence by example, and over thousands of generated campaigns."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.domain.audience import (
    CampaignView,
    LeftOut,
    SentMail,
    SupporterView,
    counted_at,
    itinerary_for,
    mails_due,
    outlook,
    subscribed_since,
)
from advocacy.domain.cadence import Cadence, QuietHours, StepKind
from advocacy.domain.campaign import CampaignState, Deadline
from advocacy.domain.schedule import before_and_after, dues_by_key
from advocacy.domain.supporter import Reminders, SupporterState

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    LONDON,
    NEW_YORK,
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Pacific/Kiritimati"),
    ZoneInfo("Pacific/Pago_Pago"),
]
LAUNCHED = datetime(2026, 11, 2, 12, tzinfo=UTC)
CAMPAIGN = CampaignView(LAUNCHED, Deadline(date(2026, 11, 24), LONDON))
SUPPORTER = SupporterView(
    LONDON,
    "GB",
    confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
    alerts_since=datetime(2026, 1, 1, tzinfo=UTC),
)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _told(supporter: SupporterView, campaign: CampaignView, now: datetime) -> dict[str, str]:
    """Return each due step with when it leaves, and each other step with why it does not."""
    found = outlook(supporter, campaign, now)
    due = {mail.step.key: mail.at.strftime("%d %H:%M") for mail in found.due}
    return due | {mail.step.key: mail.reason.value for mail in found.left_out}


# --- by example ---


def test_who_was_there_at_the_launch_gets_all_six_at_a_civil_hour() -> None:
    assert _told(SUPPORTER, CAMPAIGN, LAUNCHED) == {
        "launch": "02 12:00",
        "before-14": "10 10:00",
        "before-7": "17 10:00",
        "before-3": "21 10:00",
        "before-1": "23 10:00",
        "last-day": "24 08:30",
    }


def test_each_mail_says_why_it_comes() -> None:
    assert [mail.why for mail in mails_due(SUPPORTER, CAMPAIGN, LAUNCHED)] == [
        "The action itself, at its launch.",
        "A reminder 14 days before the deadline.",
        "A reminder 7 days before the deadline.",
        "A reminder 3 days before the deadline.",
        "A reminder 1 day before the deadline.",
        "The morning of the last day.",
    ]


@pytest.mark.parametrize(
    ("reminders", "due"),
    [
        pytest.param(Reminders.ALL, 6, id="all"),
        pytest.param(Reminders.LAST, 2, id="only the last one"),
        pytest.param(Reminders.NONE, 1, id="only the action itself"),
    ],
)
def test_people_get_as_many_reminders_as_they_asked_for(reminders: Reminders, due: int) -> None:
    found = outlook(replace(SUPPORTER, reminders=reminders), CAMPAIGN, LAUNCHED)

    assert len(found.due) == due
    assert {mail.reason for mail in found.left_out} <= {LeftOut.FEWER_MAILS}
    assert found.due[-1].step.key == ("launch" if due == 1 else "last-day")


def test_where_the_last_morning_falls_after_the_deadline_the_last_reminder_is_the_one_before() -> None:
    kiritimati = replace(CAMPAIGN, deadline=Deadline(date(2026, 11, 24), ZoneInfo("Pacific/Kiritimati")))
    in_pago_pago = replace(SUPPORTER, zone=ZoneInfo("Pacific/Pago_Pago"), reminders=Reminders.LAST)

    assert [mail.step.key for mail in mails_due(in_pago_pago, kiritimati, LAUNCHED)] == ["launch", "before-1"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"acted_at": utc("2026-11-05T12:00")}, LeftOut.ACTED, id="acted"),
        pytest.param({"suppressed": True}, LeftOut.SUPPRESSED, id="suppressed"),
        pytest.param({"state": SupporterState.PENDING, "confirmed_at": None}, LeftOut.UNCONFIRMED, id="pending"),
        pytest.param({"state": SupporterState.UNSUBSCRIBED}, LeftOut.UNSUBSCRIBED, id="unsubscribed"),
        pytest.param({"state": SupporterState.BOUNCED}, LeftOut.BOUNCED, id="bounced"),
        pytest.param({"state": SupporterState.ERASED}, LeftOut.ERASED, id="erased"),
        pytest.param({"alerts_since": None}, LeftOut.NOT_SUBSCRIBED, id="on no list"),
        pytest.param({"alerts_since": utc("2026-11-04T12:00")}, LeftOut.NOT_SUBSCRIBED, id="alert list too late"),
    ],
)
def test_who_must_not_be_written_to_gets_nothing_and_the_reason_is_told(
    changed: dict[str, object], reason: LeftOut
) -> None:
    found = outlook(replace(SUPPORTER, **changed), CAMPAIGN, utc("2026-11-06T12:00"))  # type: ignore[arg-type]

    assert found.due == ()
    assert {mail.reason for mail in found.left_out} == {reason}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CampaignState.DRAFT, LeftOut.NOT_LAUNCHED),
        (CampaignState.PAUSED, LeftOut.PAUSED),
        (CampaignState.CLOSED, LeftOut.CLOSED),
    ],
)
def test_only_a_live_campaign_sends(state: CampaignState, reason: LeftOut) -> None:
    found = outlook(SUPPORTER, replace(CAMPAIGN, state=state), LAUNCHED)

    assert found.due == ()
    assert {mail.reason for mail in found.left_out} == {reason}


def test_every_reason_has_a_sentence() -> None:
    assert all(reason.sentence.endswith(".") for reason in LeftOut)


def test_a_late_joiner_gets_the_action_at_once_at_night_too_and_only_later_steps() -> None:
    joined = utc("2026-11-21T02:00")
    late = replace(SUPPORTER, alerts_since=None, confirmed_at=joined, joined_at=joined)

    assert _told(late, CAMPAIGN, joined) == {
        "launch": "21 02:00",
        "before-14": "joined_later",
        "before-7": "joined_later",
        "before-3": "frequency_cap",
        "before-1": "23 10:00",
        "last-day": "24 08:30",
    }


def test_who_joins_the_evening_before_still_gets_the_last_morning_and_who_joins_that_night_does_not() -> None:
    evening, night = utc("2026-11-23T23:30"), utc("2026-11-24T06:00")

    in_the_evening = replace(SUPPORTER, alerts_since=None, confirmed_at=evening, joined_at=evening)
    at_night = replace(SUPPORTER, alerts_since=None, confirmed_at=night, joined_at=night)

    assert _told(in_the_evening, CAMPAIGN, evening)["last-day"] == "24 08:30"
    assert _told(at_night, CAMPAIGN, night)["last-day"] == "frequency_cap"


def test_a_launch_in_the_last_night_goes_only_to_who_joins_that_night() -> None:
    last_night = replace(CAMPAIGN, launched_at=utc("2026-11-24T22:00"))
    joined = utc("2026-11-24T22:30")
    late = replace(SUPPORTER, alerts_since=None, confirmed_at=joined, joined_at=joined)

    assert _told(SUPPORTER, last_night, last_night.launched_at) == {"launch": "deadline_passed"}
    assert _told(late, last_night, joined) == {"launch": "24 22:30"}


def test_confirming_counts_not_asking() -> None:
    asked, confirmed = utc("2026-11-03T12:00"), utc("2026-11-12T12:00")
    late = replace(SUPPORTER, alerts_since=None, joined_at=asked, confirmed_at=confirmed)

    assert subscribed_since(late, LAUNCHED) == confirmed
    assert _told(late, CAMPAIGN, confirmed)["launch"] == "12 12:00"


def test_who_is_on_the_alert_list_and_joins_later_too_counts_from_the_launch() -> None:
    both = replace(SUPPORTER, joined_at=utc("2026-11-12T12:00"))

    assert subscribed_since(both, LAUNCHED) == utc("2026-01-01T00:00")


def test_a_mail_of_another_campaign_the_day_before_keeps_a_reminder_back_but_no_launch() -> None:
    other = SentMail(None, utc("2026-11-09T11:00"))

    assert _told(replace(SUPPORTER, mails=(other,)), CAMPAIGN, LAUNCHED)["before-14"] == "frequency_cap"
    just_before = SentMail(None, LAUNCHED - timedelta(hours=1))
    assert _told(replace(SUPPORTER, mails=(just_before,)), CAMPAIGN, LAUNCHED)["launch"] == "02 12:00"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-11T22:00", {"before-14": "12 08:00"}, id="back at night, it waits for the morning"),
        pytest.param(
            "2026-11-16T12:00", {"before-14": "merged", "before-7": "17 10:00"}, id="too close to the next one"
        ),
        pytest.param("2026-11-18T12:00", {"before-14": "merged", "before-7": "18 12:00"}, id="two are due"),
        pytest.param(
            "2026-11-23T20:00",
            {"before-7": "merged", "before-3": "merged", "before-1": "23 20:00", "last-day": "24 08:30"},
            id="four are due",
        ),
        pytest.param("2026-11-24T07:00", {"before-1": "merged", "last-day": "24 08:30"}, id="back on the last morning"),
        pytest.param("2026-11-24T20:59", {"before-1": "merged", "last-day": "24 20:59"}, id="back on the last evening"),
        pytest.param("2026-11-24T21:00", {"last-day": "deadline_passed"}, id="the last night is quiet"),
        pytest.param("2026-11-25T00:00", {"last-day": "deadline_passed"}, id="closing minute"),
    ],
)
def test_after_an_outage_stale_steps_are_merged_into_the_newest(now: str, expected: dict[str, str]) -> None:
    had_the_launch = replace(SUPPORTER, mails=(SentMail("launch", LAUNCHED),))

    told = _told(had_the_launch, CAMPAIGN, utc(now))

    assert {key: told[key] for key in expected} == expected


def test_the_action_itself_is_never_merged_away() -> None:
    told = _told(SUPPORTER, CAMPAIGN, utc("2026-11-18T12:00"))

    assert told["launch"] == "18 12:00"
    assert told["before-14"] == "merged"
    assert told["before-7"] == "frequency_cap"
    assert told["before-3"] == "21 10:00"


def test_by_post_only_people_in_each_country_get_their_own_last_posting_day() -> None:
    by_post = replace(CAMPAIGN, post_to=("US",))
    american = replace(SUPPORTER, zone=NEW_YORK, country="US")

    assert _told(american, by_post, LAUNCHED) == {
        "launch": "02 13:00",
        "before-14": "10 15:00",
        "last-post": "17 15:00",
    }
    assert _told(SUPPORTER, by_post, LAUNCHED)["last-post"] == "13 10:00"
    assert _told(replace(SUPPORTER, country=None), by_post, LAUNCHED)["last-post"] == "10 10:00"


def test_a_last_posting_day_missed_is_not_made_up_for() -> None:
    by_post = replace(CAMPAIGN, post_to=("US",))
    had_the_launch = replace(SUPPORTER, mails=(SentMail("launch", LAUNCHED),))

    assert _told(had_the_launch, by_post, utc("2026-11-13T18:00"))["last-post"] == "13 18:00"
    assert _told(had_the_launch, by_post, utc("2026-11-14T09:00"))["last-post"] == "too_late_to_post"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(
            date(2026, 12, 4),
            {"before-14": "already_sent", "before-7": "27 10:00", "before-3": "01 10:00", "last-day": "04 08:30"},
            id="ten days later",
        ),
        pytest.param(
            date(2026, 11, 16),
            {"before-7": "merged", "before-3": "13 10:00", "before-1": "15 10:00", "last-day": "16 08:30"},
            id="eight days sooner",
        ),
        pytest.param(
            date(2026, 11, 18),
            {"before-14": "already_sent", "before-7": "12 12:00", "before-3": "15 10:00", "before-1": "17 10:00"},
            id="six days sooner, so that a step is overdue",
        ),
        pytest.param(date(2026, 11, 11), {"last-day": "deadline_passed"}, id="into the past"),
    ],
)
def test_a_moved_deadline_replans_all_that_is_unsent(day: date, expected: dict[str, str]) -> None:
    reminded = replace(SUPPORTER, mails=(SentMail("launch", LAUNCHED), SentMail("before-14", utc("2026-11-10T10:00"))))
    moved = replace(CAMPAIGN, deadline=Deadline(day, LONDON))

    told = _told(reminded, moved, utc("2026-11-12T12:00"))

    assert {key: told[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("begun_at", "counts"),
    [
        pytest.param(None, "10:00", id="not begun yet"),
        pytest.param("10:03", "10:00", id="a blast takes a while"),
        pytest.param("11:00", "10:00", id="an hour"),
        pytest.param("11:01", "11:01", id="really late"),
    ],
)
def test_a_mail_counts_as_sent_when_it_was_due_unless_it_was_really_late(begun_at: str | None, counts: str) -> None:
    begun = None if begun_at is None else utc(f"2026-11-10T{begun_at}")

    assert counted_at(utc("2026-11-10T10:00"), begun) == utc(f"2026-11-10T{counts}")


# --- over generated campaigns ---


@dataclass(frozen=True)
class Case:
    """One person and one campaign, and moments from the launch to after the deadline at which the engine wakes."""

    supporter: SupporterView
    campaign: CampaignView
    ticks: tuple[datetime, ...]


_DAYS = st.one_of(
    st.dates(date(2025, 1, 1), date(2029, 12, 31)),
    # Around the clock changes of London, New York and Lord Howe, each way, and the turn of years and leap days.
    st.sampled_from(
        [
            date(2026, 3, 8),
            date(2026, 3, 29),
            date(2026, 4, 5),
            date(2026, 10, 4),
            date(2026, 10, 25),
            date(2026, 11, 1),
        ]
    ).flatmap(lambda day: st.integers(-1, 15).map(lambda more: day + timedelta(days=more))),
    st.sampled_from([date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29), date(2028, 3, 1)]),
)
_CADENCES = st.builds(
    Cadence,
    offsets=st.one_of(st.just((14, 7, 3, 1)), st.lists(st.integers(1, 30), unique=True, max_size=8).map(tuple)),
    last_morning=st.booleans(),
    reminder_time=st.sampled_from([time(8), time(10), time(17, 45), time(20, 59)]),
    last_day_time=st.sampled_from([time(8), time(8, 30), time(12)]),
    quiet=st.sampled_from([QuietHours(), QuietHours(time(22, 30), time(7)), QuietHours(time(1), time(2, 30))]),
    cap=st.sampled_from([24, 24, 24, 48, 12, 0]).map(lambda hours: timedelta(hours=hours)),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    deadline = Deadline(draw(_DAYS), draw(st.sampled_from(ZONES)))
    open_for = draw(st.integers(1, 45 * 24 * 60))
    launched_at = deadline.end() - timedelta(minutes=open_for)

    def moment(earliest: int) -> datetime:
        return launched_at + timedelta(minutes=draw(st.integers(earliest, open_for + 24 * 60)))

    def maybe(earliest: int) -> datetime | None:
        return moment(earliest) if draw(st.booleans()) else None

    on_alerts = draw(st.booleans())
    campaign = CampaignView(
        launched_at, deadline, draw(_CADENCES), post_to=draw(st.sampled_from([(), (), ("US",), ("GB", "IN"), (None,)]))
    )
    supporter = SupporterView(
        zone=draw(st.sampled_from(ZONES)),
        country=draw(st.sampled_from(["US", "GB", "AU", "KI", None])),
        confirmed_at=launched_at - DAY if draw(st.booleans()) else moment(-10 * 24 * 60),
        joined_at=moment(-10 * 24 * 60) if not on_alerts or draw(st.booleans()) else None,
        alerts_since=launched_at - 2 * DAY if on_alerts else None,
        reminders=draw(st.sampled_from([Reminders.ALL, Reminders.ALL, Reminders.LAST, Reminders.NONE])),
        acted_at=maybe(0) if draw(st.booleans()) else None,
        mails=tuple(SentMail(None, moment(-3 * 24 * 60)) for _ in range(draw(st.integers(0, 2)))),
    )
    ticks = draw(st.lists(st.integers(0, open_for + 24 * 60), min_size=1, max_size=12, unique=True))
    return Case(supporter, campaign, tuple(launched_at + timedelta(minutes=tick) for tick in sorted(ticks)))


def _as_seen_at(supporter: SupporterView, now: datetime) -> SupporterView:
    """Return what is in the rows at `now`: nothing of what the person will do later."""

    def known(at: datetime | None) -> datetime | None:
        return at if at is not None and at <= now else None

    confirmed = known(supporter.confirmed_at)
    return replace(
        supporter,
        state=SupporterState.ACTIVE if confirmed else SupporterState.PENDING,
        confirmed_at=confirmed,
        joined_at=known(supporter.joined_at),
        acted_at=known(supporter.acted_at),
        mails=tuple(mail for mail in supporter.mails if mail.key is not None or mail.at <= now),
    )


def _tick(supporter: SupporterView, campaign: CampaignView, now: datetime) -> SupporterView:
    """Send this person all that leaves at `now`, as an engine would that wakes at that moment."""
    for _ in range(40):
        leaving = [mail for mail in mails_due(_as_seen_at(supporter, now), campaign, now) if mail.at <= now]
        if not leaving:
            return supporter
        supporter = replace(supporter, mails=(*supporter.mails, SentMail(leaving[0].step.key, now)))
    raise AssertionError("an engine that never comes to rest")


def _play(case: Case) -> tuple[SentMail, ...]:
    supporter = case.supporter
    for now in case.ticks:
        supporter = _tick(supporter, case.campaign, now)
    return tuple(mail for mail in supporter.mails if mail.key is not None)


@settings(max_examples=600, deadline=None)
@given(cases())
def test_every_step_of_the_plan_is_either_due_or_left_out_with_a_reason(case: Case) -> None:
    for now in case.ticks:
        found = outlook(case.supporter, case.campaign, now)

        told = [mail.step.key for mail in found.due] + [mail.step.key for mail in found.left_out]
        plan = itinerary_for(case.supporter.zone, case.supporter.country, case.campaign)
        assert sorted(told) == sorted(planned.step.key for planned in plan)
        assert all(now <= mail.at < mail.send_by <= case.campaign.deadline.end() for mail in found.due)


@settings(max_examples=1000, deadline=None)
@given(cases())
def test_however_the_engine_stumbles_nobody_gets_a_mail_twice_late_or_after_acting(case: Case) -> None:
    sent = _play(case)

    acted_at = case.supporter.acted_at
    assert len({mail.key for mail in sent}) == len(sent)
    assert all(mail.at < case.campaign.deadline.end() for mail in sent)
    assert all(acted_at is None or mail.at < acted_at for mail in sent)


@settings(max_examples=1000, deadline=None)
@given(cases())
def test_however_the_engine_stumbles_nights_are_quiet_but_for_the_answer_to_ones_own_press(case: Case) -> None:
    supporter, campaign = case.supporter, case.campaign
    since = subscribed_since(supporter, campaign.launched_at)

    for mail in _play(case):
        at_night = campaign.cadence.quiet.cover(mail.at.astimezone(supporter.zone).time())
        answers_a_press = (
            mail.key == "launch"
            and since is not None
            and campaign.launched_at < since <= mail.at <= since + timedelta(hours=1)
        )
        assert not at_night or answers_a_press


@settings(max_examples=1000, deadline=None)
@given(cases())
def test_however_the_engine_stumbles_two_mails_are_a_cap_apart_except_on_the_last_day(case: Case) -> None:
    sent = _play(case)
    others = [mail for mail in case.supporter.mails if mail.key is None]

    for mail in sent:
        if mail.key not in ("launch", "last-day"):
            earlier = [other.at for other in (*sent, *others) if other is not mail and other.at <= mail.at]
            assert all(mail.at - at >= case.campaign.cadence.cap for at in earlier)


@settings(max_examples=600, deadline=None)
@given(cases())
def test_preferences_hold_and_the_action_comes_first(case: Case) -> None:
    sent = [mail.key for mail in _play(case)]

    plan = itinerary_for(case.supporter.zone, case.supporter.country, case.campaign)
    allowed = {
        Reminders.ALL: {planned.step.key for planned in plan},
        Reminders.LAST: {"launch", *(planned.step.key for planned in plan[-1:])},
        Reminders.NONE: {"launch"},
    }
    assert set(sent) <= allowed[case.supporter.reminders]
    assert sent[:1] in ([], ["launch"])


@settings(max_examples=600, deadline=None)
@given(cases())
def test_a_late_joiner_gets_the_action_at_once_and_only_later_steps(case: Case) -> None:
    since = subscribed_since(case.supporter, case.campaign.launched_at)
    if since is None or since <= case.campaign.launched_at or since >= case.campaign.deadline.end():
        return
    joined = replace(case.supporter, acted_at=None)

    launch, *later = mails_due(joined, case.campaign, since)

    assert (launch.step.kind, launch.at) == (StepKind.LAUNCH, since)
    assert all(mail.at > since for mail in later)
    dues = dues_by_key(itinerary_for(joined.zone, joined.country, case.campaign))
    assert all(dues[mail.step.key] == mail.at for mail in later)


@settings(max_examples=600, deadline=None)
@given(cases())
def test_an_engine_that_never_stops_sends_exactly_what_was_foreseen_at_the_launch(case: Case) -> None:
    """The forecast an organiser is shown, the plan, and what is really sent are the same thing."""
    campaign = case.campaign
    quiet_life = replace(
        case.supporter,
        confirmed_at=campaign.launched_at - DAY,
        joined_at=campaign.launched_at - DAY,
        acted_at=None,
        mails=tuple(mail for mail in case.supporter.mails if mail.at <= campaign.launched_at),
    )
    foreseen = mails_due(quiet_life, campaign, campaign.launched_at)

    sent = _play(Case(quiet_life, campaign, tuple(mail.at for mail in foreseen)))

    assert [(mail.key, mail.at) for mail in sent] == [(mail.step.key, mail.at) for mail in foreseen]


@settings(max_examples=600, deadline=None)
@given(cases())
def test_after_an_outage_at_most_one_reminder_leaves_at_once_and_it_is_the_newest(case: Case) -> None:
    for now in case.ticks:
        found = outlook(case.supporter, case.campaign, now)

        at_once = [mail for mail in found.due if mail.at == now and mail.step.kind is not StepKind.LAUNCH]
        assert len(at_once) <= 1
        plan = itinerary_for(case.supporter.zone, case.supporter.country, case.campaign)
        stale = {mail.step.key for mail in found.left_out if mail.reason is LeftOut.MERGED}
        dues = dues_by_key(plan)
        assert all(dues[key] < dues[mail.step.key] for key in stale for mail in at_once)


@settings(max_examples=600, deadline=None)
@given(cases(), st.integers(-40, 40), st.integers(0, 11))
def test_a_deadline_moved_either_way_replans_all_that_is_unsent_and_breaks_no_rule(
    case: Case, days: int, half: int
) -> None:
    supporter, campaign = case.supporter, case.campaign
    moved = replace(campaign, deadline=Deadline(campaign.deadline.day + timedelta(days=days), campaign.deadline.zone))
    ticks = (*case.ticks, case.ticks[-1] + timedelta(days=40))
    split = min(half, len(case.ticks))

    for now in ticks[:split]:
        supporter = _tick(supporter, campaign, now)
    before = len(supporter.mails)
    for now in ticks[split:]:
        supporter = _tick(supporter, moved, now)

    sent_after = supporter.mails[before:]
    keys = [mail.key for mail in supporter.mails if mail.key is not None]
    plan = {planned.step.key: planned for planned in itinerary_for(supporter.zone, supporter.country, moved)}
    assert len(set(keys)) == len(keys)
    assert all(mail.at < moved.deadline.end() for mail in sent_after)
    for mail in sent_after:
        planned = plan[str(mail.key)]
        assert mail.key == "launch" or planned.due_at <= mail.at < planned.send_by


@settings(max_examples=300, deadline=None)
@given(cases(), st.integers(-40, 40))
def test_a_deadline_moved_and_moved_back_changes_nothing(case: Case, days: int) -> None:
    there = replace(case.campaign, deadline=Deadline(case.campaign.deadline.day + timedelta(days=days), LONDON))
    zone, country = case.supporter.zone, case.supporter.country
    old, new = (dues_by_key(itinerary_for(zone, country, campaign)) for campaign in (case.campaign, there))

    assert {change.key for change in before_and_after(old, new)} == {*old, *new}
    assert {change.word for change in before_and_after(old, dict(old))} <= {"kept"}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=8), cases())
def test_a_pause_of_any_length_loses_only_what_it_made_stale(pauses: list[tuple[int, bool]], case: Case) -> None:
    """Waking twice at one moment, or paused in between, never adds a mail to what an even engine would send."""
    supporter, now = case.supporter, case.campaign.launched_at
    for days, paused in pauses:
        now += timedelta(days=days)
        campaign = replace(case.campaign, state=CampaignState.PAUSED if paused else CampaignState.LIVE)
        once = _tick(supporter, campaign, now)
        assert _tick(once, campaign, now) == once
        assert not paused or once == supporter
        supporter = once


def test_pairs_of_reminders_on_the_short_day_keep_their_24_hours() -> None:
    daily = replace(
        CAMPAIGN,
        launched_at=utc("2026-03-20T12:00"),
        deadline=Deadline(date(2026, 3, 31), LONDON),
        cadence=Cadence(offsets=(4, 3, 2, 1)),
    )

    found = mails_due(SUPPORTER, daily, daily.launched_at)

    assert [mail.step.key for mail in found] == ["launch", "before-4", "before-3", "before-2", "before-1", "last-day"]
    assert all(later.at - earlier.at >= DAY for earlier, later in pairwise(found[:-1]))
