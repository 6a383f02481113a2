"""How long a letter takes, who says so, and the last useful day to post it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.domain.posting import Entry, aim, days_to_allow, last_posting_day, own_aims, posting_days

COUNTRIES = st.sampled_from(["US", "CA", "GB", "DE", "FR", "AU", "IE", "CH", "NG", "KI", "IN", None])


@pytest.mark.parametrize(
    ("sender", "addressee", "days"),
    [
        pytest.param("US", "US", 5, id="within the United States"),
        pytest.param("CA", "US", 6, id="a pair of its own"),
        pytest.param("CA", "IN", 7, id="from Canada to anywhere"),
        pytest.param("CA", "CA", 4, id="anywhere does not mean at home"),
        pytest.param("GB", "FR", 5, id="from Britain to Europe"),
        pytest.param("GB", "US", 7, id="from Britain to the rest of the world"),
        pytest.param("DE", "FR", 5, id="between member states"),
        pytest.param("DE", "DE", 4, id="within Germany"),
        pytest.param("gb", "us", 7, id="small letters"),
        pytest.param("ES", "ES", None, id="the rule between states says nothing within one"),
        pytest.param("US", "GB", None, id="no aim is published for letters leaving the United States"),
        pytest.param("DE", "US", None, id="out of the Union"),
        pytest.param("NG", "US", None, id="unknown sender"),
    ],
)
def test_posting_days_are_the_published_aim_or_none(sender: str, addressee: str, days: int | None) -> None:
    assert posting_days(sender, addressee) == days


def test_without_a_published_aim_a_cautious_one_is_assumed_and_said_to_be_ours() -> None:
    within, abroad, nowhere = aim("ES", "ES"), aim("NG", "US"), aim(None, "US")

    assert (within.working_days, abroad.working_days, nowhere.working_days) == (7, 10, 10)
    assert not within.published
    assert not abroad.published
    assert "assumption of ours" in abroad.source


@given(COUNTRIES, COUNTRIES)
def test_every_pair_of_countries_has_an_answer_with_a_source_and_a_date(sender: str | None, to: str | None) -> None:
    found = aim(sender, to)

    assert 1 <= found.working_days <= 10
    assert found.source
    assert date.fromisoformat(found.dated) <= date(2026, 11, 24)


def test_no_published_aim_is_slower_than_what_we_assume_without_one() -> None:
    assert all((posting_days(sender, "US") or 0) <= aim(None, "US").working_days for sender in ("CA", "GB", "DE", "AU"))


def test_letters_to_several_countries_allow_for_the_slowest() -> None:
    assert days_to_allow("CA", ["CA", "US", "IN"]) == 7


def test_letters_to_nobody_take_no_time_to_speak_of() -> None:
    with pytest.raises(ValueError, match="empty"):
        days_to_allow("CA", [])


@pytest.mark.parametrize(
    ("deadline", "working_days", "last"),
    [
        pytest.param(date(2026, 11, 20), 5, date(2026, 11, 13), id="Friday to Friday"),
        pytest.param(date(2026, 11, 18), 5, date(2026, 11, 11), id="over one weekend"),
        pytest.param(date(2026, 11, 22), 5, date(2026, 11, 13), id="a deadline on Sunday arrives on Friday"),
        pytest.param(date(2026, 11, 21), 1, date(2026, 11, 19), id="a deadline on Saturday arrives on Friday"),
        pytest.param(date(2026, 11, 23), 1, date(2026, 11, 20), id="posted on Friday for Monday"),
        pytest.param(date(2026, 11, 24), 10, date(2026, 11, 10), id="two weeks"),
    ],
)
def test_the_last_posting_day_counts_working_days_back_from_the_deadline(
    deadline: date, working_days: int, last: date
) -> None:
    assert last_posting_day(deadline, working_days) == last


@settings(max_examples=500)
@given(st.dates(date(2024, 1, 1), date(2032, 1, 1)), st.integers(1, 30))
def test_a_letter_of_the_last_posting_day_arrives_in_time_and_one_of_the_next_working_day_does_not(
    deadline: date, working_days: int
) -> None:
    posted = last_posting_day(deadline, working_days)

    assert _arrives(posted, working_days) <= deadline
    assert _arrives(_next_working_day(posted), working_days) > deadline


def _next_working_day(day: date) -> date:
    return next(
        later for later in (day + timedelta(days=more) for more in range(1, 4)) if later.isoweekday() not in (6, 7)
    )


def _arrives(posted: date, working_days: int) -> date:
    day = posted
    for _ in range(working_days):
        day = _next_working_day(day)
    return day


def test_what_an_organisation_enters_goes_before_what_ships_the_pair_before_anywhere() -> None:
    said = {"source": "Lantern", "dated": date(2026, 3, 1)}
    own = own_aims(
        [
            Entry("CA", "US", 12, suspended=False, **said),
            Entry(None, "US", None, suspended=True, **said),
            Entry("FR", None, 20, suspended=False, **said),
            Entry("CA", "US", 14, suspended=False, **said),
        ]
    )

    to_states, suspended, at_home, from_france = (
        aim("CA", "US", own), aim("GB", "US", own), aim("FR", "FR", own), aim("FR", "DE", own)
    )  # fmt: skip

    assert (to_states.working_days, to_states.source, to_states.published) == (14, "Lantern", True)
    assert (suspended.suspended, suspended.working_days) == (True, 7)
    assert (at_home.working_days, from_france.working_days) == (3, 20)
    assert aim("DE", "FR", own) == aim("DE", "FR")
