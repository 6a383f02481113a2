"""Likeness is the share of five-word runs that two letters have in common."""

import pytest

from advocacy.domain.appeal.similarity import jaccard, shingles, similarity


def test_runs_of_five_words_ignore_case_and_marks() -> None:
    assert shingles("One, two three. Four FIVE six") == {"one two three four five", "two three four five six"}


def test_the_same_text_is_wholly_alike_and_strange_ones_not_at_all() -> None:
    one, other = shingles("a b c d e f"), shingles("g h i j k l")

    assert jaccard(one, one) == 1.0
    assert jaccard(one, other) == 0.0


def test_equal_letters_are_counted_and_the_floor_is_that_of_the_locked_words() -> None:
    letters = ["a b c d e f", "a b c d e f", "a b c d e g"]

    measured = similarity(letters, locked=["a b c d e"], pairs=50)

    assert measured.equal == 1
    assert measured.floor == round(1 / 3, 4)
    assert measured.p95 == 1.0


def test_one_letter_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="two letters"):
        similarity(["alone"])
