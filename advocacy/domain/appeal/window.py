"""Window envelopes: where on the sheet the address must stand, and where the sheet is folded, so that the window shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from advocacy.domain.appeal.sheets import Envelope, Paper

_SHEETS = {Paper.A4: (210.0, 297.0), Paper.LETTER: (215.9, 279.4)}
_PLAY = 5.0  # The panel with the address is folded this much lower than the envelope, so that it can hardly slide.
_EDGE = 2.0  # Kept free inside the window's edge.
_SMALLEST_LINE = 4.0  # A line of 8 point type.
_SMALLEST_SIGN = 1.55  # The mean width of a sign of 8 point type.


@dataclass(frozen=True)
class _Opening:
    """A window as envelopes are sold: from the side (right where `right`) and from the bottom edge, width, height."""

    side: float
    bottom: float
    width: float
    height: float
    right: bool = False


# On the left: DIN 680 for DL and C5; for #10 the window in common use in the United States (1 1/8 by 4 1/2 inches, 7/8 from the
# left, 1/2 from the bottom). On the right: as sold in France (35 by 100 mm, 20 from the right and the bottom; C5 45 by 100).
_LEFT = {
    Envelope.DL: _Opening(20, 15, 90, 45),
    Envelope.C5: _Opening(20, 60, 90, 45),
    Envelope.NO_10: _Opening(22.2, 12.7, 114.3, 28.6),
}
_RIGHT = {
    Envelope.DL: _Opening(20, 20, 100, 35, right=True),
    Envelope.C5: _Opening(20, 60, 100, 45, right=True),
    Envelope.NO_10: _LEFT[Envelope.NO_10],
}


@dataclass(frozen=True)
class Window:
    """The part of the sheet that shows however the letter slides inside, in mm from its top left corner. `folds` from the top."""

    left: float
    top: float
    width: float
    height: float
    folds: tuple[float, ...]


def window_for(envelope: Envelope, paper: Paper, *, on_the_right: bool) -> Window:
    """Return where the address stands on the sheet for a window envelope of this size."""
    opening = (_RIGHT if on_the_right else _LEFT)[envelope]
    wide, high = envelope.millimetres()
    sheet_wide, sheet_high = _SHEETS[paper]
    folds = _folds(envelope, high, sheet_high)
    slides_across = max(0.0, wide - sheet_wide)
    slides_down = high - folds[0]
    left = wide - opening.side - opening.width if opening.right else opening.side
    top = high - opening.bottom - opening.height
    return Window(
        left=round(left + _EDGE, 1),
        top=round(top + _EDGE, 1),
        width=round(opening.width - slides_across - 2 * _EDGE, 1),
        height=round(opening.height - slides_down - 2 * _EDGE, 1),
        folds=folds,
    )


def fits(lines: Sequence[str], window: Window) -> bool:
    """Return whether an address shows whole in a window in the smallest type that is used, 8 points."""
    per_line = max(1, int(window.width / _SMALLEST_SIGN))
    rows = sum(-(-len(line) // per_line) for line in lines)
    return rows * _SMALLEST_LINE <= window.height


def _folds(envelope: Envelope, high: float, sheet_high: float) -> tuple[float, ...]:
    if envelope is Envelope.C5:
        return (sheet_high / 2,)
    panel = round(high - _PLAY, 1)
    return (panel, 2 * panel)
