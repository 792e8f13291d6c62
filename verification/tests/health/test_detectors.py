"""The detectors, run on a project that commits every violation."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from verification.errors import CannotRun
from verification.health.detectors import (
    host_sink,
    in_process_detectors,
    observations,
    postgres_log,
    session,
    strace,
)
from verification.health.detectors.detector import Detector
from verification.health.detectors.observations import Observation
from verification.health.detectors.postgres_log import StatementLog
from verification.health.detectors.self_test import DetectorSelfTest
from verification.health.detectors.session import ALL, HealthSession, outage
from verification.health.detectors.violations import CLEAN, Violation
from verification.health.requests import ON_OCCASION, Request
from verification.health.violating_project import configuration as violating_project
from verification.postgres import providers
from verification.postgres.server import Database
from verification.project.environment import environment

REQUESTS = (Request(), *ON_OCCASION)
CAPTURED_QUERIES = next(detector for detector in ALL if detector.name == "captured queries")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A database on a server of its own: it is stopped, and its whole log is read."""
    with providers.start("embedded") as server, server.database() as database:
        yield database


@pytest.fixture(scope="module")
def self_test(database: Database) -> DetectorSelfTest:
    """The violating project, observed by all detectors."""
    with HealthSession(violating_project.configuration(), database, violating_project.PATHS) as control:
        observed = [
            *control.observe_in_process(REQUESTS),
            *control.observe_postgres_log(REQUESTS),
            *control.observe_strict_site(REQUESTS),
        ]
        with outage(database.server):
            observed += control.observe_without_database(REQUESTS[:1])
    return DetectorSelfTest(observed)


@pytest.mark.parametrize("detector", ALL, ids=lambda detector: detector.name)
def test_detector_sees_what_it_claims(self_test: DetectorSelfTest, detector: Detector) -> None:
    """Each detector sees all that it claims to see, and does not report the clean view."""
    if detector is strace.DETECTOR and strace.unavailable():
        assert self_test.detected(detector, CLEAN) is None
        return
    claimed = {violation: self_test.detected(detector, violation) for violation in detector.claims}

    assert claimed == dict.fromkeys(detector.claims, True)
    assert self_test.detected(detector, CLEAN) is False
    assert self_test.failures([detector]) == []


def test_every_violation_has_a_detector_that_always_runs() -> None:
    """No violation depends on the one detector that some machines do not allow."""
    always = frozenset[Violation]().union(*(detector.claims for detector in ALL if detector.required))

    assert always == frozenset(Violation)


def test_every_detector_is_listed() -> None:
    """The list of all detectors has those of each family, and no name twice."""
    families = {
        *in_process_detectors.DETECTORS,
        in_process_detectors.DRAWN,
        host_sink.DETECTOR,
        postgres_log.DETECTOR,
        session.WITHOUT_DATABASE,
        strace.DETECTOR,
    }

    assert set(ALL) == families
    assert len({detector.name for detector in ALL}) == len(ALL)


def test_detector_that_misses_a_violation_fails(self_test: DetectorSelfTest) -> None:
    """A claim that does not hold is named, with the violation in words."""
    detector = replace(CAPTURED_QUERIES, claims=CAPTURED_QUERIES.claims | {Violation.RAW_DRIVER})

    assert self_test.failures([detector]) == [
        "captured queries: missed the driver without Django (raw-driver), which it claims to see"
    ]
    assert ["the driver without Django", "missed: WRONG"] in [
        list(row) for row in self_test.table([detector]).rows
    ]


def test_detector_that_reports_everything_fails() -> None:
    """A detector that reports the clean view proves nothing."""
    everything = [
        Observation.of(CAPTURED_QUERIES.name, subject, ["x"], [200]) for subject in violating_project.PATHS
    ]

    assert DetectorSelfTest(everything).failures([CAPTURED_QUERIES]) == [
        "captured queries: reported the clean view"
    ]


def test_detector_that_was_not_used_fails() -> None:
    """Nothing seen because nothing was requested is no evidence."""
    failures = DetectorSelfTest([]).failures([CAPTURED_QUERIES])

    assert len(failures) == len(CAPTURED_QUERIES.claims) + 1


def test_optional_detector_may_be_missing() -> None:
    """Where strace is not allowed the self-test does not fail; the table says so."""
    self_test = DetectorSelfTest([])

    assert self_test.failures([strace.DETECTOR]) == []
    assert {row[1] for row in self_test.table([strace.DETECTOR]).rows} == {"not observed"}


@pytest.mark.parametrize(
    ("observation", "line"),
    [
        (Observation.of("d", "/health", [], [200, 200]), None),
        (Observation.of("d", "/health", ["a", "b", "a"], [200]), "d, /health: saw 3: a | b"),
        (
            Observation.of("d", "/health", [], [200, 500, None]),
            "d, /health: answers other than 200: 500, no answer",
        ),
        (Observation.of("d", "/health", [], []), "d, /health: no request was made"),
    ],
)
def test_line_of_an_observation(observation: Observation, line: str | None) -> None:
    """Calls, wrong answers and an observation without requests are all violations."""
    assert observation.clean is (line is None)
    assert line is None or str(observation) == line


def test_counters_replace_a_log_that_cannot_be_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server whose log cannot be read, its counters show a session."""

    def refuse() -> str:
        raise CannotRun("the log of an existing server cannot be read")

    monkeypatch.setattr(database.server, "log", refuse)
    with StatementLog(database) as log:
        log.mark("idle")
        log.mark("busy")
        database.execute("SELECT 1")
        observed = log.observed()

    assert log.log_unavailable == "the log of an existing server cannot be read"
    assert observed == {"idle": [], "busy": ["1 sessions counted"]}


def test_server_parameters_are_reset(database: Database) -> None:
    """After the observation the server logs no more than before."""
    before = database.execute("SHOW log_statement")
    with StatementLog(database) as log:
        log.mark("idle")
        assert log.observed() == {"idle": []}

    settings = database.execute(
        "SELECT name FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' AND name LIKE 'log%'"
    )
    assert (database.execute("SHOW log_statement"), settings) == (before, [])


def test_project_that_does_not_start(database: Database) -> None:
    """A project whose settings cannot be imported is reported in one line."""
    configuration = replace(
        violating_project.configuration(), settings="verification.health.violating_project.absent"
    )

    with pytest.raises(CannotRun, match=r"the project does not start .*absent") as caught:
        observations.observe_in_process(
            configuration,
            environment(configuration, database),
            paths=violating_project.PATHS,
            requests=REQUESTS,
            examples=0,
        )

    assert "\n" not in str(caught.value)
