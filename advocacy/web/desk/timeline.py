"""A campaign's time line as a picture: launch to deadline, now marked, each mail a labelled tick. Plain SVG, no style.

It is served as an image of its own, so that the page's strict content policy holds; a table says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from advocacy.web.desk.words import _, tiny_day


@dataclass(frozen=True)
class Mark:
    """One tick: what is written at it, when it falls, and the state that shapes it."""

    label: str
    at: datetime
    state: str


@dataclass(frozen=True)
class Look:
    """Size and colours. `narrow` is for a phone."""

    dark: bool = False
    narrow: bool = False

    @property
    def width(self) -> int:
        return 360 if self.narrow else 960

    @property
    def ink(self) -> str:
        return "#EFEBE3" if self.dark else "#1C1B1A"

    @property
    def quiet(self) -> str:
        return "#B5AFA4" if self.dark else "#5A5752"

    @property
    def accent(self) -> str:
        return "#7FD1C7" if self.dark else "#0B5D5E"

    @property
    def warning(self) -> str:
        return "#F0A07C" if self.dark else "#9A3412"

    @property
    def paper(self) -> str:
        return "#171614" if self.dark else "#FBFAF6"


_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'font-family="system-ui, sans-serif" font-size="13">'
)
_EDGE = 14
_LANE = 18
_LETTER = 7.2


def draw(marks: Sequence[Mark], *, start: datetime, end: datetime, now: datetime, zone: ZoneInfo, look: Look) -> str:
    """Return the picture. Labels that would touch go to lanes of their own."""
    ordered = sorted(marks, key=lambda mark: mark.at)
    placed = [(mark, _x(mark.at, start, end, look)) for mark in ordered]
    lanes = _lanes([(x, len(mark.label)) for mark, x in placed], look)
    base = 26 + _LANE * (max(lanes, default=0) + 1)
    height = base + 46
    parts = [
        _OPENING.format(width=look.width, height=height),
        f'<rect width="{look.width}" height="{height}" fill="{look.paper}"/>',
        f'<line x1="{_EDGE}" y1="{base}" x2="{look.width - _EDGE}" y2="{base}" stroke="{look.quiet}" stroke-width="2"/>',
    ]
    heights = [20 + lane * _LANE for lane in lanes]
    parts += [_stem(x, height, base, look) for (_, x), height in zip(placed, heights, strict=True)]
    for (mark, x), height in zip(placed, heights, strict=True):
        parts += _tick(mark, x, base, height, look)
    parts += _ends(base, end.astimezone(zone) - timedelta(minutes=1), look)
    if start <= now <= end:
        parts += _now(_x(now, start, end, look), base, look)
    return Markup("").join(Markup(part) for part in [*parts, "</svg>"])  # noqa: S704 - each part escapes its texts


def _x(at: datetime, start: datetime, end: datetime, look: Look) -> float:
    span = max((end - start).total_seconds(), timedelta(hours=1).total_seconds())
    share = min(max((at - start).total_seconds() / span, 0.0), 1.0)
    return round(_EDGE + share * (look.width - 2 * _EDGE), 1)


def _lanes(labels: Sequence[tuple[float, int]], look: Look) -> list[int]:
    """Return for each label the first lane in which it touches no other; lane 0 is the highest."""
    ends: list[float] = []
    lanes = []
    for x, letters in labels:
        left, right = _extent(x, letters, look)
        lane = next((number for number, last in enumerate(ends) if last + 8 <= left), len(ends))
        if lane == len(ends):
            ends.append(right)
        ends[lane] = right
        lanes.append(lane)
    return lanes


def _extent(x: float, letters: int, look: Look) -> tuple[float, float]:
    width = letters * _LETTER
    left = min(max(x - width / 2, 2), look.width - width - 2)
    return left, left + width


def _stem(x: float, label_at: int, base: int, look: Look) -> str:
    return f'<line x1="{x}" y1="{label_at + 4}" x2="{x}" y2="{base - 7}" stroke="{look.quiet}" stroke-width="1"/>'


def _tick(mark: Mark, x: float, base: int, label_at: int, look: Look) -> list[str]:
    left, right = _extent(x, len(mark.label), look)
    colour = {"cancelled": look.quiet, "missed": look.warning, "blocked": look.warning}.get(mark.state, look.accent)
    filled = colour if mark.state in {"completed", "sending", "planning"} else look.paper
    label = f'<text x="{(left + right) / 2:.1f}" y="{label_at}" text-anchor="middle" fill="{look.ink}"'
    struck = ' text-decoration="line-through"' if mark.state == "cancelled" else ""
    return [
        f'<rect x="{left - 2:.1f}" y="{label_at - 12}" width="{right - left + 4:.1f}" height="16" fill="{look.paper}"/>',
        f'<circle cx="{x}" cy="{base}" r="6" fill="{filled}" stroke="{colour}" stroke-width="2"/>',
        f"{label}{struck}>{escape(mark.label)}</text>",
    ]


def _ends(base: int, last: datetime, look: Look) -> list[str]:
    right = look.width - _EDGE
    said = escape(_("deadline %(day)s", day=tiny_day(last)))  # No text is found for translation inside an f-string.
    return [
        f'<line x1="{right}" y1="{base - 14}" x2="{right}" y2="{base + 14}" stroke="{look.warning}" stroke-width="3"/>',
        f'<text x="{right}" y="{base + 34}" text-anchor="end" fill="{look.warning}">{said}</text>',
    ]


def _now(x: float, base: int, look: Look) -> list[str]:
    anchor = "start" if x < look.width / 2 else "end"
    crowded = x > look.width - 180
    said = escape(_("now"))
    return [
        f'<path d="M {x} {base + 4} l -6 12 l 12 0 z" fill="{look.ink}"/>',
        ""
        if crowded
        else f'<text x="{x}" y="{base + 34}" text-anchor="{anchor}" fill="{look.ink}" font-weight="600">{said}</text>',
    ]
