"""Properties 1 and 2: the health endpoint answers in time, without queries and outgoing calls.

The configuration of the project names the endpoint: ``health_path``, ``health_view``, ``wsgi``,
``gunicorn_config``. It is requested on production server processes of one worker each; the detectors of
Property 2 are described in ``verification.health.detectors``.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connections
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, given, settings

from verification.errors import CannotRun
from verification.health import probe_contract
from verification.health.detectors.observations import Observation
from verification.health.detectors.self_test import DetectorSelfTest
from verification.health.detectors.session import ALL, ONE_WORKER, HealthSession, outage
from verification.health.latency import baseline, distribution, sampling
from verification.health.latency.distribution import Distribution, Judgement
from verification.health.requests import Request, requests
from verification.health.violating_project import configuration as violating_project
from verification.postgres.server import Database, Server
from verification.project.configuration import Configuration
from verification.project.http_probe import POD, Answer
from verification.project.web_server import WebServer
from verification.report.result import Check, Measurement, Table, Verdict

REFERENCE: Final = "verification.health.latency.reference:application"
REPEATS: Final = 3
"""How often a request is repeated if its first answer took too long."""
SAMPLES: Final = 300
"""Samples of each series."""
IN_PROCESS_REQUESTS: Final = 20
OUTAGE_REQUESTS: Final = 20
LOGGED_REQUESTS: Final = 1000
"""Requests that are observed with the PostgreSQL log."""
TRACED_REQUESTS: Final = 100
"""Requests that are observed with the host sink and strace."""
SELF_TEST_REQUESTS: Final = 3
"""Requests for each violation: the first one and later ones."""


@pytest.fixture(scope="module")
def health_path(configuration: Configuration) -> str:
    """The path that probes request."""
    if not configuration.health_path:
        raise CannotRun(
            "pyproject.toml: [tool.verification] has no health_path",
            'add health_path = "/health": without it Properties 1 and 2 cannot be verified',
        )
    return configuration.health_path


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    """The database of all processes."""
    with server.database() as database:
        yield database


@pytest.fixture(scope="module")
def project(
    configuration: Configuration, database: Database, health_path: str, pytestconfig: pytest.Config
) -> Iterator[HealthSession]:
    """The processes of the project under verification."""
    paths = {health_path: health_path}
    with HealthSession(configuration, database, paths, view=configuration.health_view) as session:
        yield session
        if reports := pytestconfig.getoption("--verification-reports"):
            Path(reports, "health-server.log").write_text(session.log(), encoding="utf-8")


@pytest.fixture(scope="module")
def control(database: Database) -> Iterator[HealthSession]:
    """The processes of the project that commits every violation."""
    with HealthSession(violating_project.configuration(), database, violating_project.PATHS) as session:
        yield session


@pytest.fixture(scope="module")
def servers_and_reference(
    configuration: Configuration, project: HealthSession, health_path: str
) -> Iterator[tuple[list[WebServer], WebServer]]:
    """Two servers of the project, since latency varies from process to process, and one of the reference."""
    with ExitStack() as stack:
        second, reference = (
            stack.enter_context(
                WebServer.of(configuration, project.variables, application=application, extra=ONE_WORKER)
            )
            for application in ("", REFERENCE)
        )
        yield [project.web, second.wait(health_path)], reference.wait(health_path)


def test_view_latency(benchmark: Any, check: Check, configuration: Configuration, health_path: str) -> None:
    """The health view alone answers within 100 ms."""
    check.properties = ("Property 1",)
    if not configuration.health_view:
        raise CannotRun(
            "pyproject.toml: [tool.verification] has no health_view",
            'add health_view = "app.views.health_check"',
        )
    view = import_string(configuration.health_view)
    request = RequestFactory().get(health_path)
    _benchmark(benchmark, check, "view", lambda: view(request).status_code)


def test_stack_latency(benchmark: Any, check: Check, health_path: str) -> None:
    """The whole Django stack answers the health path within 100 ms."""
    check.properties = ("Property 1",)
    client = Client(raise_request_exception=False, headers={"host": POD})
    _benchmark(benchmark, check, "Django stack", lambda: client.get(health_path).status_code)


def test_purity(check: Check, project: HealthSession) -> None:
    """No detector sees a query, a connection, a name lookup, a program or any other outgoing call."""
    check.properties = ("Property 2",)
    observations = [
        *project.observe_in_process(requests=IN_PROCESS_REQUESTS),
        *project.observe_postgres_log(requests=LOGGED_REQUESTS),
        *project.observe_strict_site(requests=TRACED_REQUESTS),
    ]
    check.tables.append(_table(observations))
    check.measurements += [
        Measurement(f"{observation.detector}, {observation.subject}: seen", len(observation.seen), "calls", 0)
        for observation in observations
    ]
    if project.strace_unavailable is not None:
        check.notes.append(f"One detector was not used: {project.strace_unavailable}")
    violations = _violations(observations)
    assert not violations, "; ".join(map(str, violations))


def test_detectors(check: Check, control: HealthSession, server: Server) -> None:
    """Each detector sees every violation that it claims to see, and does not report a clean view."""
    check.properties = ("Property 2",)
    self_test = DetectorSelfTest(
        [
            *control.observe_in_process(requests=SELF_TEST_REQUESTS),
            *control.observe_postgres_log(requests=SELF_TEST_REQUESTS),
            *control.observe_strict_site(requests=SELF_TEST_REQUESTS),
            *_observe_outage(control, server, requests=1),
        ]
    )
    check.tables.append(self_test.table())
    if control.strace_unavailable is not None:
        check.notes.append(f"One detector was not tested: {control.strace_unavailable}")
    _expect_none(check, "claims that do not hold", self_test.failures())


def test_database_stopped(check: Check, project: HealthSession, server: Server) -> None:
    """With the database stopped the endpoint still answers 200."""
    check.properties = ("Property 2",)
    observations = _observe_outage(project, server, requests=OUTAGE_REQUESTS)
    check.tables.append(_table(observations))
    _expect_none(check, "violations", _violations(observations))


def _observe_outage(session: HealthSession, server: Server, *, requests: int) -> list[Observation]:
    session.wait()
    connections.close_all()
    with outage(server):
        return session.observe_without_database(requests=requests)


def _violations(observations: Sequence[Observation]) -> list[Observation]:
    return [observation for observation in observations if not observation.clean]


def _table(observations: Sequence[Observation]) -> Table:
    blind_to = {detector.name: detector.blind_to for detector in ALL}
    return Table(
        "What the detectors saw",
        ("detector", "subject", "requests", "calls seen", "answers other than 200", "blind to"),
        [
            (
                seen.detector,
                seen.subject,
                seen.requests,
                len(seen.seen),
                len(seen.wrong),
                blind_to[seen.detector],
            )
            for seen in observations
        ],
    )


def test_endpoint_latency(benchmark: Any, check: Check, project: HealthSession, health_path: str) -> None:
    """GET on the health path over a socket to a production server process takes less than 100 ms."""
    check.properties = ("Property 1",)
    probe = project.web.probe(health_path)
    _benchmark(benchmark, check, "socket", lambda: probe.send().status)


def _benchmark(benchmark: Any, check: Check, series: str, call: Callable[[], int]) -> None:
    """Take one call per sample, since a mean would hide the slowest, and compare them with the limit."""
    with sampling.gc_frozen():
        status = benchmark.pedantic(
            call, rounds=SAMPLES, iterations=1, warmup_rounds=sampling.WARM_UP_REQUESTS
        )
    if benchmark.stats is None:
        raise CannotRun("no samples: pytest-benchmark is switched off", "omit --benchmark-disable and -n")
    samples = [seconds * 1000 for seconds in benchmark.stats.stats.data]
    check.samples[series] = samples
    check.measurements += Distribution.of(samples).measurements(series)
    assert status == 200, f"the {series} answers {status}, not 200"
    _conclude(check, distribution.check_limit(samples, ()))


def _conclude(check: Check, judgement: Judgement) -> None:
    """Fail for a judgement that is a failure, and record one that is neither that nor a pass."""
    assert judgement.verdict is not Verdict.FAILED, judgement.reason
    check.conclude(judgement.verdict, judgement.reason)


def test_latency_beside_reference(
    check: Check,
    servers_and_reference: tuple[list[WebServer], WebServer],
    configuration: Configuration,
    health_path: str,
    pytestconfig: pytest.Config,
) -> None:
    """Measured in turn with a server that does nothing, the endpoint keeps to 100 ms and to its baseline."""
    check.properties = ("Property 1",)
    servers, reference_server = servers_and_reference
    metrics: dict[str, list[float]] = {}
    for metric, persistent in (("fresh connection", False), ("persistent connection", True)):
        endpoint, reference, ratios = [], [], []
        for number, web in enumerate(servers, 1):
            probes = {"endpoint": web.probe(health_path), "reference": reference_server.probe(health_path)}
            samples = sampling.interleave(probes, rounds=SAMPLES // 2, persistent=persistent)
            endpoint += samples["endpoint"]
            reference += samples["reference"]
            relative = distribution.relative(samples["endpoint"], samples["reference"])
            ratios += relative
            ratio = Distribution.of(relative).p50
            check.measurements.append(Measurement(f"{metric}, times the reference ({number})", ratio, "x"))
        check.samples[metric], check.samples[f"{metric}, reference"] = endpoint, reference
        judgement = distribution.check_limit(endpoint, reference)
        # If the reference is too slow as well, the figures prove nothing and have no limit to break.
        limit = None if judgement.verdict is Verdict.INCONCLUSIVE else distribution.LIMIT_MS
        check.measurements += Distribution.of(endpoint).measurements(metric, limit)
        metrics[metric] = ratios
        _conclude(check, judgement)
    if reports := pytestconfig.getoption("--verification-reports"):
        baseline.save(Path(reports, baseline.NAME), metrics)
    if not configuration.health_baseline:
        check.notes.append(f"No baseline is configured: copy {baseline.NAME} and name it as health_baseline.")
        return
    for metric, samples_now in metrics.items():
        before = baseline.load(configuration.path(configuration.health_baseline), metric)
        judgement = distribution.compare(samples_now, before)
        check.notes.append(f"{metric} against the baseline: {judgement.reason}")
        _conclude(check, judgement)


def test_latency_alarm(check: Check, control: HealthSession) -> None:
    """The measurement fails for an endpoint that is slower than the limit, or than its baseline."""
    check.properties = ("Property 1",)
    web = control.web
    clean = web.probe("/clean")
    slow = sampling.interleave({"slow": web.probe("/over-limit")}, rounds=3, warm_up=0)["slow"]
    samples = sampling.interleave({"before": clean, "now": web.probe("/slower")}, rounds=50)
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
    _expect_none(check, "wrong conclusions", wrong)


def _expect_none(check: Check, name: str, lines: Sequence[object]) -> None:
    """Record how many violations there are, and fail with their lines if there is one."""
    check.measurements.append(Measurement(name, len(lines), "findings", 0))
    assert not lines, "; ".join(map(str, lines))


def test_any_request(check: Check, project: HealthSession, health_path: str) -> None:
    """Any health check request, whatever its Host, query and headers, is answered 200 within 100 ms."""
    check.properties = ("Property 1",)
    probe = project.web.probe(health_path)
    latencies: dict[float, Request] = {}
    delays: list[float] = []

    def send(request: Request) -> tuple[float, Answer]:
        answer = probe.send(request.method, query=request.query, headers=request.headers)
        return answer.milliseconds, answer

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests())
    def verify(request: Request) -> None:
        milliseconds, answer = send(request)
        if milliseconds >= distribution.LIMIT_MS:
            # A request that is slow is slow again; a delay of the machine does not repeat.
            delays.append(milliseconds)
            milliseconds = min(send(request)[0] for _ in range(REPEATS))
        latencies[milliseconds] = request
        assert answer.status == 200, f"{answer.status} for {request}"
        assert "set-cookie" not in answer.headers, f"a cookie for {request}"

    with sampling.gc_frozen():
        verify()
    if delays:
        check.notes.append(
            f"{len(delays)} requests were repeated {REPEATS} times, since the first answer took up to "
            f"{max(delays):.0f} ms"
        )
    check.samples["any request"] = list(latencies)
    check.measurements += Distribution.of(list(latencies)).measurements("any request")
    check.notes.append(f"{len(latencies)} different requests; the slowest was {latencies[max(latencies)]}")
    _conclude(check, distribution.check_limit(list(latencies), ()))


def test_probe_contract(check: Check, project: HealthSession, health_path: str) -> None:
    """GET and HEAD of a probe get 200, a length and no cookie, even on a site that redirects to https."""
    wrong = [
        f"{site}: {line}"
        for site, web in {"as configured": project.web, "strict site": project.strict_site}.items()
        for line in probe_contract.wrong_answers(web, health_path)
    ]
    _expect_none(check, "answers that mislead a probe", wrong)


def test_methods(check: Check, project: HealthSession, health_path: str) -> None:
    """Methods other than GET and HEAD are answered 405 with Allow: GET, HEAD."""
    wrong = list(probe_contract.wrong_methods(project.web, health_path))
    _expect_none(check, "methods answered wrongly", wrong)


def test_log_noise(check: Check, project: HealthSession, health_path: str) -> None:
    """Successful probes leave no line in the log; a path that only begins like theirs does."""
    wrong, logs_requests = probe_contract.log_noise(project.web, health_path, probes=50)
    if not logs_requests:
        check.notes.append("This server logs no requests at all, so a missing line says nothing.")
    _expect_none(check, "faults of the log", wrong)
