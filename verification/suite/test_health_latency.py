"""Property 1: the health endpoint answers any request within 100 ms.

Latencies are taken one call a sample, over a socket and without one, and beside a reference that does nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, given, settings

from ..errors import CannotRun
from ..health.detectors.session import ANNOUNCED_APPLICATION, ONE_WORKER, HealthSession
from ..health.latency import baseline, distribution, sampling
from ..health.latency.distribution import Distribution
from ..health.requests import Request, requests
from ..processes.run_queue import waited_ms
from ..project import wsgi_ready
from ..project.configuration import Configuration
from ..project.http_probe import POD, Answer
from ..project.web_server import WebServer
from ..report.evidence import Measurement, Table
from ..report.result import Check, Verdict
from .applicability import need

PROPERTIES: Final = ("Property 1",)
REFERENCE: Final = f"{baseline.__package__}.reference:application"
REPEATS: Final = 3
"""How often a request is repeated if its first answer took too long, and a server started again."""
ENOUGH: Final = 5
"""Requests that are slow each time, after which no more are made."""
COLD_SECONDS: Final = 10.0
"""How long the first request of a worker waits."""
SAMPLES: Final = 300
"""Samples of each series."""


@pytest.fixture(scope="module")
def cold_server(
    configuration: Configuration, project: HealthSession
) -> Iterator[tuple[WebServer, sampling.Series]]:
    """A second server of the project, and the first answer of its worker.

    If that took too long, others are started: a delay of the machine does not repeat.
    """
    with ExitStack() as stack:
        variables = {**project.variables, wsgi_ready.APPLICATION: configuration.application}
        for _ in range(REPEATS):
            web = WebServer.of(configuration, variables, application=ANNOUNCED_APPLICATION, extra=ONE_WORKER)
            stack.enter_context(web).wait_for_log(wsgi_ready.LOADED)
            probe = web.probe(configuration.health_path, timeout=COLD_SECONDS)
            first = sampling.interleave({"first": probe}, rounds=1, warm_up=0, processes=web.workers())[
                "first"
            ]
            if first[0] < distribution.LIMIT_MS:
                break
        yield web, first


@pytest.fixture(scope="module")
def reference(configuration: Configuration, project: HealthSession) -> Iterator[WebServer]:
    """A server that does nothing, started before the others are needed."""
    with WebServer.of(configuration, project.variables, application=REFERENCE, extra=ONE_WORKER) as web:
        yield web


def test_view_latency(benchmark: Any, check: Check, configuration: Configuration, health_path: str) -> None:
    """The health view alone answers within 100 ms."""
    check.properties = PROPERTIES
    need(configuration, "health_view", exists=bool(configuration.health_view))
    view = import_string(configuration.health_view)
    request = RequestFactory().get(health_path)
    _benchmark(benchmark, check, "view", lambda: view(request).status_code)


def test_stack_latency(benchmark: Any, check: Check, health_path: str) -> None:
    """The whole Django stack answers the health path within 100 ms."""
    check.properties = PROPERTIES
    client = Client(raise_request_exception=False, headers={"host": POD})
    _benchmark(benchmark, check, "Django stack", lambda: client.get(health_path).status_code)


def test_endpoint_latency(benchmark: Any, check: Check, project: HealthSession, health_path: str) -> None:
    """GET on the health path over a socket to a production server process takes less than 100 ms."""
    check.properties = PROPERTIES
    probe = project.web.probe(health_path)
    _benchmark(benchmark, check, "socket", lambda: probe.send().status, project.web.workers())


def _benchmark(
    benchmark: Any, check: Check, series: str, call: Callable[[], int], processes: Sequence[int] = ()
) -> None:
    """Take one call per sample, since a mean would hide the slowest, and compare them with the limit."""
    waited: list[float] = []
    """Up to each sample, and up to the end."""
    with sampling.gc_frozen():
        status = benchmark.pedantic(
            call, setup=lambda: waited.append(waited_ms(processes)), rounds=SAMPLES, iterations=1,
            warmup_rounds=sampling.WARM_UP_REQUESTS,
        )  # fmt: skip
    waited.append(waited_ms(processes))
    if benchmark.stats is None:
        raise CannotRun("no samples: pytest-benchmark is switched off", "omit --benchmark-disable and -n")
    samples = [seconds * 1000 for seconds in benchmark.stats.stats.data]
    waits = [after - before for before, after in pairwise(waited)]
    assert status == 200, f"the {series} answers {status}, not 200"
    _conclude(check, series, samples, distribution.check_limit(samples, (), waits[-len(samples) :]))


def _conclude(check: Check, series: str, samples: list[float], judgement: distribution.Judgement) -> None:
    """Add the figures and the verdict; figures that prove nothing have no limit to break."""
    limit = None if judgement.verdict is Verdict.INCONCLUSIVE else distribution.LIMIT_MS
    check.samples[series] = samples
    check.measurements += Distribution.of(samples).measurements(series, limit)
    check.conclude(judgement.verdict, judgement.reason)


def test_first_answer(check: Check, cold_server: tuple[WebServer, sampling.Series]) -> None:
    """The first request that a worker gets is answered within 100 ms too."""
    check.properties = PROPERTIES
    first = cold_server[1]
    judgement = distribution.check_limit(first, (), first.waits)
    limit = None if judgement.verdict is Verdict.INCONCLUSIVE else distribution.LIMIT_MS
    check.measurements.append(Measurement("first answer of a worker", round(first[0], 3), "ms", limit))
    check.conclude(judgement.verdict, judgement.reason)


def test_latency_beside_reference(
    check: Check,
    project: HealthSession,
    reference: WebServer,
    cold_server: tuple[WebServer, sampling.Series],
    configuration: Configuration,
    health_path: str,
    pytestconfig: pytest.Config,
) -> None:
    """Measured in turn with a server that does nothing, the endpoint keeps to 100 ms and to its baseline."""
    check.properties = PROPERTIES
    # Two servers of the project, since latency varies from process to process.
    servers, reference_server = [project.web, cold_server[0]], reference.wait(health_path)
    metrics: dict[str, list[float]] = {}
    for metric, persistent in (("fresh connection", False), ("persistent connection", True)):
        endpoint: list[float] = []
        of_reference: list[float] = []
        ratios: list[float] = []
        waits: list[float] = []
        for number, web in enumerate(servers, 1):
            probes = {"endpoint": web.probe(health_path), "reference": reference_server.probe(health_path)}
            samples = sampling.interleave(
                probes, rounds=SAMPLES // 2, persistent=persistent, processes=web.workers()
            )
            endpoint += samples["endpoint"]
            waits += samples["endpoint"].waits
            of_reference += samples["reference"]
            relative = distribution.relative(samples["endpoint"], samples["reference"])
            ratios += relative
            ratio = Distribution.of(relative).p50
            check.measurements.append(Measurement(f"{metric}, times the reference ({number})", ratio, "x"))
        check.samples[f"{metric}, reference"] = of_reference
        _conclude(check, metric, endpoint, distribution.check_limit(endpoint, of_reference, waits))
        metrics[metric] = ratios
    if reports := pytestconfig.getoption("--verification-reports"):
        baseline.save(Path(reports, baseline.NAME), metrics)
    if not configuration.health_baseline:
        check.notes.append(f"No baseline is configured: copy {baseline.NAME} and name it as health_baseline.")
        return
    for metric, samples_now in metrics.items():
        before = baseline.load(configuration.path(configuration.health_baseline), metric)
        judgement = distribution.compare(samples_now, before)
        check.notes.append(f"{metric} against the baseline: {judgement.reason}")
        check.conclude(judgement.verdict, judgement.reason)


def test_latency_alarm(check: Check, control: HealthSession) -> None:
    """The measurement fails for an endpoint that is slower than the limit, or than its baseline."""
    check.properties = PROPERTIES
    web = control.web
    clean = web.probe("/clean")
    slow = sampling.interleave({"slow": web.probe("/over-limit")}, rounds=3, warm_up=0)["slow"]
    probes = {"before": clean, "now": web.probe("/slower")}
    samples = sampling.interleave(probes, rounds=50, processes=web.workers())
    same = sampling.interleave({"before": clean, "now": clean}, rounds=50)
    judgements = {
        "slower than 100 ms": distribution.check_limit(slow, samples["before"]),
        "slower than its baseline": distribution.compare(samples["now"], samples["before"]),
        "no samples": distribution.compare([], samples["before"]),
        "nothing changed": distribution.compare(same["now"], same["before"]),
    }
    rows = [(case, judgement.verdict.value, judgement.reason) for case, judgement in judgements.items()]
    check.tables.append(Table("What the measurement concluded", ("case", "verdict", "reason"), rows))
    wrong = [
        f"{case}: {judgements[case].verdict}, expected {expected}"
        for case, expected in {
            "slower than 100 ms": Verdict.FAILED,
            "slower than its baseline": Verdict.FAILED,
            "no samples": Verdict.ERROR,
        }.items()
        if judgements[case].verdict is not expected
    ]
    if judgements["nothing changed"].verdict is Verdict.FAILED:
        wrong.append("nothing changed: failed")
    waited = sum(samples["now"].waits) / sum(samples["now"])
    if wrong and waited > distribution.MUCH_WAITED:
        check.conclude(
            Verdict.INCONCLUSIVE,
            f"{wrong[0]}; but threads waited for a processor for {waited:.0%} of the time",
        )
        return
    check.expect_none(wrong, "wrong conclusions")


def test_any_request(
    check: Check, project: HealthSession, configuration: Configuration, health_path: str
) -> None:
    """Any health check request, whatever its Host, query and headers, is answered 200 within 100 ms."""
    check.properties = PROPERTIES
    probe, workers = project.web.probe(health_path), project.web.workers()
    latencies: dict[tuple[float, float], Request] = {}
    """Milliseconds, and those of waiting for a processor -> request."""
    delays: list[float] = []
    any_site = "health-any-site" in configuration.policies
    slow: list[Request] = []

    def send(request: Request) -> tuple[tuple[float, float], Answer]:
        before = waited_ms(workers)
        answer = probe.send(request.method, query=request.query, headers=request.headers)
        return (answer.milliseconds, waited_ms(workers) - before), answer

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests())
    def verify(request: Request) -> None:
        if len(slow) >= ENOUGH:
            return
        took, answer = send(request)
        if took[0] >= distribution.LIMIT_MS:
            # A request that is slow is slow again; a delay of the machine does not repeat.
            delays.append(took[0])
            took = min(send(request)[0] for _ in range(REPEATS))
            if took[0] >= distribution.LIMIT_MS:
                slow.append(request)
        latencies[took] = request
        assert answer.status == 200, f"{answer.status} for {request}"
        # Otherwise Django's own middleware may replace a cookie that it cannot read.
        assert not any_site or "set-cookie" not in answer.headers, f"a cookie for {request}"

    with sampling.gc_frozen():
        verify()
    if delays:
        check.notes.append(
            f"{len(delays)} requests were repeated {REPEATS} times, since the first answer took up to "
            f"{max(delays):.0f} ms"
        )
    check.notes.append(f"{len(latencies)} different requests; the slowest was {latencies[max(latencies)]}")
    samples, waits = map(list, zip(*latencies, strict=True))
    _conclude(check, "any request", samples, distribution.check_limit(samples, (), waits))
