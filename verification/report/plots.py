"""Pictures for the report, as SVG text that needs no network."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 760
LABEL: Final = 150
RIGHT: Final = 96
ROW: Final = 64
BARS: Final = 72
PERCENTILES: Final = (50, 95, 99)


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis in milliseconds."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Return the horizontal position of a value, in pixels."""
        span = math.log10(self.high) - math.log10(self.low)
        share = (math.log10(max(value, self.low)) - math.log10(self.low)) / span
        return LABEL + share * (WIDTH - LABEL - RIGHT)

    def bin(self, value: float) -> int:
        """Return the number of the bar that a value falls into."""
        share = (self.x(value) - LABEL) / (WIDTH - LABEL - RIGHT)
        return min(BARS - 1, max(0, int(share * BARS)))

    def ticks(self) -> list[float]:
        """Return the powers of ten on the axis."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1) if self.low <= 10.0**power <= self.high]


def percentile(values: Sequence[float], rank: int) -> float:
    """Return a percentile, interpolated between the two nearest samples."""
    if len(values) < 2:  # noqa: PLR2004 - quantiles needs two points
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[rank - 1]


def distribution(samples: Mapping[str, Sequence[float]], limit: float | None) -> Markup:
    """Draw each series of milliseconds as a histogram on one logarithmic axis, its limit as a line."""
    series = {name: sorted(values) for name, values in samples.items() if values}
    if not series:
        return Markup("")
    axis = _axis(series, limit)
    height = ROW * len(series) + 34
    names = escape(", ".join(series))
    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Distribution of {names}">'
    ]
    parts += _grid(axis, height)
    for number, (name, values) in enumerate(series.items()):
        parts += _row(axis, number * ROW + 8, name, values)
    if limit is not None:
        x = axis.x(limit)
        parts.append(f'<line class="limit" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 26}"/>')
        parts.append(f'<text class="limit" x="{x + 4:.1f}" y="14">limit {limit:g} ms</text>')
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text in it was escaped or is a number


def trend(values: Sequence[float]) -> Markup:
    """Draw one figure's earlier values as a line, oldest on the left."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return Markup("")
    top = max(values) or 1.0
    points = " ".join(
        f"{2 + 116 * place / (len(values) - 1):.1f},{22 - 20 * value / top:.1f}"
        for place, value in enumerate(values)
    )
    return Markup(  # noqa: S704 - numbers only
        f'<svg class="trend" viewBox="0 0 120 24" role="img" aria-label="trend over {len(values)} runs">'
        f'<polyline points="{points}"/></svg>'
    )


def _axis(series: Mapping[str, Sequence[float]], limit: float | None) -> Axis:
    low = max(min(values[0] for values in series.values()), 1e-4)
    high = max(*(values[-1] for values in series.values()), (limit or 0) * 1.3, low * 10)
    return Axis(low * 0.8, high * 1.1)


def _grid(axis: Axis, height: int) -> list[str]:
    parts = []
    for tick in axis.ticks():
        x = axis.x(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 26}"/>')
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{height - 10}" text-anchor="middle">{tick:g} ms</text>'
        )
    return parts


def _row(axis: Axis, top: int, name: str, values: Sequence[float]) -> list[str]:
    counts = [0] * BARS
    for value in values:
        counts[axis.bin(value)] += 1
    tallest, floor, width = max(counts), top + ROW - 22, (WIDTH - LABEL - RIGHT) / BARS
    parts = [
        f'<text class="series" x="{LABEL - 10}" y="{floor - 16}" text-anchor="end">{escape(name)}</text>',
        f'<text class="tick" x="{LABEL - 10}" y="{floor - 2}" text-anchor="end">{len(values)} calls</text>',
        f'<line class="floor" x1="{LABEL}" y1="{floor}" x2="{WIDTH - RIGHT}" y2="{floor}"/>',
    ]
    for place, count in enumerate(counts):
        if count:
            # The square root keeps the few slow calls, which matter most, visible.
            tall = (ROW - 30) * math.sqrt(count / tallest)
            parts.append(
                f'<rect class="bar" x="{LABEL + place * width:.1f}" y="{floor - tall:.1f}" '
                f'width="{width - 0.8:.1f}" height="{tall:.1f}"><title>{count} calls</title></rect>'
            )
    for rank in PERCENTILES:
        x = axis.x(percentile(values, rank))
        parts.append(f'<line class="percentile" x1="{x:.1f}" y1="{floor}" x2="{x:.1f}" y2="{floor + 6}"/>')
    text = f"max {values[-1]:.3g} ms"
    parts.append(f'<text class="tick" x="{WIDTH - RIGHT + 6}" y="{floor - 16}">{text}</text>')
    text = f"p99 {percentile(values, 99):.3g} ms"
    parts.append(f'<text class="tick" x="{WIDTH - RIGHT + 6}" y="{floor - 2}">{text}</text>')
    return parts
