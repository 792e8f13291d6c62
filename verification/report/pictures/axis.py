"""What the pictures share: sizes in pixels, and a logarithmic axis."""

import math
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 760
LEFT: Final = 62
RIGHT: Final = 96


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis in milliseconds."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Return how far along the axis a value is: 0 at its lower end, 1 at its upper end."""
        span = math.log10(self.high) - math.log10(self.low)
        return (math.log10(max(value, self.low)) - math.log10(self.low)) / span

    def x(self, value: float) -> float:
        """Return the horizontal position of a value, in pixels."""
        return LEFT + self.share(value) * (WIDTH - LEFT - RIGHT)

    def ticks(self) -> list[float]:
        """Return the powers of ten on the axis."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1) if self.low <= 10.0**power <= self.high]


def span(values: tuple[float, float], unit: str) -> str:
    """Return the least and the greatest of some values as text."""
    least, greatest = values
    return f"{least:.3g} {unit}" if least == greatest else f"{least:.3g} to {greatest:.3g} {unit}"


def time(milliseconds: float) -> str:
    """Return a time as people write it: in seconds from one second on."""
    return f"{milliseconds:.3g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.3g} s"  # noqa: PLR2004
