"""Tidying loses no place in the source."""

from hypothesis import given
from hypothesis import strategies as st

from advocacy.domain.reading.tidy import tidy


@given(st.text(max_size=300))
def test_each_character_of_the_page_stands_in_the_source(text: str) -> None:
    page = tidy(text)
    assert len(page.places) == len(page.text) == len(page.folded)
    assert list(page.places) == sorted(page.places)
    for char, place in zip(page.text, page.places, strict=True):
        if char.isalnum():
            assert text[place] == char


def test_markup_goes_and_words_stay() -> None:
    page = tidy("# A [title](https://a.example) {#anchor}\n\n`Line one`\\\n`Line two`\\\n> x\n> y\n**bold** Sana`a\n")
    lines = [page.words_of(line) for line in page.lines if not line.blank]
    assert lines == ["A title", "Line one", "Line two", "x", "y", "bold Sana`a"]
    assert page.lines[0].level == 1
    assert page.links[0].url == "https://a.example"


def test_spaced_letters_become_a_word_again() -> None:
    assert "urgent    action" in tidy("u r g e n t    a c t i o n").text


def test_page_numbers_and_repeated_headers_are_left_out() -> None:
    page = tidy("\n\n".join(f"The Running Header of It\n\nwords {number}\n\n{number}" for number in range(1, 5)))
    shown = [page.words_of(line) for line in page.lines if not line.blank]
    assert shown == ["The Running Header of It", "words 1", "words 2", "words 3", "words 4"]


def test_bullets_of_all_kinds_are_seen_also_lost_ones() -> None:
    page = tidy("- a\n• b\n1. c\n\uf06e d\nn  e\nn  f\n")
    assert [line.bullet for line in page.lines if not line.blank] == ["-", "•", "1.", "\uf06e", "n", "n"]
    assert [page.words_of(line) for line in page.lines if not line.blank] == list("abcdef")


def test_dots_and_figures_of_an_address_are_no_bullets() -> None:
    page = tidy("10117 Berlin\n1600 Pennsylvania Avenue\n")
    assert [line.bullet for line in page.lines if not line.blank] == ["", ""]
