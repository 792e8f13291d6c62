"""The time line of migrations: when each ran, for how long, and what its locks kept from working."""

from typing import Final

from markupsafe import Markup, escape

from ..evidence import MigrationTimeline
from .axis import WIDTH

LABEL: Final = 300
ROW: Final = 17
TOP: Final = 22
NARROWEST: Final = 2.0
"""Pixels of a bar: a migration of a millisecond is still seen."""
NAME_LENGTH: Final = 40
"""Characters of a name that are shown; the whole name is in the bar's title."""


def draw(timeline: MigrationTimeline) -> Markup:
    """Draw each migration as a bar from its start to its end; in the colour of a limit where it stops traffic."""
    whole = sum(step.seconds for step in timeline.steps)
    if not whole:
        return Markup("")
    height = TOP + ROW * len(timeline.steps) + 8
    room = WIDTH - LABEL - 14
    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(timeline.title)}">',
        f'<text class="tick" x="{LABEL}" y="12">0 s</text>',
        f'<text class="tick" x="{WIDTH - 14}" y="12" text-anchor="end">{whole:.2f} s</text>',
    ]
    start = 0.0
    for number, step in enumerate(timeline.steps):
        y, x = TOP + ROW * number, LABEL + room * start / whole
        wide = max(NARROWEST, room * step.seconds / whole)
        x = min(x, WIDTH - 14 - wide)
        kind = "stops" if step.stops else "bar"
        name = (
            step.migration if len(step.migration) <= NAME_LENGTH else f"{step.migration[: NAME_LENGTH - 1]}…"
        )
        said = "; ".join([f"{step.migration}: {step.seconds:.3f} s", *(step.stops or step.locks)])
        parts += [
            f'<text class="name {kind}" x="{LABEL - 8}" y="{y + 11}" text-anchor="end">{escape(name)}</text>',
            f'<line class="grid" x1="{LABEL}" x2="{WIDTH - 14}" y1="{y + 14}" y2="{y + 14}"/>',
            f'<rect class="{kind}" x="{x:.1f}" y="{y + 2}" width="{wide:.1f}" height="10">'
            f"<title>{escape(said)}</title></rect>",
        ]
        start += step.seconds
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it was escaped or is a number
