"""The picture of a load and of the probes beside it, as SVG text that needs no network."""

import math
from typing import Final

from markupsafe import Markup, escape

from ..evidence import Timeline
from .axis import LEFT, RIGHT, WIDTH, Axis, time

TOP: Final = 24
DRAWN: Final = 3_000
"""Probes that are drawn at most, besides those that were missed."""
LATENCY: Final = 120
"""Pixels of the upper half, latencies on a logarithmic axis."""
LOAD: Final = 60
"""Pixels of the lower half, requests in flight."""
GAP: Final = 30
HEIGHT: Final = TOP + LATENCY + GAP + LOAD + 30


def draw(timeline: Timeline) -> Markup:
    """Draw each probe as a dot at its second, a missed one in another colour, and the load below."""
    if not timeline.points:
        return Markup("")
    last = max(*(point[0] for point in timeline.points), *(step[0] for step in timeline.steps), 1.0)
    slowest = max(timeline.limit * 2, *(point[1] for point in timeline.points))
    scale = Axis(max(0.1, min(point[1] for point in timeline.points)) * 0.8, slowest * 1.2)

    def x(second: float) -> float:
        return LEFT + max(0.0, second) / last * (WIDTH - LEFT - RIGHT)

    def y(milliseconds: float) -> float:
        return TOP + LATENCY * (1 - scale.share(milliseconds))

    name = escape(timeline.load)
    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Latency of probes and load ({name}) over the same seconds">',
        f'<text class="series" x="{LEFT}" y="14">probes</text>',
        f'<text class="series" x="{LEFT}" y="{TOP + LATENCY + GAP - 6}">load: {name}</text>',
    ]
    for tick in scale.ticks():
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
        )
        parts.append(
            f'<text class="tick" x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{time(tick)}</text>'
        )
    limit = y(timeline.limit)
    parts.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{limit:.1f}" y2="{limit:.1f}"/>')
    parts.append(
        f'<text class="limit" x="{WIDTH - RIGHT + 4}" y="{limit + 4:.1f}">limit {timeline.limit:g} ms</text>'
    )
    every = -(-len(timeline.points) // DRAWN)
    for number, (second, milliseconds, answered) in enumerate(timeline.points):
        if answered and number % every:
            continue
        kind = "probe" if answered else "missed"
        parts.append(f'<circle class="{kind}" cx="{x(second):.1f}" cy="{y(milliseconds):.1f}" r="1.8"/>')
    parts += _load(timeline, x(0), x(last), [(x(second), number) for second, number in timeline.steps])
    parts += [
        f'<text class="tick" x="{x(second):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{second} s</text>'
        for second in range(0, math.floor(last) + 1, max(1, math.floor(last / 15)))
    ]
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it was escaped or is a number


def _load(timeline: Timeline, left: float, right: float, steps: list[tuple[float, int]]) -> list[str]:
    floor = TOP + LATENCY + GAP + LOAD
    most = max((number for _, number in timeline.steps), default=0)
    corners, before = [f"{left:.1f},{floor}"], float(floor)
    for place, number in steps:
        height = floor - LOAD * number / max(most, 1)
        corners += [f"{place:.1f},{before:.1f}", f"{place:.1f},{height:.1f}"]
        before = height
    corners.append(f"{right:.1f},{before:.1f}")
    return [
        f'<polyline class="load" points="{" ".join(corners)}"/>',
        f'<text class="tick" x="{LEFT - 6}" y="{floor - LOAD + 8}" text-anchor="end">{most}</text>',
        f'<text class="tick" x="{LEFT - 6}" y="{floor}" text-anchor="end">0</text>',
    ]
