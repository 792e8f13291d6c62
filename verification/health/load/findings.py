"""What is wrong with a server under load, in one line each, and the figures behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from ...report.evidence import Measurement, Table, Timeline
from ..latency.distribution import LIMIT_MS
from .client import Exchange

PERCENTILES: Final = (50.0, 99.0, 99.9)
_LONGEST_MICROSECONDS: Final = 60_000_000
_DIGITS: Final = 3


@dataclass(kw_only=True)
class Observation:
    """What one measurement came to."""

    findings: list[str] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    timeline: Timeline | None = None
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    client_late_ms: float = 0.0
    """How late the client's own process was at p99.9: beyond the limit the figures say nothing of the server."""
    server_waited: float = 0.0
    """Share of the time for which threads of the server waited for a processor."""
    hard: bool = True
    """Whether a finding is more than a latency beyond its limit, which the machine may have caused."""

    def measure(self, name: str, value: float, unit: str, limit: float | None = None) -> None:
        """Add a figure."""
        self.measurements.append(Measurement(name, value, unit, limit))

    def find(self, line: str) -> None:
        """Add a finding."""
        self.findings.append(line)


def percentiles(seconds: Sequence[float]) -> dict[float, float]:
    """Return percentile -> milliseconds."""
    from hdrh.histogram import HdrHistogram

    histogram = HdrHistogram(1, _LONGEST_MICROSECONDS, _DIGITS)
    for value in seconds:
        histogram.record_value(max(1, round(value * 1_000_000)))
    return {rank: histogram.get_value_at_percentile(rank) / 1000 for rank in PERCENTILES}


def judge_probes(observation: Observation, probes: Sequence[Exchange], beside: str) -> None:
    """Expect that every probe was answered 200, and 999 of 1,000 within the limit."""
    failed = [each for each in probes if each.status != HTTPStatus.OK]
    observation.measure(f"probes failed {beside}", len(failed), "probes", 0)
    if failed:
        what = failed[0].error or f"status {failed[0].status}"
        observation.find(
            f"{len(failed)} of {len(probes)} probes failed {beside} (the first: {what} after {failed[0].seconds:.2f} s)"
        )
    answered = [each.seconds for each in probes if each.status]
    if not answered:
        return
    # The client sends each probe by itself: by how much it was late is not the server's doing.
    of_server = percentiles([max(0.0, each.seconds - each.late) for each in probes if each.status])
    for rank, value in percentiles(answered).items():
        if rank == PERCENTILES[-1] and value >= LIMIT_MS > of_server[rank]:
            observation.notes.append(
                f"Probes {beside}: p99.9 is {value:.0f} ms from the intended time and {of_server[rank]:.0f} ms from "
                "the time at which the client got to send: the machine was busy."
            )
            value = of_server[rank]  # noqa: PLW2901 - what is judged
        limit = LIMIT_MS if rank == PERCENTILES[-1] else None
        observation.measure(f"probes {beside}, p{rank:g}", value, "ms", limit)
        if limit is not None and value >= limit:
            observation.find(f"probes {beside}: p{rank:g} is {value:.0f} ms, the limit is {limit:g} ms")
            observation.hard = bool(failed)
    late = percentiles([max(0.0, each.late) for each in probes])[PERCENTILES[-1]]
    observation.client_late_ms = max(observation.client_late_ms, late)


def timeline(exchanges: Sequence[Exchange], begin: float, load: str) -> Timeline:
    """Return the probes' latencies and the load in flight over the same seconds."""
    probes = [each for each in exchanges if each.stream == "probe"]
    changes = sorted(
        change
        for each in exchanges
        if each.stream == load
        for change in ((each.intended - begin, 1), (each.intended + each.seconds - begin, -1))
    )
    in_flight, steps = 0, []
    for at, change in changes:
        in_flight += change
        steps.append((round(at, 3), in_flight))
    return Timeline(
        load=load,
        points=[
            (round(each.intended - begin, 3), round(each.seconds * 1000, 2), each.status == HTTPStatus.OK)
            for each in probes
        ],
        steps=steps,
        limit=LIMIT_MS,
    )
