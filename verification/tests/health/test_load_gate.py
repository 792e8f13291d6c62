"""The gate names what is wrong with a server that fails under load, and is silent about one that does not."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from verification.errors import CannotRun
from verification.health.load import findings
from verification.health.load.client import Exchange
from verification.health.load.control import GRACEFUL_SECONDS
from verification.health.load.findings import Observation
from verification.health.load.options import Load
from verification.health.load.stopping import draining
from verification.health.load.subject import Subject, control_subject
from verification.project.configuration import Configuration
from verification.project.environment import clean_environment
from verification.report.pictures import load as picture_of_load
from verification.tests.suite.faulty_copies import copy_project, gate

PROBE_THROUGH_THE_POOL = """

def probe_of(head: bytes) -> Probe | None:
    return None
"""
READINESS_FORGOTTEN = """

def refuse() -> None:
    return
"""
BULKHEAD_OF_INFINITE_SIZE = """

@contextmanager
def slot(share: Share) -> Iterator[None]:
    yield
"""
BACKLOG = """            while self.accept(listener):
                pass
"""
APPENDED = {
    "coffee_payment/server/heads.py": PROBE_THROUGH_THE_POOL,
    "payments/health/readiness.py": READINESS_FORGOTTEN,
    "payments/outgoing/bulkhead.py": BULKHEAD_OF_INFINITE_SIZE,
}


@pytest.mark.slow
def test_faults_of_the_server_are_named(configuration: Configuration, tmp_path: Path) -> None:
    """Probes through the pool, readiness forgotten, the backlog dropped, no bound on calls."""
    root = copy_project(configuration, tmp_path)
    source = root / configuration.paths[0]
    for name, fault in APPENDED.items():
        file = source / name
        file.write_text(file.read_text() + fault)
    worker = source / "coffee_payment" / "server" / "worker.py"
    text = worker.read_text()
    assert BACKLOG in text
    worker.write_text(text.replace(BACKLOG, "            del listener\n"))

    done = gate(root, "test_health_load.py")

    assert done.status == 1
    for check, words in {
        "health.saturated": [
            "probes failed beside 24 requests to a ",  # database, or late host: whichever was asked first
            "hold all 8 threads; bound how many",
        ],
        "health.draining": ["/health/ready did not refuse within", "waited in the backlog were dropped"],
    }.items():
        assert done.checks[check]["verdict"] == "failed", done.output
        for each in words:
            assert each in str(done.checks[check]["findings"])
    assert done.checks["health.long_run"]["verdict"] == "passed", done.checks["health.long_run"]["reason"]


def exchanges(*seconds: float) -> list[Exchange]:
    return [Exchange("probe", number / 100, 0.0, each, 200, "") for number, each in enumerate(seconds)]


@pytest.mark.parametrize(
    ("probes", "words"),
    [
        (exchanges(*[0.005] * 2000), ""),
        (exchanges(*[0.005] * 1999, 0.3), ""),  # one of 2,000 is beyond p99.9
        ([Exchange("probe", 0, 0.4, 0.45, 200, "")] * 5, ""),  # the client was late, not the server
        (exchanges(*[0.005] * 990, *[0.3] * 10), "p99.9 is 300 ms, the limit is 100 ms"),
        (
            [*exchanges(0.01), Exchange("probe", 0, 0, 1.0, 0, "TimeoutError")],
            "1 of 2 probes failed (the first: Time",
        ),
        ([*exchanges(0.01), Exchange("probe", 0, 0, 0.1, 503, "")], "status 503 after 0.10 s"),
    ],
)
def test_probes_are_judged(probes: list[Exchange], words: str) -> None:
    """Every one must be answered, 999 of 1,000 in time."""
    observation = Observation()

    findings.judge_probes(observation, probes, "beside nothing")

    lines = " ".join(observation.findings).replace(" beside nothing", "")
    assert words in lines if words else not lines


def test_the_time_line_shows_probes_and_load() -> None:
    """A dot for each probe, those without an answer in another colour, and the most requests in flight."""
    load = [Exchange("request", number / 10, 0, 1.0, 200, "") for number in range(3)]
    missed = Exchange("probe", 0.5, 0, 1.0, 0, "TimeoutError")

    picture = picture_of_load.draw(findings.timeline([*exchanges(0.01, 0.02), missed, *load], 0.0, "request"))

    assert picture.count('class="probe"') == 2
    assert picture.count('class="missed"') == 1
    assert ">3<" in picture


@pytest.mark.parametrize(("most", "rate", "count"), [(math.inf, 100.0, 200), (20.0, 20.0, 40)])
def test_a_slow_server_gets_fewer_probes(most: float, rate: float, count: int) -> None:
    """Probes alone must not be the load: an asynchronous site may take tens of milliseconds for each."""
    subject = Subject(
        web=cast("Any", None), threads=1, health_path="/health", ready_path="", load=Load(path="/pay"),
        late=cast("Any", None), most_rate=most,
    )  # fmt: skip

    probes = subject.probes(2.0, 100.0)

    assert (probes.rate, probes.count) == (rate, count)


@pytest.mark.slow
def test_without_a_readiness_probe_the_backlog_may_be_dropped(configuration: Configuration) -> None:
    """What waited in the backlog is a note then; a request that had begun before SIGTERM is owed an answer."""
    with control_subject(clean_environment(configuration)) as subject:
        harmless = draining(replace(subject, ready_path=""))
    with control_subject(clean_environment(configuration)) as subject:
        subject.late.seconds = 2 * GRACEFUL_SECONDS
        fault = draining(replace(subject, ready_path=""))

    assert harmless.findings == []
    # All 20, unless gunicorn accepts one before it closes its port: 19 were seen on a busy machine.
    assert (
        "20 of 20 clients that waited in the backlog were dropped at the stop. Without" in harmless.notes[0]
    )
    assert "requests were lost at the stop (the first: request, " in str(fault.findings)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"url": "/"}, "has no key 'url'; known keys: body, content_type"),
        ({"method": "GET"}, "names no path"),
    ],
)
def test_a_wrong_table_is_refused(table: dict[str, str], words: str) -> None:
    """The message names the key; without a table there is no load, which is no error."""
    with pytest.raises(CannotRun, match=words):
        Load.of(Configuration(root=Path(), load=table))
    assert Load.of(Configuration(root=Path())) is None
