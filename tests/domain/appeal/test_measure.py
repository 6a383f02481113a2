"""A demand is found word for word whatever leads into it, and use is measured against an equal share."""

import pytest

from advocacy.domain.appeal.measure import evenness, says


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I ask you to release the four teachers at once.", True),
        ("- Release the four teachers, at once;", True),
        ("I ask you to release the four teachers.", False),
        ("I ask you to prerelease the four teachers at once.", False),
    ],
    ids=["in a sentence", "as an item", "cut short", "inside a longer word"],
)
def test_a_demand_is_said_word_for_word_or_not(text: str, *, said: bool) -> None:
    assert says(text, "Release the four teachers at once.") is said


@pytest.mark.parametrize(
    ("uses", "expected"),
    [({0: 10, 1: 10}, 0.0), ({0: 11, 1: 9}, 0.1), ({0: 20}, 1.0), ({}, 0.0)],
    ids=["even", "a tenth off", "one never used", "nothing used"],
)
def test_unevenness_is_the_largest_distance_from_an_equal_share(uses: dict[int, int], expected: float) -> None:
    assert evenness(uses, 2) == expected
