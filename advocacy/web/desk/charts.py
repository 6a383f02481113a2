"""Charts as plain SVG pictures, each served at an address of its own; the table under it says the same in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from advocacy.web.desk.timeline import Look
from advocacy.web.desk.words import counted, tiny_day

_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'font-family="system-ui, sans-serif" font-size="13"><rect width="{width}" height="{height}" fill="{paper}"/>'
)
_ROW = 30
_LETTER = 7.2
_LINE_LABEL = 16


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, and what is written behind it."""

    label: str
    value: float
    written: str
    warning: bool = False


@dataclass(frozen=True)
class Line:
    """A line across all bars that a value should not pass."""

    value: float
    label: str


@dataclass(frozen=True)
class Moment:
    """A mark on the days: a reminder, or the deadline."""

    day: date
    label: str
    last: bool = False


def bars(rows: Sequence[Bar], look: Look, lines: Sequence[Line] = ()) -> str:
    """Return bars that lie under each other. On a narrow picture a name stands above its bar."""
    most = max([row.value for row in rows] + [line.value * 1.15 for line in lines], default=0) or 1
    longest = max((len(row.label) for row in rows), default=0)
    left = 4 if look.narrow else min(longest * _LETTER + 16, 340)
    room = look.width - left - max((len(row.written) for row in rows), default=0) * _LETTER - 16
    step = _ROW + (18 if look.narrow else 0)
    top = 6 + _LINE_LABEL * len(lines)
    height = top + step * len(rows) + 6
    parts = [_opening(look, height)]
    for number, line in enumerate(lines):
        # Each label in a row of its own beside its line, so that two near lines can both be read.
        x, y = round(left + room * line.value / most, 1), _LINE_LABEL * (number + 1)
        fits = x + 6 + len(line.label) * _LETTER < look.width
        beside = [(top + step * place + 21, top + step * (place + 1) - 5) for place in range(len(rows))]
        # Where the names stand above the bars, the line is left out there.
        pieces = [(y - 12, top - 2), *beside] if look.narrow else [(y - 12, height - 4)]
        parts += [
            f'<line x1="{x}" y1="{begin}" x2="{x}" y2="{end}" stroke="{look.warning}" stroke-dasharray="4 3"/>'
            for begin, end in pieces
        ]
        parts += [
            _text(x + 4 if fits else x - 4, y - 2, line.label, look.warning, anchor="start" if fits else "end"),
        ]
    for place, row in enumerate(rows):
        y = top + step * place + (18 if look.narrow else 0)
        width = max(round(room * row.value / most, 1), 1.0 if row.value else 0.0)
        colour = look.warning if row.warning else look.accent
        parts += [
            _text(
                4, y + (0 if look.narrow else 18), _cut(row.label, left if not look.narrow else look.width), look.ink
            ),
            f'<rect x="{left}" y="{y + 5}" width="{width}" height="{_ROW - 12}" fill="{colour}"/>',
            _text(left + width + 6, y + 18, row.written, look.ink, weight=600),
        ]
    return _whole(parts)


def days(counts: Sequence[tuple[date, int]], moments: Sequence[Moment], look: Look) -> str:
    """Return a bar for each day from the first to the last of all that is given, with the moments marked above."""
    known = dict(counts)
    span = [*known, *(moment.day for moment in moments)]
    if not span:
        return _whole([_opening(look, 10)])
    first, last = min(span), max(span)
    number = (last - first).days + 1
    room, lanes = look.width - 52, _lanes(moments, first, number, look)
    top = 14 + 16 * (max(lanes, default=0) + 1)
    base, most = top + 130, max(known.values(), default=0) or 1
    parts = [_opening(look, base + 30)]
    wide = room / number
    for moment, lane in zip(moments, lanes, strict=True):
        parts += _moment(moment, 44 + wide * ((moment.day - first).days + 0.5), 14 + 16 * lane, base, look)
    for place in range(number):
        value = known.get(first + timedelta(days=place), 0)
        tall = round(130 * value / most, 1)
        x, w = round(44 + wide * place + wide * 0.1, 1), round(max(wide * 0.8, 0.6), 1)
        parts.append(f'<rect x="{x}" y="{base - tall}" width="{w}" height="{tall}" fill="{look.accent}"/>')
    parts += [
        f'<line x1="44" y1="{base}" x2="{look.width - 8}" y2="{base}" stroke="{look.quiet}"/>',
        _text(38, top + 4, counted(most), look.quiet, anchor="end"),
        _text(38, base, "0", look.quiet, anchor="end"),
        _text(44, base + 20, tiny_day(first), look.quiet),
        _text(look.width - 8, base + 20, tiny_day(last), look.quiet, anchor="end"),
    ]
    return _whole(parts)


def _lanes(moments: Sequence[Moment], first: date, number: int, look: Look) -> list[int]:
    """Return for each label the first lane in which it touches none before it."""
    ends: list[float] = []
    lanes = []
    for moment in moments:
        x = 44 + (look.width - 52) / number * ((moment.day - first).days + 0.5)
        left, right = _extent(moment.label, x, look)
        lane = next((place for place, end in enumerate(ends) if end + 6 <= left), len(ends))
        if lane == len(ends):
            ends.append(right)
        ends[lane] = right
        lanes.append(lane)
    return lanes


def _extent(label: str, x: float, look: Look) -> tuple[float, float]:
    width = len(label) * _LETTER
    left = min(max(x - width / 2, 2), look.width - width - 2)
    return left, left + width


def _moment(moment: Moment, x: float, y: int, base: int, look: Look) -> list[str]:
    colour = look.warning if moment.last else look.quiet
    dashes = "" if moment.last else ' stroke-dasharray="3 3"'
    left, right = _extent(moment.label, x, look)
    return [
        f'<line x1="{x:.1f}" y1="{y + 4}" x2="{x:.1f}" y2="{base}" stroke="{colour}"{dashes}/>',
        _text((left + right) / 2, y, moment.label, colour, anchor="middle"),
    ]


def _text(x: float, y: float, text: str, colour: str, *, anchor: str = "start", weight: int = 400) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" fill="{colour}">{escape(text)}</text>'


def _cut(label: str, room: float) -> str:
    fits = int(room / _LETTER)
    return label if len(label) <= fits else f"{label[: max(fits - 1, 1)]}…"


def _opening(look: Look, height: int) -> str:
    return _OPENING.format(width=look.width, height=height, paper=look.paper)


def _whole(parts: Sequence[str]) -> str:
    return Markup("").join(Markup(part) for part in [*parts, "</svg>"])  # noqa: S704 - each part escapes its texts
