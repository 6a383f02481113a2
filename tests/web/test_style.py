"""The style sheet's colours: each pair that is used together can be told apart, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "advocacy" / "static" / "app.css").read_text(encoding="utf-8")
TEXT, EDGE = 4.5, 3.0

PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "quiet", "accent", "warning", "good") for ground in ("page", "sheet")),
    ("ink", "tint", TEXT),
    ("ink", "mark", TEXT),
    ("quiet", "tint", TEXT),
    ("accent", "tint", TEXT),
    ("accent-strong", "page", TEXT),
    ("warning", "warning-tint", TEXT),
    ("ink", "warning-tint", TEXT),
    ("good", "good-tint", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    *((edge, ground, EDGE) for edge in ("edge", "focus") for ground in ("page", "sheet", "tint")),
]


def tokens(theme: str) -> dict[str, tuple[int, int, int]]:
    """Return the colours of a theme; what the dark one does not name is the light one's."""
    light = CSS.partition("prefers-color-scheme: dark")[0]
    dark = CSS.partition("prefers-color-scheme: dark")[2].partition("\n}\n")[0]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if theme == "dark":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))
    return {name: (int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)) for name, code in found.items()}


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the ratio of WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_colours_used_together_can_be_told_apart(theme: str, front: str, ground: str, least: float) -> None:
    colours = tokens(theme)

    assert contrast(colours[front], colours[ground]) >= least


def test_the_focus_ring_is_three_pixels_wide_and_stands_off() -> None:
    assert ":focus-visible { outline: 3px solid var(--focus); outline-offset: 2px;" in CSS


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
