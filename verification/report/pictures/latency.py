"""Histograms of latencies, and the trend of one figure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from .axis import LEFT, RIGHT, WIDTH, Axis, span, time

ROW: Final = 76
BARS: Final = 72
PERCENTILES: Final = (50, 95, 99)


def percentile(values: Sequence[float], rank: int) -> float:
    """Return a percentile, interpolated between the two nearest samples."""
    if len(values) < 2:  # noqa: PLR2004 - quantiles needs two points
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[rank - 1]


def distribution(samples: Mapping[str, Mapping[str, Any]], limit: float | None) -> Markup:
    """Draw each series of milliseconds as a histogram on one logarithmic axis, its limit as a line.

    ``samples``: name -> count and values, as ``samples.thinned`` returns them.
    """
    series = {name: sorted(each["values"]) for name, each in samples.items() if each["values"]}
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
        parts += _row(axis, number * ROW + 8, name, values, samples[name]["count"])
    if limit is not None:
        x = axis.x(limit)
        parts.append(f'<line class="limit" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 26}"/>')
        parts.append(f'<text class="limit" x="{x + 4:.1f}" y="{height - 30}">limit {limit:g} ms</text>')
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text in it was escaped or is a number


def trend(values: Sequence[float], unit: str) -> Markup:
    """Draw a figure's values in comparable runs as a line, oldest on the left, with its scale; a flat one is none."""
    least, greatest = min(values, default=0.0), max(values, default=0.0)
    if least == greatest:  # no line, or one that says nothing
        return Markup("")
    points = " ".join(
        f"{2 + 86 * place / (len(values) - 1):.1f},{18 - 14 * (value - least) / (greatest - least):.1f}"
        for place, value in enumerate(values)
    )
    scale = escape(f"{span((least, greatest), unit)} in {len(values)} comparable runs")
    return Markup(  # noqa: S704 - every text in it was escaped or is a number
        f'<svg class="trend" viewBox="0 0 90 20" role="img" aria-label="{scale}"><title>{scale}</title>'
        f'<polyline points="{points}"/></svg><span class="scale">{escape(span((least, greatest), unit))}</span>'
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
            f'<text class="tick" x="{x:.1f}" y="{height - 10}" text-anchor="middle">{time(tick)}</text>'
        )
    return parts


def _row(axis: Axis, top: int, name: str, values: Sequence[float], count: int) -> list[str]:
    width = (WIDTH - LEFT - RIGHT) / BARS
    counts = [0] * BARS
    for value in values:
        counts[min(BARS - 1, max(0, int(axis.share(value) * BARS)))] += 1
    tallest, floor = max(counts), top + ROW - 22
    parts = [
        f'<text class="series" x="{LEFT}" y="{top + 10}">{escape(name)}: {count:,} calls</text>',
        f'<line class="floor" x1="{LEFT}" y1="{floor}" x2="{WIDTH - RIGHT}" y2="{floor}"/>',
    ]
    for place, number in enumerate(counts):
        if number:
            # The square root keeps the few slow calls, which matter most, visible.
            tall = (ROW - 42) * math.sqrt(number / tallest)
            shown = round(number * count / len(values))
            parts.append(
                f'<rect class="bar" x="{LEFT + place * width:.1f}" y="{floor - tall:.1f}" '
                f'width="{width - 0.8:.1f}" height="{tall:.1f}"><title>{shown} calls</title></rect>'
            )
    for rank in PERCENTILES:
        x = axis.x(percentile(values, rank))
        parts.append(f'<line class="percentile" x1="{x:.1f}" y1="{floor}" x2="{x:.1f}" y2="{floor + 6}"/>')
    for text, y in ((f"max {time(values[-1])}", 16), (f"p99 {time(percentile(values, 99))}", 2)):
        parts.append(f'<text class="tick" x="{WIDTH - RIGHT + 6}" y="{floor - y}">{text}</text>')
    return parts
