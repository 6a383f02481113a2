"""A window shows the address however the letter slides, and words of printed sheets are checked when read."""

import pytest

from advocacy.domain.appeal.paper_words import parse_words
from advocacy.domain.appeal.sheets import Envelope, Paper
from advocacy.domain.appeal.window import fits, window_for
from advocacy.domain.errors import InvalidError
from advocacy.gateways.phrases import paper_words
from advocacy.gateways.resources import templates_path


def test_a_long_envelope_shows_the_same_part_of_a4_whether_the_letter_sits_up_or_down() -> None:
    window = window_for(Envelope.DL, Paper.A4, on_the_right=False)

    # The opening is 20 to 110 mm from the left and 50 to 95 mm from the top; the letter slides 10 across and 5 down.
    assert (window.left, window.top, window.width, window.height) == (22.0, 52.0, 76.0, 36.0)
    assert window.folds == (105.0, 210.0)


def test_a_french_window_is_on_the_right() -> None:
    assert window_for(Envelope.DL, Paper.A4, on_the_right=True).left == 102.0


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("envelope", list(Envelope))
def test_each_window_has_room_for_an_address_of_four_lines(envelope: Envelope, paper: Paper) -> None:
    window = window_for(envelope, paper, on_the_right=False)

    assert fits(["Minister Ilan Tarek", "Ministry of Justice", "5 Harbour Road", "Port Anselm 1010"], window)
    assert not fits([f"Line {number}" for number in range(12)], window)


def test_words_are_there_in_each_language() -> None:
    assert [paper_words(tag).language for tag in ("en", "fr-CA", "es", "de", "ja")] == ["en", "fr", "es", "de", "en"]


def test_faulty_words_are_refused_with_their_place() -> None:
    text = (templates_path() / "appeal" / "paper" / "words" / "en.toml").read_text(encoding="utf-8")
    faulty = text.replace("by {day}.", "by {date}.", 1).replace('town = "Town"\n', "")

    with pytest.raises(InvalidError) as refused:
        parse_words({"en": faulty})

    assert set(refused.value.faults) == {"en cover.deadline", "en stall.town"}
