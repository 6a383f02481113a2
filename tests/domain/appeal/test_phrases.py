"""A phrasing is words, alternatives and slots."""

import pytest

from advocacy.domain.appeal.phrases import parse_phrase


def test_one_of_the_alternatives_is_used() -> None:
    phrase = parse_phrase("I (ask|urge) you.")

    assert {phrase.render(bytes([0, pick, 0]), {}) for pick in range(4)} == {"I ask you.", "I urge you."}
    assert phrase.variants() == 2


def test_a_word_that_may_be_missing_leaves_no_double_blank() -> None:
    phrase = parse_phrase("I write (today |)to you.")

    assert {phrase.render(bytes([0, pick, 0]), {}) for pick in range(2)} == {"I write today to you.", "I write to you."}


def test_brackets_without_a_bar_are_words() -> None:
    assert (
        parse_phrase("A letter (to: {primary}).").render(b"\0", {"primary": "the Minister"})
        == "A letter (to: the Minister)."
    )


def test_a_value_is_put_in_as_it_is_and_never_read_as_a_phrasing() -> None:
    phrase = parse_phrase("I live in {city}.")

    assert phrase.render(b"\0", {"city": "{name} (a|b) 100% #eval(1)"}) == "I live in {name} (a|b) 100% #eval(1)."


@pytest.mark.parametrize(
    "source", ["", "  ", "one | two", "a (b|(c|d)) e", "Dear {name", "Dear {first name}", "Dear name}"],
    ids=["empty", "blank", "bar outside", "nested", "open brace", "blank in slot", "closing brace"],
)  # fmt: skip
def test_a_faulty_phrasing_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|bar|brace"):
        parse_phrase(source)
