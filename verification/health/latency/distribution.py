"""The figures of a series of latencies, and the judgements that they allow.

The latency of the same code on the same machine varies by a fifth from process to process, so a figure is
compared with that of a reference measured in the same run, and a difference counts only if it is both
statistically significant and large.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, median, quantiles
from typing import Final

from ...report.evidence import Measurement
from ...report.result import Verdict

LIMIT_MS: Final = 100.0
"""Property 1: no answer may take longer."""
MAX_P_VALUE: Final = 0.002
"""Largest p-value of a difference that counts, as in airspeed velocity (asv)."""
MIN_RATIO: Final = 1.25
"""Smallest ratio of two medians that counts."""
MIN_SAMPLES: Final = 20
"""Samples of each series below which a difference does not count."""
MUCH_WAITED: Final = 0.25
"""Share of the time spent waiting for a processor beyond which a latency says nothing of the server."""


@dataclass(frozen=True)
class Distribution:
    """The figures of one series, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    maximum: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Distribution":
        """Return the figures of a series. Raises ``ValueError`` for less than two samples."""
        if len(samples) < 2:  # noqa: PLR2004 - the minimum of statistics.quantiles
            raise ValueError(f"{len(samples)} samples: too few for percentiles")
        cuts = quantiles(samples, n=100, method="inclusive")
        return cls(len(samples), cuts[49], cuts[94], cuts[98], max(samples))

    def measurements(self, series: str, limit: float | None = LIMIT_MS) -> list[Measurement]:
        """Return the maximum and the percentiles for a report, each with the limit; None: information only."""
        figures = {"max": self.maximum, "p99": self.p99, "p95": self.p95, "p50": self.p50}
        return [
            Measurement(f"{series}, {name}", round(value, 3), "ms", limit) for name, value in figures.items()
        ]


def mann_whitney(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the two-sided p-value of the Mann-Whitney U test of two series.

    Normal approximation with the corrections for ties and for continuity (Mann and Whitney, 1947).
    """
    ordered = sorted([(value, 0) for value in left] + [(value, 1) for value in right])
    total, of_left, ties, index = len(ordered), 0.0, 0, 0
    while index < total:
        end = index
        while end < total and ordered[end][0] == ordered[index][0]:
            end += 1
        rank = (index + 1 + end) / 2  # equal values share the mean of their ranks
        of_left += rank * sum(1 for _, side in ordered[index:end] if side == 0)
        ties += (end - index) ** 3 - (end - index)
        index = end
    m, n = len(left), len(right)
    u = of_left - m * (m + 1) / 2
    deviation = (m * n / 12 * ((total + 1) - ties / (total * (total - 1)))) ** 0.5
    if deviation == 0:
        return 1.0
    z = max(abs(u - m * n / 2) - 0.5, 0) / deviation
    return min(1.0, 2 * (1 - NormalDist().cdf(z)))


@dataclass(frozen=True)
class Judgement:
    """A verdict and the line that explains it."""

    verdict: Verdict
    reason: str


def check_limit(
    samples: Sequence[float], reference: Sequence[float], waits: Sequence[float] = ()
) -> Judgement:
    """Compare a series with the limit; it is inconclusive if the reference exceeds the limit too.

    ``waits``: for each sample, how long its threads waited for a processor. A series that keeps to the limit without
    these waits is inconclusive as well.
    """
    if not samples:
        return Judgement(Verdict.ERROR, "no samples were taken")
    slowest = max(samples)
    if slowest < LIMIT_MS:
        return Judgement(Verdict.PASSED, "")
    over = sum(1 for value in samples if value >= LIMIT_MS)
    reason = f"{over} of {len(samples)} answers took {LIMIT_MS:g} ms or more, the slowest {slowest:.1f} ms"
    if reference and max(reference) >= LIMIT_MS:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{reason}; but so did the reference, which does nothing ({max(reference):.1f} ms)",
        )
    if waits and all(value - wait < LIMIT_MS for value, wait in zip(samples, waits, strict=True)):
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{reason}; but its threads waited for a processor for up to {max(waits):.1f} ms of an answer",
        )
    return Judgement(Verdict.FAILED, reason)


def compare(now: Sequence[float], before: Sequence[float]) -> Judgement:
    """Compare two series in the same unit: slower only if the difference is both significant and large."""
    if not now or not before:
        return Judgement(Verdict.ERROR, "no samples to compare")
    ratio, p = median(now) / median(before), mann_whitney(now, before)
    reason = f"the median is {ratio:.2f} times the baseline's (p = {p:.2g})"
    if ratio <= MIN_RATIO:
        return Judgement(Verdict.PASSED, reason)
    if p < MAX_P_VALUE and min(len(now), len(before)) >= MIN_SAMPLES:
        return Judgement(Verdict.FAILED, f"slower: {reason}; the limit is {MIN_RATIO:g} times")
    return Judgement(
        Verdict.INCONCLUSIVE,
        f"{reason}, but {len(now)} and {len(before)} samples do not settle it: take more of them",
    )


def relative(samples: Sequence[float], reference: Sequence[float]) -> list[float]:
    """Return a series in units of the median of its reference: comparable between runs and machines."""
    unit = median(reference)
    return [value / unit for value in samples]
