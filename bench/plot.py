"""Small charts as SVG: lines over named places, and shares as bars; dark on white, for every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 44, 52
COLOURS = ("#0b5a7a", "#b3541e", "#3f7a2e", "#7a3b8f", "#8a6d00", "#555555")
INK, RULE = "#1f2428", "#d9dde0"
STYLE = 'font-family="system-ui, sans-serif" font-size="13"'


@dataclass(frozen=True)
class Lines:
    """A chart of lines: one value of each series for each place."""

    title: str
    places: Sequence[str]  # along the bottom
    across: str  # what the places are
    unit: str  # of the values
    series: Mapping[str, Sequence[float]]

    def write(self, path: Path) -> None:
        """Write it."""
        top = _round_up(max(max(values) for values in self.series.values()))
        parts = [*_grid(top, self.unit), *self._bottom()]
        ends: list[tuple[float, str, str]] = []
        for number, (name, values) in enumerate(self.series.items()):
            points = [(self._x(place), _y(value, top)) for place, value in enumerate(values)]
            colour = COLOURS[number]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
            ends.append((points[-1][1], name, colour))
        _write(path, self.title, [*parts, *_labels(ends)], HEIGHT)

    def _x(self, place: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * place / max(1, len(self.places) - 1)

    def _bottom(self) -> list[str]:
        middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
        ticks = [
            _text(self._x(n), HEIGHT - BOTTOM + 20, place, "middle") for n, place in enumerate(self.places)
        ]
        return [*ticks, _text(middle, HEIGHT - 10, self.across, "middle")]


@dataclass(frozen=True)
class Shares:
    """A chart of bars, each cut into named shares; a share is a part of its bar's total."""

    title: str
    bars: Mapping[str, Mapping[str, float]]

    def write(self, path: Path) -> None:
        """Write it."""
        names = list(dict.fromkeys(name for shares in self.bars.values() for name in shares))
        parts: list[str] = []
        for row, (bar, shares) in enumerate(self.bars.items()):
            top, x = TOP + 12 + row * 52, 150.0
            parts.append(_text(140, top + 20, bar, "end"))
            for name in names:
                width = (WIDTH - 170) * shares.get(name, 0) / sum(shares.values())
                colour = COLOURS[names.index(name)]
                parts.append(f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="30" fill="{colour}"/>')
                if width > 34:
                    share = shares[name] / sum(shares.values())
                    parts.append(_text(x + width / 2, top + 20, f"{share:.0%}", "middle", "#ffffff"))
                x += width
        bottom = TOP + 24 + len(self.bars) * 52
        for number, name in enumerate(names):
            x, y = 20 + number % 3 * 205, bottom + number // 3 * 24
            parts.append(f'<rect x="{x}" y="{y}" width="14" height="14" fill="{COLOURS[number]}"/>')
            parts.append(_text(x + 20, y + 12, name))
        _write(path, self.title, parts, bottom + 56)


def _grid(top: float, unit: str) -> list[str]:
    parts = [_text(LEFT - 8, TOP - 10, unit, "end")]
    for step in range(5):
        y = _y(top * step / 4, top)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{RULE}"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{top * step / 4:g}", "end"))
    return parts


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _labels(ends: Sequence[tuple[float, str, str]]) -> list[str]:
    """Name each line at its end; from the lowest up, so that none lies on another or changes places."""
    parts, free = [], float(HEIGHT)
    for y, name, colour in sorted(ends, reverse=True):
        free = min(y, free - 15)
        parts.append(_text(WIDTH - RIGHT + 12, free + 4, name, colour=colour))
    return parts


def _round_up(value: float) -> float:
    unit = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(unit * step for step in (1, 2, 4, 6, 8, 10, 20) if unit * step >= value)


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _write(path: Path, title: str, parts: Sequence[str], height: float) -> None:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" {STYLE}>'
        f"<title>{escape(title)}</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
    )
    heading = f'<text x="16" y="22" font-size="15" font-weight="600" fill="{INK}">{escape(title)}</text>'
    path.write_text("\n".join([head, heading, *parts, "</svg>", ""]), encoding="utf-8")
