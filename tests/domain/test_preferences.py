"""The organisation's rules: what they may be, and that what is written is what is read."""

from datetime import time

import pytest

from advocacy.domain.cadence import Cadence, QuietHours
from advocacy.domain.errors import InvalidError
from advocacy.domain.preferences import Preferences


def test_what_is_written_is_read_again() -> None:
    rules = Preferences(quiet=QuietHours(time(20), time(7, 30)), cap_hours=48, approve_from=5000)

    assert Preferences.from_json(rules.as_json()) == rules
    assert Preferences.from_json(None) == Preferences()


def test_a_new_campaign_begins_with_the_organisations_hours() -> None:
    rules = Preferences(quiet=QuietHours(time(20), time(7, 30)), cap_hours=48)

    cadence = Cadence.from_json(rules.cadence_json())

    assert (cadence.quiet, cadence.cap.total_seconds()) == (rules.quiet, 48 * 3600)
    assert Cadence.from_json(Preferences().cadence_json()) == Cadence()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cap_hours": 1000}, "cap_hours"),
        ({"type_from": 0}, "type_from"),
        ({"keep_reports_days": 1}, "keep_reports_days"),
        ({"quiet": QuietHours(time(21), time(9))}, "quiet_end"),
    ],
    ids=["a cap of weeks", "typing for nobody", "reports that go before they are applied", "a quiet morning"],
)
def test_rules_that_cannot_be_kept_are_refused_by_name(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        Preferences(**values)  # type: ignore[arg-type]

    assert list(refused.value.faults) == [field]


def test_a_second_person_is_asked_from_the_threshold_on() -> None:
    rules = Preferences(approve_from=5000)

    assert [rules.asks_for_approval(people) for people in (4999, 5000)] == [False, True]
    assert not Preferences().asks_for_approval(5000)
