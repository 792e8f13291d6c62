"""The limits, and the measurements: taken in turn, so that load on the machine affects both sides alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from tools.benchmarks import measured_commands
from verification.postgres.server import Database

DIFF_TO_DUMPS: Final = 0.5
DIFF_TO_MIGRA: Final = 0.2
READ_TO_DUMPS: Final = 0.25 / 1.1
"""0.25 s where two dumps take 1.1 s."""
GROWTH: Final = 4.4
"""From 1,000 to 4,000 tables: ten per cent more than in proportion."""
MEMORY: Final = 250.0
"""Megabytes of a comparison of twice 4,000 tables."""
HELP: Final = 0.3
"""Seconds of ``--help``."""
MIGRA_ROUNDS: Final = 3
"""It takes seconds where the others take tenths."""

Contender = Callable[[], float]


@dataclass(frozen=True)
class Goal:
    """One line of the table: two figures, and the limit of their ratio."""

    name: str
    ours: float
    other: float
    """Seconds (medians), megabytes, or numbers; 0: nothing to hold it against."""
    value: float
    """What is held against the limit: the median of the rounds' ratios, or the figure itself."""
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the value keeps to the limit."""
        return self.value <= self.limit


@dataclass(frozen=True)
class Pair:
    """Two databases of the same content."""

    left: Database
    right: Database

    def diff(self) -> float:
        """Return the seconds of a whole comparison."""
        return measured_commands.diff(self.left, self.right).seconds

    def dumps(self) -> float:
        """Return the seconds of two dumps."""
        return measured_commands.two_dumps(self.left, self.right)

    def migra(self) -> float:
        """Return the seconds of migra's comparison."""
        return measured_commands.migra(self.left, self.right).seconds

    def reading(self) -> float:
        """Return the seconds of one reading in this process."""
        return measured_commands.reading(self.left)


def measure(small: Pair, large: Pair, rounds: int) -> Iterator[Goal]:
    """Measure everything; each goal is yielded as soon as it is measured."""
    # First of all: a process's peak is never shown below that of its parent, which reads below.
    peak = measured_commands.diff(large.left, large.right).peak / 1e6
    yield Goal("peak memory of diff, 4,000 tables", peak, 0, peak, MEMORY, "MB")
    seconds = median(measured_commands.usage().seconds for _ in range(rounds))
    yield Goal("--help", seconds, 0, seconds, HELP, "s")
    yield ratio("diff to two pg_dump -s", small.diff, small.dumps, DIFF_TO_DUMPS, rounds)
    yield ratio("diff to migra", small.diff, small.migra, DIFF_TO_MIGRA, min(rounds, MIGRA_ROUNDS))
    yield ratio("reading one to two pg_dump -s", small.reading, small.dumps, READ_TO_DUMPS, rounds)
    yield ratio("diff, 4,000 tables to 1,000", large.diff, small.diff, GROWTH, rounds)
    yield ratio("reading, 4,000 tables to 1,000", large.reading, small.reading, GROWTH, rounds)


def ratio(name: str, ours: Contender, other: Contender, limit: float, rounds: int) -> Goal:
    """Measure two things in turn, after one round that does not count: caches are warm for both."""
    ours(), other()
    pairs = [(ours(), other()) for _ in range(rounds)]
    medians = (median(one for one, _ in pairs), median(two for _, two in pairs))
    return Goal(name, *medians, median(one / two for one, two in pairs), limit, "s")
