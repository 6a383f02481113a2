import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain.merge import fields_of, merge, merge_html


def test_each_field_is_filled_with_the_persons_own_value() -> None:
    assert merge("{{ greeting }}\n{{act_url}}", {"greeting": "Dear Robin,", "act_url": "https://x"}) == (
        "Dear Robin,\nhttps://x"
    )
    assert fields_of("{{ greeting }} {{ act_url }} {{ greeting }}") == {"greeting", "act_url"}


def test_a_missing_value_is_an_error_and_never_a_hole() -> None:
    with pytest.raises(KeyError, match="act_url"):
        merge("{{ act_url }}", {"greeting": "Dear Robin,"})


@given(st.text())
def test_a_value_is_never_read_again(value: str) -> None:
    assert merge("{{ greeting }}", {"greeting": value, "act_url": "secret"}) == value


def test_in_html_a_value_is_escaped() -> None:
    assert merge_html('<a href="{{ act_url }}">', {"act_url": 'x"><script>'}) == (
        '<a href="x&quot;&gt;&lt;script&gt;">'
    )
