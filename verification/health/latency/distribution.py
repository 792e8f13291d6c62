"""Latency over a real socket that can be trusted: peers measured in turn, one call per sample.

The same code on the same machine varies by a fifth from process to process (design:
proving-purity.md), so a figure is read beside that of a reference peer measured in the same run,
and a difference counts only when it is both significant and large.
"""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from statistics import NormalDist, median, quantiles
from typing import Final

from verification.project.http_probe import KUBELET, Probe
from verification.report.result import Measurement, Verdict

CEILING_MS: Final = 100.0
"""Property 1: no answer may take longer."""
WARM_UP: Final = 20
"""Calls of each peer that are made before the first that counts."""
SIGNIFICANT: Final = 0.002
"""Largest p of a difference that counts (as asv has it)."""
LARGE: Final = 1.25
"""Smallest ratio of medians that counts."""
FEWEST: Final = 20
"""Samples of each side below which nothing is concluded."""


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
        """Count a series; raises ``ValueError`` for one that cannot have percentiles."""
        if len(samples) < 2:  # noqa: PLR2004 - the fewest that statistics.quantiles takes
            raise ValueError(f"{len(samples)} samples: too few to say anything")
        cuts = quantiles(samples, n=100, method="inclusive")
        return cls(len(samples), cuts[49], cuts[94], cuts[98], max(samples))

    def measurements(self, series: str) -> list[Measurement]:
        """Give the figures for a report: the maximum beside the ceiling, the percentiles beside it too."""
        figures = {"max": self.maximum, "p99": self.p99, "p95": self.p95, "p50": self.p50}
        return [
            Measurement(f"{series}, {name}", round(value, 3), "ms", CEILING_MS)
            for name, value in figures.items()
        ]


@contextmanager
def quiet_heap() -> Iterator[None]:
    """Keep this process's own many objects out of the garbage collections that fall into a measurement.

    What the measured code makes is collected as ever; a search through pytest's heap takes a
    tenth of a second and would be taken for the answer's time.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def fresh(probe: Probe) -> float:
    """Time one call on a connection of its own, as a probe makes it; milliseconds."""
    answer = probe.send()
    if answer.status != HTTPStatus.OK:
        raise AssertionError(f"GET {probe.path}: {answer.status} while its latency was measured")
    return answer.milliseconds


class Persistent:
    """One connection kept open; ``call`` times a request on it, in milliseconds."""

    def __init__(self, probe: Probe) -> None:
        self._path = probe.path
        self._headers = {**KUBELET, "Connection": "keep-alive"}
        self._connection = HTTPConnection(probe.host, probe.port, timeout=probe.timeout)

    def call(self) -> float:
        """Ask once; a server that hangs up after each answer is called anew outside the time taken."""
        if self._connection.sock is None:
            self._connection.connect()
        started = time.perf_counter()
        self._connection.request("GET", self._path, headers=self._headers)
        response = self._connection.getresponse()
        response.read()
        taken = (time.perf_counter() - started) * 1000
        if response.status != HTTPStatus.OK:
            raise AssertionError(f"GET {self._path}: {response.status} while its latency was measured")
        return taken

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def interleave(
    peers: Mapping[str, Probe], *, rounds: int, persistent: bool = False, warm_up: int = WARM_UP
) -> dict[str, list[float]]:
    """Sample each peer once per round, in turn; name -> milliseconds, the warm-up left out."""
    lines = {name: Persistent(probe) for name, probe in peers.items()} if persistent else {}
    calls: dict[str, Callable[[], float]] = {
        name: lines[name].call if persistent else partial(fresh, probe) for name, probe in peers.items()
    }
    samples: dict[str, list[float]] = {name: [] for name in peers}
    try:
        for number in range(warm_up + rounds):
            for name, call in calls.items():
                taken = call()
                if number >= warm_up:
                    samples[name].append(taken)
    finally:
        for line in lines.values():
            line.close()
    return samples


def mann_whitney(left: Sequence[float], right: Sequence[float]) -> float:
    """Give the two-sided p of the U test: how likely such a difference is between equals.

    Normal approximation with the corrections for ties and for continuity (Mann and Whitney, 1947).
    """
    ordered = sorted([(value, 0) for value in left] + [(value, 1) for value in right])
    total, of_left, ties, index = len(ordered), 0.0, 0, 0
    while index < total:
        end = index
        while end < total and ordered[end][0] == ordered[index][0]:
            end += 1
        rank = (index + 1 + end) / 2  # of all equal values, the mean
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


def judge_ceiling(samples: Sequence[float], reference: Sequence[float]) -> Judgement:
    """Hold a series to the ceiling; a machine on which the reference breaks it too proves nothing."""
    if not samples:
        return Judgement(Verdict.ERROR, "no samples were taken")
    worst = max(samples)
    if worst < CEILING_MS:
        return Judgement(Verdict.PASSED, "")
    over = sum(1 for value in samples if value >= CEILING_MS)
    found = f"{over} of {len(samples)} answers took {CEILING_MS:g} ms or more, the slowest {worst:.1f} ms"
    if reference and max(reference) >= CEILING_MS:
        return Judgement(
            Verdict.INCONCLUSIVE,
            f"{found}; but so did the reference, which does nothing ({max(reference):.1f} ms): "
            "run it again on a machine that does nothing else",
        )
    return Judgement(Verdict.FAILED, found)


def compare(now: Sequence[float], before: Sequence[float]) -> Judgement:
    """Compare two series in the same unit: slower only when significantly and by much."""
    if not now or not before:
        return Judgement(Verdict.ERROR, "no samples to compare")
    ratio, p = median(now) / median(before), mann_whitney(now, before)
    found = f"the median is {ratio:.2f} times the baseline's (p = {p:.2g})"
    if ratio <= LARGE:
        return Judgement(Verdict.PASSED, found)
    if p < SIGNIFICANT and min(len(now), len(before)) >= FEWEST:
        return Judgement(Verdict.FAILED, f"slower: {found}; allowed are {LARGE:g} times")
    return Judgement(
        Verdict.INCONCLUSIVE,
        f"{found}, yet {len(now)} and {len(before)} samples do not settle it: take more of them",
    )


def relative(samples: Sequence[float], reference: Sequence[float]) -> list[float]:
    """Give a series in units of its reference's median: comparable between runs and machines."""
    unit = median(reference)
    return [value / unit for value in samples]
