"""The witnesses, heard about a project that commits every offence in turn."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from verification.errors import CannotRun
from verification.health.detectors import detectors, observations, strace, violations
from verification.health.detectors.detectors import Trial, Witness
from verification.health.detectors.in_process_detectors import RECORDERS
from verification.health.detectors.observations import hear_inside, record
from verification.health.detectors.postgres_log import ServerWatch
from verification.health.detectors.session import Hearing, outage
from verification.health.detectors.violations import INNOCENT, Offence
from verification.health.violating_project import project
from verification.postgres import providers
from verification.postgres.server import Database
from verification.project.web_server import environment

pytestmark = pytest.mark.xdist_group("health-witnesses")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A database on a server of its own: it is stopped, and its whole log is read."""
    with providers.start("embedded") as server, server.database() as database:
        yield database


@pytest.fixture(scope="module")
def trial(database: Database) -> Trial:
    """The guilty project heard by all witnesses."""
    with Hearing(project.configuration(), database, project.PATHS) as hearing:
        hearing.wait()
        heard = [
            *hearing.inside(requests=2),
            *hearing.server(requests=2),
            *hearing.trap(requests=2),
            *hearing.system_calls(requests=2),
        ]
        with outage(database.server):
            heard += hearing.stopped(requests=1)
    return Trial(heard)


@pytest.mark.parametrize("witness", detectors.ALL, ids=lambda witness: witness.name)
def test_witness_keeps_its_word(trial: Trial, witness: Witness) -> None:
    """Each witness catches all that it claims to see, and leaves the innocent in peace."""
    if witness is detectors.SYSTEM_CALLS and strace.unavailable():
        assert trial.caught(witness, INNOCENT) is None
        return
    claimed = {offence: trial.caught(witness, offence) for offence in witness.claims}

    assert claimed == dict.fromkeys(witness.claims, True)
    assert trial.caught(witness, INNOCENT) is False
    assert trial.failures([witness]) == []


def test_every_offence_has_a_witness_that_always_stands() -> None:
    """No offence depends on the one witness that some machines do not admit."""
    always = frozenset[Offence]().union(*(each.claims for each in detectors.ALL if each.required))

    assert always == violations.EVERYTHING


def test_inner_witnesses_are_those_of_the_recorders() -> None:
    """Each recorder is called as a witness, and no other is."""
    assert [each.name for each in detectors.ALL if each.inside] == list(RECORDERS)


def test_witness_that_lets_an_offence_past_fails_the_trial(trial: Trial) -> None:
    """A claim that does not hold is named, with the offence in words."""
    boastful = replace(detectors.QUERIES, claims=detectors.QUERIES.claims | {Offence.RAW_DRIVER})

    assert trial.failures([boastful]) == [
        "captured queries: let psycopg2 without Django (raw-driver) past, which it claims to see"
    ]
    assert ["psycopg2 without Django", "let past: WRONG"] in [
        list(row) for row in trial.table([boastful]).rows
    ]


def test_witness_that_accuses_everybody_fails_the_trial() -> None:
    """Who accuses the innocent proves nothing."""
    everybody = [record("captured queries", subject, ["x"], [200]) for subject in project.PATHS]

    assert Trial(everybody).failures([detectors.QUERIES]) == [
        "captured queries: accused the view that does nothing wrong, or was not heard"
    ]


def test_witness_that_was_not_heard_fails_the_trial() -> None:
    """Silence because nobody asked is no evidence."""
    failures = Trial([]).failures([detectors.AUDIT])

    assert len(failures) == len(detectors.AUDIT.claims) + 1


def test_optional_witness_may_be_missing() -> None:
    """The kernel, where it may not be asked, does not fail the trial; the table says so."""
    trial = Trial([])

    assert trial.failures([detectors.SYSTEM_CALLS]) == []
    assert {row[1] for row in trial.table([detectors.SYSTEM_CALLS]).rows} == {"not heard"}


@pytest.mark.parametrize(
    ("statement", "accusation"),
    [
        (record("w", "/health", [], [200, 200]), None),
        (record("w", "/health", ["a", "b", "a"], [200]), "w, /health: saw 3: a | b"),
        (record("w", "/health", [], [200, 500, None]), "w, /health: answers other than 200: 500, no answer"),
        (record("w", "/health", [], []), "w, /health: no request was made"),
    ],
)
def test_accusations(statement: observations.Testimony, accusation: str | None) -> None:
    """What was seen, wrong answers and a hearing without requests are all held against the endpoint."""
    assert detectors.accusations([statement]) == ([accusation] if accusation else [])


def test_counters_stand_in_for_a_log_that_cannot_be_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server whose log is not ours, its counters tell of a session."""

    def refuse() -> str:
        raise CannotRun("the log of an existing server is not ours to read")

    monkeypatch.setattr(database.server, "log", refuse)
    with ServerWatch(database) as watch:
        watch.mark("idle")
        watch.mark("busy")
        database.execute("SELECT 1")
        told = watch.told()

    assert watch.silent_log == "the log of an existing server is not ours to read"
    assert told == {"idle": [], "busy": ["1 sessions counted"]}


def test_server_is_left_as_it_was(database: Database) -> None:
    """After the watch the server logs no more than before."""
    before = database.execute("SHOW log_statement")
    with ServerWatch(database) as watch:
        watch.mark("idle")
        assert watch.told() == {"idle": []}

    settings = database.execute(
        "SELECT name FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' AND name LIKE 'log%'"
    )
    assert (database.execute("SHOW log_statement"), settings) == (before, [])


def test_project_that_does_not_come_up(database: Database) -> None:
    """A project whose settings do not import is reported in one line."""
    configuration = replace(project.configuration(), settings="verification.health.violating_project.absent")

    with pytest.raises(CannotRun, match=r"the project does not come up .*absent") as caught:
        hear_inside(
            configuration,
            environment(configuration, database),
            witnesses=["audit hook"],
            paths=project.PATHS,
            requests=1,
        )

    assert "\n" not in str(caught.value)
