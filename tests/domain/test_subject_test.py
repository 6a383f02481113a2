"""Two subjects tried: lots are fair, and chance is not taken for a winner."""

from random import Random

import pytest

from advocacy.domain.subject_test import Tried, lots, verdict


def test_few_people_settle_nothing() -> None:
    found = verdict(Tried("a", 20, 3), Tried("b", 20, 6))

    assert (found.arm, found.clear) == ("b", False)
    assert found.low < 0 < found.high


def test_a_large_difference_among_many_is_clear() -> None:
    found = verdict(Tried("a", 1000, 300), Tried("b", 1000, 200))

    assert (found.arm, found.clear) == ("a", True)
    assert -0.14 < found.low < -0.1 < found.high < -0.06


@pytest.mark.parametrize(("first", "second"), [((0, 0), (0, 0)), ((50, 5), (50, 5)), ((0, 0), (50, 0))])
def test_the_first_is_taken_where_neither_is_better(first: tuple[int, int], second: tuple[int, int]) -> None:
    found = verdict(Tried("a", *first), Tried("b", *second))

    assert (found.arm, found.clear) == ("a", False)


def test_the_interval_holds_the_truth_in_95_of_100_trials() -> None:
    chance, held = Random(7), 0  # noqa: S311 - repeatable, not secret
    for _ in range(1000):
        one = Tried("a", 150, sum(chance.random() < 0.10 for _ in range(150)))
        other = Tried("b", 150, sum(chance.random() < 0.16 for _ in range(150)))
        found = verdict(one, other)
        held += found.low <= 0.06 <= found.high

    assert 930 <= held <= 985


@pytest.mark.parametrize(("share", "limits"), [(2, ("029", "052")), (20, ("199", "333")), (100, ("800", "g"))])
def test_lots_part_the_share_in_halves(share: int, limits: tuple[str, str]) -> None:
    assert lots(share) == limits
