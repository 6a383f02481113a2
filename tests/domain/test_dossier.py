"""A dossier lumps small numbers together, so that nobody is found by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain.dossier import FEWEST, lumped


@pytest.mark.parametrize(
    ("counts", "shown", "others"),
    [
        ([("CA", 40), ("FR", 12), ("DE", 9), ("MX", 3)], [("CA", 40), ("FR", 12)], 12),
        ([("CA", 40), ("FR", 12), ("DE", 3)], [("CA", 40)], 15),
        ([("CA", 40), ("FR", 12)], [("CA", 40), ("FR", 12)], 0),
        ([("CA", 40), ("", 25)], [("CA", 40)], 25),
        ([("DE", 3)], [], 3),
    ],
    ids=["small ones together", "too few alone", "none small", "not said", "nobody else"],
)
def test_small_countries_are_counted_together(counts: list[tuple[str, int]], shown: list[object], others: int) -> None:
    assert lumped(counts) == (shown, others)


@given(st.dictionaries(st.sampled_from(["", "CA", "FR", "DE", "MX", "US", "GB"]), st.integers(1, 60)))
def test_nobody_is_lost_and_no_small_number_shows(counts: dict[str, int]) -> None:
    shown, others = lumped(counts.items())

    assert sum(people for _code, people in shown) + others == sum(counts.values())
    assert all(people >= FEWEST for _code, people in shown)
    assert not shown or others == 0 or others >= FEWEST
