"""Property 1 under load: the health endpoint answers in time while every thread waits, and while the server stops.

``[tool.verification.load]`` names a request that calls an outgoing host (``health.load.options``).
One server of the project, with one worker, serves the four measurements; the last of them stops it.
"""

from typing import Final

from ..health.latency.distribution import LIMIT_MS, MUCH_WAITED
from ..health.load.run import LoadRun
from ..report.evidence import Table
from ..report.result import Check, Verdict

PROPERTIES: Final = ("Property 1",)


def test_saturated(check: Check, load_run: LoadRun) -> None:
    """While three times as many requests as threads wait for a late host, or for the database, /health answers."""
    _conclude(check, load_run, "saturated")


def test_slow_clients(check: Check, load_run: LoadRun) -> None:
    """While clients send half of a request, or nothing, /health answers."""
    _conclude(check, load_run, "slow_clients")


def test_long_run(check: Check, load_run: LoadRun) -> None:
    """After thousands of probes the server has no more memory than before."""
    _conclude(check, load_run, "long_run")


def test_draining(check: Check, load_run: LoadRun) -> None:
    """From SIGTERM on the server is not ready, loses no request that has begun or waits, and exits with 0."""
    _conclude(check, load_run, "draining")


def test_load_alarm(check: Check, load_run: LoadRun) -> None:
    """Each of these measurements fails for a plain threaded server that starves, leaks and drops."""
    check.properties = PROPERTIES
    found = load_run.of_control()
    rows = [(name, each.findings[0] if each.findings else "nothing") for name, each in found.items()]
    check.tables.append(
        Table("What the measurements found wrong with the control", ("check", "finding"), rows)
    )
    check.timelines += [each.timeline for each in found.values() if each.timeline]
    silent = [name for name, each in found.items() if not each.findings]
    check.measure("measurements that found nothing", len(silent), "checks", 0)
    assert not silent, (
        f"nothing was found wrong with a server that starves, leaks and drops: {', '.join(silent)}"
    )


def _conclude(check: Check, load_run: LoadRun, measurement: str) -> None:
    check.properties = PROPERTIES
    observation = load_run.of_project(measurement)
    check.notes += observation.notes
    check.tables += observation.tables
    if observation.timeline:
        check.timelines.append(observation.timeline)
    late = observation.client_late_ms
    busy = late >= LIMIT_MS / 2 or observation.server_waited > MUCH_WAITED
    if observation.findings and not observation.hard and busy:
        check.conclude(
            Verdict.INCONCLUSIVE,
            f"{observation.findings[0]}; the client itself was {late:.0f} ms late, and the server waited for a "
            f"processor for {observation.server_waited:.0%} of the time: the machine is too busy, measure again",
        )
        return
    check.measurements += observation.measurements
    if late:
        check.measure("the client itself was late, p99.9", late, "ms")
    check.expect_none(observation.findings)
