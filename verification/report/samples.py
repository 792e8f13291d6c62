"""Series of samples, as many as a report needs to draw them."""

from collections.abc import Sequence
from typing import Any, Final

KEPT: Final = 2_000
"""Values of a series that the result file holds at most."""


def thinned(values: Sequence[float]) -> dict[str, Any]:
    """Return how many values there are, and of many only order statistics in equal steps, the extremes included."""
    if len(values) <= KEPT:
        return {"count": len(values), "values": list(values)}
    ordered, last = sorted(values), len(values) - 1
    return {"count": len(values), "values": [ordered[place * last // (KEPT - 1)] for place in range(KEPT)]}
