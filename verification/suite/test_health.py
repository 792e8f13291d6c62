"""Properties 1 and 2: the health endpoint answers in time, and asks nobody while it does.

What the project has is taken from its configuration: ``health_path``, ``health_view``, ``wsgi``,
``gunicorn_config``. The endpoint is asked in a real production process; the witnesses of Property 2
are described in ``verification.health.detectors.detectors``.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connections
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, given, settings

from verification.errors import CannotRun
from verification.health import probe_contract
from verification.health.detectors import detectors, observations
from verification.health.detectors.detectors import Trial
from verification.health.detectors.session import ONE_WORKER, Hearing, outage
from verification.health.latency import baseline, distribution
from verification.health.latency.distribution import Distribution, Judgement
from verification.health.requests import Request, requests
from verification.health.violating_project import project as guilty_project
from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.project.http_probe import POD
from verification.project.web_server import WebServer, environment
from verification.report.result import Check, Measurement, Table, Verdict

REFERENCE: Final = "verification.health.latency.reference:application"
AGAIN: Final = 3
"""How often a request is asked again whose first answer took too long."""
ROUNDS: Final = 300
"""Samples of each series."""
WATCHED: Final = 1000
"""Requests that the PostgreSQL server watches."""
TRIED: Final = 3
"""Requests by which each witness is tried with each offence: a first one and later ones."""


@dataclass(frozen=True)
class Processes:
    """All processes that the checks ask, up and idle."""

    project: Hearing
    guilty: Hearing
    peers: tuple[tuple[WebServer, WebServer], ...]
    """Pairs of a process of the project and one of the reference."""


@pytest.fixture(scope="module")
def health_path(configuration: Configuration) -> str:
    """The path that probes ask."""
    if not configuration.health_path:
        raise CannotRun(
            'pyproject.toml: [tool.verification] names no health_path; add health_path = "/health": '
            "without it Properties 1 and 2 cannot be verified"
        )
    return configuration.health_path


@pytest.fixture(scope="module")
def processes(
    configuration: Configuration, server: Server, health_path: str, pytestconfig: pytest.Config
) -> Iterator[Processes]:
    """Start everything side by side, then wait for all of it: nothing is measured meanwhile."""
    with ExitStack() as stack:
        enter = stack.enter_context
        database = enter(server.database())
        project = enter(
            Hearing(configuration, database, {health_path: health_path}, view=configuration.health_view)
        )
        guilty = enter(Hearing(guilty_project.configuration(), database, guilty_project.PATHS))
        variables = environment(configuration, database)
        second = enter(WebServer.of(configuration, variables, extra=ONE_WORKER))
        references = [enter(WebServer.of(configuration, variables, application=REFERENCE)) for _ in range(2)]
        project.wait()
        guilty.wait()
        for web in (second, *references):
            web.wait(health_path)
        yield Processes(project, guilty, tuple(zip((project.web, second), references, strict=True)))
        if reports := pytestconfig.getoption("--verification-reports"):
            Path(reports, "health-server.log").write_text(project.web.log(), encoding="utf-8")


@pytest.fixture(scope="module")
def guilty_served(processes: Processes) -> list[observations.Testimony]:
    """What the PostgreSQL server says about the guilty project, whose first requests these are."""
    return processes.guilty.server(requests=TRIED)


@pytest.fixture(scope="module")
def without_database(
    processes: Processes, server: Server, guilty_served: list[observations.Testimony]
) -> tuple[list[observations.Testimony], list[observations.Testimony]]:
    """What the project and the guilty project answered while the database was stopped."""
    del guilty_served  # heard before: the outage must not be what a first request meets
    connections.close_all()
    with outage(server):
        return processes.project.stopped(requests=20), processes.guilty.stopped(requests=1)


def test_view_latency(benchmark: Any, check: Check, configuration: Configuration, health_path: str) -> None:
    """The health view alone answers within 100 ms."""
    check.properties = ("Property 1",)
    if not configuration.health_view:
        raise CannotRun(
            "pyproject.toml: [tool.verification] names no health_view; "
            'add health_view = "app.views.health_check"'
        )
    view = import_string(configuration.health_view)
    request = RequestFactory().get(health_path)
    _benchmark(benchmark, check, "view", lambda: view(request).status_code)


def test_stack_latency(benchmark: Any, check: Check, health_path: str) -> None:
    """The whole Django stack answers the health path within 100 ms."""
    check.properties = ("Property 1",)
    client = Client(raise_request_exception=False, headers={"host": POD})
    _benchmark(benchmark, check, "Django stack", lambda: client.get(health_path).status_code)


def test_endpoint_latency(benchmark: Any, check: Check, processes: Processes, health_path: str) -> None:
    """GET on the health path over a socket to a production server process takes less than 100 ms."""
    check.properties = ("Property 1",)
    probe = processes.project.web.probe(health_path)
    _benchmark(benchmark, check, "socket", lambda: probe.send().status)


def _benchmark(benchmark: Any, check: Check, series: str, call: Any) -> None:
    """Take one call per sample, since a mean would hide the slowest, and hold them to the ceiling."""
    with distribution.quiet_heap():
        status = benchmark.pedantic(call, rounds=ROUNDS, iterations=1, warmup_rounds=distribution.WARM_UP)
    if benchmark.stats is None:
        raise CannotRun("no samples: pytest-benchmark is switched off; leave --benchmark-disable and -n away")
    samples = [seconds * 1000 for seconds in benchmark.stats.stats.data]
    check.samples[series] = samples
    check.measurements += Distribution.of(samples).measurements(series)
    assert status == 200, f"the {series} answers {status}, not 200"
    _conclude(check, distribution.judge_ceiling(samples, ()))


def _conclude(check: Check, judgement: Judgement) -> None:
    """Take over a judgement: a failure is an assertion, what settles nothing is said as such."""
    assert judgement.verdict is not Verdict.FAILED, judgement.reason
    check.conclude(judgement.verdict, judgement.reason)


def test_latency_beside_reference(
    check: Check,
    processes: Processes,
    configuration: Configuration,
    health_path: str,
    pytestconfig: pytest.Config,
) -> None:
    """Measured in turn with a server that does nothing, the endpoint keeps 100 ms and its baseline."""
    check.properties = ("Property 1",)
    metrics: dict[str, list[float]] = {}
    for metric, persistent in (("fresh connection", False), ("persistent connection", True)):
        endpoint, reference, against = [], [], []
        for number, (ours, theirs) in enumerate(processes.peers, 1):
            peers = {"endpoint": ours.probe(health_path), "reference": theirs.probe(health_path)}
            taken = distribution.interleave(peers, rounds=ROUNDS // 2, persistent=persistent)
            endpoint += taken["endpoint"]
            reference += taken["reference"]
            relative = distribution.relative(taken["endpoint"], taken["reference"])
            against += relative
            ratio = Distribution.of(relative).p50
            check.measurements.append(Measurement(f"{metric}, times the reference ({number})", ratio, "x"))
        check.samples[metric], check.samples[f"{metric}, reference"] = endpoint, reference
        check.measurements += Distribution.of(endpoint).measurements(metric)
        metrics[metric] = against
        _conclude(check, distribution.judge_ceiling(endpoint, reference))
    if reports := pytestconfig.getoption("--verification-reports"):
        baseline.save(Path(reports, baseline.NAME), metrics)
    if not configuration.health_baseline:
        check.notes.append(f"No baseline is configured: copy {baseline.NAME} and name it as health_baseline.")
        return
    for metric, samples in metrics.items():
        before = baseline.load(configuration.path(configuration.health_baseline), metric)
        judgement = distribution.compare(samples, before)
        check.notes.append(f"{metric} against the baseline: {judgement.reason}")
        _conclude(check, judgement)


def test_latency_alarm(check: Check, processes: Processes) -> None:
    """The measurement turns red when an endpoint is slowed, beyond the ceiling or beyond its baseline."""
    check.properties = ("Property 1",)
    web = processes.guilty.web
    slow = distribution.interleave({"slow": web.probe("/slow")}, rounds=3, warm_up=0)["slow"]
    peers = {"before": web.probe("/innocent"), "now": web.probe("/sluggish")}
    taken = distribution.interleave(peers, rounds=50)
    same = distribution.interleave({"a": web.probe("/innocent"), "b": web.probe("/innocent")}, rounds=50)
    verdicts = {
        "slower than 100 ms": distribution.judge_ceiling(slow, taken["before"]),
        "slower than its baseline": distribution.compare(taken["now"], taken["before"]),
        "no samples": distribution.compare([], taken["before"]),
        "nothing changed": distribution.compare(same["b"], same["a"]),
    }
    rows = [(case, judged.verdict.value, judged.reason) for case, judged in verdicts.items()]
    check.tables.append(Table("What the measurement said", ("case", "verdict", "reason"), rows))

    assert verdicts["slower than 100 ms"].verdict is Verdict.FAILED
    assert verdicts["slower than its baseline"].verdict is Verdict.FAILED
    assert verdicts["no samples"].verdict is Verdict.ERROR
    assert verdicts["nothing changed"].verdict is not Verdict.FAILED
    check.passed("The measurement turns red for each of the slow cases.")


def test_any_request(check: Check, processes: Processes, health_path: str) -> None:
    """Any health check request, whatever its Host, query and headers, is answered 200 within 100 ms."""
    check.properties = ("Property 1",)
    probe = processes.project.web.probe(health_path)
    taken: dict[float, Request] = {}
    stalls: list[float] = []

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests())
    def ask(request: Request) -> None:
        answer = probe.send(request.method, query=request.query, headers=request.headers)
        milliseconds = answer.milliseconds
        if milliseconds >= distribution.CEILING_MS:
            # A request that is slow is slow again; a moment of the machine's is not.
            stalls.append(milliseconds)
            again = [
                probe.send(request.method, query=request.query, headers=request.headers) for _ in range(AGAIN)
            ]
            milliseconds = min(each.milliseconds for each in again)
        taken[milliseconds] = request
        assert answer.status == 200, f"{answer.status} for {request}"
        assert "set-cookie" not in answer.headers, f"a cookie for {request}"

    with distribution.quiet_heap():
        ask()
    if stalls:
        check.notes.append(
            f"Asked {AGAIN} times again, since the first answer took {max(stalls):.0f} ms: {len(stalls)}"
        )
    check.samples["any request"] = list(taken)
    check.measurements += Distribution.of(list(taken)).measurements("any request")
    check.notes.append(f"{len(taken)} different requests; the slowest was {taken[max(taken)]}")
    _conclude(check, distribution.judge_ceiling(list(taken), ()))


def test_purity(check: Check, processes: Processes) -> None:
    """No witness sees a query, a connection, a name, a program or any other call to the outside."""
    check.properties = ("Property 2",)
    project = processes.project
    heard = [
        *project.inside(requests=20),
        *project.server(requests=WATCHED),
        *project.trap(requests=100),
        *project.system_calls(requests=100),
    ]
    check.tables.append(_testimonies(heard))
    check.measurements += [
        Measurement(f"{each.witness}, {each.subject}: seen", len(each.seen), "calls", 0) for each in heard
    ]
    if project.no_trace is not None:
        check.notes.append(f"One witness could not be heard, system calls: {project.no_trace}")
    accusations = detectors.accusations(heard)
    check.measure("violations", len(accusations), "findings", 0)
    assert not accusations, "; ".join(accusations)


def _testimonies(heard: list[observations.Testimony]) -> Table:
    blind = {witness.name: witness.blind_to for witness in detectors.ALL}
    return Table(
        "What the witnesses saw",
        ("witness", "about", "requests", "calls seen", "answers other than 200", "blind to"),
        [
            (each.witness, each.subject, each.requests, len(each.seen), len(each.wrong), blind[each.witness])
            for each in heard
        ],
    )


def test_database_stopped(
    check: Check, without_database: tuple[list[observations.Testimony], list[observations.Testimony]]
) -> None:
    """With the database stopped the endpoint still answers 200."""
    check.properties = ("Property 2",)
    heard, _ = without_database
    check.tables.append(_testimonies(heard))
    accusations = detectors.accusations(heard)
    check.measure("violations", len(accusations), "findings", 0)
    assert not accusations, "; ".join(accusations)


def test_witnesses(
    check: Check,
    processes: Processes,
    guilty_served: list[observations.Testimony],
    without_database: tuple[list[observations.Testimony], list[observations.Testimony]],
) -> None:
    """Each witness catches every offence that it claims to see, and does not accuse the innocent."""
    check.properties = ("Property 2",)
    guilty = processes.guilty
    trial = Trial(
        [
            *guilty.inside(requests=TRIED),
            *guilty_served,
            *guilty.trap(requests=TRIED),
            *guilty.system_calls(requests=TRIED),
            *without_database[1],
        ]
    )
    check.tables.append(trial.table())
    if guilty.no_trace is not None:
        check.notes.append(f"One witness could not be tried, system calls: {guilty.no_trace}")
    failures = trial.failures()
    check.measure("violations missed or invented", len(failures), "findings", 0)
    assert not failures, "; ".join(failures)


def test_probe_pitfalls(check: Check, processes: Processes, health_path: str) -> None:
    """A probe sees 200, a length and no cookie by GET and HEAD, even on a site that redirects to https."""
    wrong = [
        f"{site}: {each}"
        for site, web in {"as configured": processes.project.web, "strict": processes.project.harsh}.items()
        for each in probe_contract.answers(web, health_path)
    ]
    check.measurements.append(Measurement("answers that mislead a probe", len(wrong), "findings", 0))
    assert not wrong, "; ".join(wrong)


def test_methods(check: Check, processes: Processes, health_path: str) -> None:
    """Methods other than GET and HEAD are answered 405 with Allow: GET, HEAD."""
    wrong = list(probe_contract.methods(processes.project.web, health_path))
    check.measurements.append(Measurement("methods answered wrongly", len(wrong), "methods", 0))
    assert not wrong, "; ".join(wrong)


def test_log_noise(check: Check, processes: Processes, health_path: str) -> None:
    """Successful probes leave no line in the log; a path that only begins like theirs does."""
    wrong, logs_requests = probe_contract.log_noise(processes.project.web, health_path, probes=50)
    if not logs_requests:
        check.notes.append(
            "This server logs no requests at all, so that none of a neighbour was to be found."
        )
    check.measure("lines that should not be or are missing", len(wrong), "findings", 0)
    assert not wrong, "; ".join(wrong)
