from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from advocacy.domain.cadence import QuietHours
from advocacy.domain.rehearsal import Rehearsed, broken, days

END = datetime(2026, 3, 31, 4, tzinfo=UTC)
NOON = datetime(2026, 3, 20, 16, tzinfo=UTC)
TORONTO = ZoneInfo("America/Toronto")


def mail(at: datetime = NOON, *, person: str = "Robin (1)", rule: str = "before-7") -> Rehearsed:
    return Rehearsed(
        at=at,
        local=at.astimezone(TORONTO),
        person=person,
        country="CA",
        zone="America/Toronto",
        rule=rule,
        why="",
        subject="Write by Monday",
        text="",
        html="",
    )


def test_a_campaign_that_keeps_its_promises_shows_no_fault() -> None:
    mails = [mail(), mail(rule="launch"), mail(person="Ana (2)"), mail(NOON + timedelta(hours=10), rule="thanks")]

    assert list(broken(mails, {"Robin (1)": NOON + timedelta(hours=9)}, end=END, quiet=QuietHours())) == []


@pytest.mark.parametrize(
    ("mails", "told"),
    [
        pytest.param([mail(END)], "after the deadline", id="at the deadline's end"),
        pytest.param([mail(), mail()], "twice", id="the same mail twice"),
        pytest.param([mail(NOON + timedelta(hours=2))], "who had acted", id="after the person acted"),
        pytest.param([mail(NOON - timedelta(hours=5))], "of their own night", id="at seven in the morning"),
    ],
)
def test_each_broken_promise_is_named(mails: list[Rehearsed], told: str) -> None:
    faults = list(broken(mails, {"Robin (1)": NOON + timedelta(hours=1)}, end=END, quiet=QuietHours()))

    assert any(told in fault for fault in faults)


def test_a_mail_stands_on_the_persons_own_date_beside_its_local_time() -> None:
    early = datetime(2026, 3, 21, 3, 30, tzinfo=UTC)
    table = days([mail(early)], {}, ZoneInfo("UTC"))

    assert [(day.day.day, f"{row.first:%d %H:%M}") for day in table for row in day.rows] == [(20, "20 23:30")]


def test_the_table_counts_each_day_in_the_campaigns_zone() -> None:
    late = datetime(2026, 3, 21, 3, 30, tzinfo=UTC)
    table = days([mail(late), mail(late, person="Ana (2)")], {"Robin (1)": late}, TORONTO)

    assert [(day.day.day, day.acted, [row.people for row in day.rows]) for day in table] == [(20, 1, [2])]
