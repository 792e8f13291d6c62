"""Property 4: TLS to PostgreSQL is what the variables say, from the OPTIONS to the bytes on the wire."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.environment.settings_process import Probe
from verification.postgres.server import Database, Server
from verification.project.configuration import Configuration
from verification.report.result import Check, Measurement, Table
from verification.transport import run
from verification.transport.cases import IN_CLEAR, IN_TLS, MISSING, OTHER_ROOT, ROOT
from verification.transport.celery_worker import Worker
from verification.transport.options import (
    FILES,
    MODES,
    Values,
    combinations,
    expected_options,
    expects_warning,
)
from verification.transport.project_connections import Session, Sessions
from verification.transport.tls_server import Stage

PROPERTIES = ("Property 4",)
NO_TLS = "server does not support SSL"
VERIFY_FAILED = "certificate verify failed"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def stage(tls_server: Server) -> Iterator[Stage]:
    """The TLS server with certificates and rules for the cases."""
    with Stage(tls_server) as stage:
        stage.serve("good")
        yield stage


@pytest.fixture(scope="module")
def sessions(configuration: Configuration, stage: Stage) -> Iterator[Sessions]:
    """Processes of the project, whose home directory is empty."""
    with Sessions(configuration, stage.home) as sessions:
        yield sessions


@pytest.fixture(scope="module")
def database(stage: Stage) -> Database:
    """A database in the TLS server."""
    return Database(stage.server, "postgres")


@pytest.fixture(scope="module")
def probe(configuration: Configuration) -> Iterator[Probe]:
    """A process that loads the project's settings again for each case."""
    with Probe(configuration) as probe:
        yield probe


def fault(probe: Probe, names: dict[str, str], database: str | None, values: Values) -> str:
    """Load the settings with these values and say what is wrong with their OPTIONS; empty: nothing."""
    given_values = {names["name"]: database, **{names[keyword]: value for keyword, value in values.items()}}
    loaded = probe.load(given_values)
    shown = (
        ", ".join(f"{name}={value!r}" for name, value in given_values.items() if value is not None)
        or "nothing set"
    )
    if loaded.error:
        return f"{shown}: the settings do not load: {loaded.error}"
    expected = expected_options(database, values)
    if dict(loaded.ssl) != expected:
        return f"{shown}: OPTIONS hold {dict(loaded.ssl)}, expected {expected}"
    if (loaded.engine or "").endswith("postgresql") != bool(database):
        return f"{shown}: the engine is {loaded.engine}"
    return ""


def test_options(configuration: Configuration, probe: Probe, tmp_path: Path, check: Check) -> None:
    """For every combination of the four variables, OPTIONS hold exactly the parameters that are set."""
    check.properties = PROPERTIES
    names = dict(configuration.database_environment)
    (tmp_path / "there.pem").touch()
    cases = list(combinations(str(tmp_path / "there.pem"), str(tmp_path / MISSING)))

    faults = [found for database, values in cases if (found := fault(probe, names, database, values))]

    check.measurements += [
        Measurement("combinations", len(cases), "combinations"),
        Measurement("combinations with other OPTIONS", len(faults), "combinations", 0),
    ]
    assert not faults, "\n".join(faults[:10])


def test_options_any_text(configuration: Configuration, probe: Probe, check: Check) -> None:
    """For any text in the four variables, OPTIONS hold what the rule says."""
    check.properties = PROPERTIES
    names = dict(configuration.database_environment)
    optional = st.none() | TEXT
    count = 0

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(
        database=st.sampled_from([None, "", "shop"]) | TEXT,
        mode=st.none() | st.sampled_from(MODES) | TEXT,
        files=st.fixed_dictionaries(dict.fromkeys(FILES, optional)),
    )
    def holds(database: str | None, mode: str | None, files: dict[str, str | None]) -> None:
        nonlocal count
        count += 1
        assert not (found := fault(probe, names, database, {"sslmode": mode, **files})), found

    holds()
    check.measurements.append(Measurement("examples", count, "examples"))
    check.passed("The rule held for every example.")


def test_celery_worker(
    configuration: Configuration, sessions: Sessions, stage: Stage, database: Database, check: Check
) -> None:
    """A Celery worker of the project executes its tasks on a verified TLS connection, or on none."""
    check.properties = PROPERTIES
    trusting = sessions.environment(database, {"sslmode": "verify-full", "sslrootcert": stage.file(ROOT)})
    deceived = sessions.environment(
        database, {"sslmode": "verify-full", "sslrootcert": stage.file(OTHER_ROOT)}
    )
    with Worker(configuration, trusting) as good, Worker(configuration, deceived) as bad:
        connected, refused = good.answer(), bad.answer()

    check.tables.append(
        Table(
            "Sessions of Celery workers, as the server has them in pg_stat_ssl",
            ("root certificate", "outcome", "TLS"),
            [
                ("the server's authority", connected.session.outcome, connected.session.version),
                ("another authority", refused.session.outcome, ""),
            ],
        )
    )
    assert connected.session.outcome == IN_TLS, f"the worker's task: {connected.session.outcome}"
    assert VERIFY_FAILED in refused.session.outcome, f"with another root: {refused.session.outcome}"
    check.passed("The worker connects with the right root certificate, and refuses another one.")


def test_modes(sessions: Sessions, stage: Stage, database: Database, server: Server, check: Check) -> None:
    """Each of the six modes, through Django, does against a TLS and a plain server what libpq documents."""
    check.properties = PROPERTIES
    verified = {"sslrootcert": stage.file(ROOT)}
    plain = Database(server, "postgres")
    either = _as(sessions, "either_way")
    only = _as(sessions, "tls_only")
    clear_first = {"disable": IN_CLEAR, "allow": IN_CLEAR}
    table: list[tuple[str, str, str, Session]] = []
    for mode in MODES:
        tls = {"sslmode": mode, **verified}
        table += [
            ("TLS or clear", mode, clear_first.get(mode, IN_TLS), sessions.connect(database, tls, **either)),
            ("clear only", mode, IN_CLEAR if MODES.index(mode) < MODES.index("require") else NO_TLS,
             sessions.connect(plain, tls)),
        ]  # fmt: skip
    for mode, expected in (("disable", "no encryption"), ("allow", IN_TLS)):
        table.append(
            ("TLS only", mode, expected, sessions.connect(database, {"sslmode": mode, **verified}, **only))
        )
    _judge_sessions(check, table, "server offers", stage.password)


def test_certificates(sessions: Sessions, stage: Stage, database: Database, check: Check) -> None:
    """The project's certificate variables reach the driver: each is decisive for a connection."""
    check.properties = PROPERTIES
    good = {
        "sslmode": "verify-full",
        "sslrootcert": stage.file(ROOT),
        "sslcert": stage.file("good.crt"),
        "sslkey": stage.file("good.key"),
    }
    as_client = _as(sessions, "by_certificate")
    variations: dict[str, tuple[dict[str, str], str]] = {
        "all good": ({}, IN_TLS),
        f"{sessions.variable('sslrootcert')} of another authority": (
            {"sslrootcert": stage.file(OTHER_ROOT)},
            VERIFY_FAILED,
        ),
        f"{sessions.variable('sslrootcert')} missing": (
            {"sslrootcert": stage.file(MISSING)},
            "does not exist",
        ),
        f"{sessions.variable('sslcert')} of another authority": (
            {"sslcert": stage.file("other.crt"), "sslkey": stage.file("other.key")},
            "unknown ca",
        ),
        f"{sessions.variable('sslcert')} unset": ({"sslcert": ""}, "valid client certificate"),
        f"{sessions.variable('sslkey')} of another certificate": (
            {"sslkey": stage.file("expired.key")},
            "key values mismatch",
        ),
    }
    table = [
        (what, "verify-full", expected, sessions.connect(database, {**good, **change}, **as_client))
        for what, (change, expected) in variations.items()
    ]
    _judge_sessions(check, table, "client's files", stage.password)


def test_start_up_log(sessions: Sessions, stage: Stage, database: Database, check: Check) -> None:
    """The start-up log says how the connection is secured, and names each variable that is at fault."""
    check.properties = PROPERTIES
    mode, root = sessions.variable("sslmode"), sessions.variable("sslrootcert")
    missing = stage.file(MISSING)
    expectations: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
        ("good", {"sslmode": "verify-full", "sslrootcert": stage.file(ROOT)}, ("verify-full",)),
        ("no mode", {}, ("disabled",)),
        ("invalid mode", {"sslmode": "verify_full"}, ("WARNING", mode)),
        ("files without a mode", {"sslrootcert": stage.file(ROOT)}, ("WARNING", root)),
        ("missing file", {"sslmode": "require", "sslrootcert": missing}, ("ERROR", root, missing)),
    ]
    faults: list[str] = []
    rows: list[tuple[str, str, bool]] = []
    for what, tls, words in expectations:
        log = sessions.start(database, tls)
        absent = [word for word in words if word not in log]
        quiet = "WARNING" not in log or expects_warning("shop", tls)
        rows.append((what, ", ".join(words), not absent and quiet))
        if absent:
            faults.append(f"{what}: the start-up log does not say {', '.join(absent)}")
        if not quiet:
            faults.append(f"{what}: the start-up log warns without cause")
        if stage.password in log:
            faults.append(f"{what}: the start-up log shows the database's password")
    check.tables.append(Table("Start-up log", ("variables", "must say", "says"), rows))
    check.measure("faults", len(faults), "faults", 0)
    assert not faults, "\n".join(faults)


def test_system_checks(sessions: Sessions, stage: Stage, database: Database, check: Check) -> None:
    """The project's system checks find what libpq passes over, and certificates that have ended."""
    check.properties = PROPERTIES
    root = stage.file(ROOT)
    good = {"sslmode": "verify-full", "sslrootcert": root}
    client = {**good, "sslcert": stage.file("good.crt"), "sslkey": stage.file("good.key")}
    expectations = [
        ("require, root file missing (case 3)", {"sslmode": "require", "sslrootcert": stage.file(MISSING)},
         logging.ERROR, stage.file(MISSING)),
        ("mode below require", {"sslmode": "prefer", "sslrootcert": root}, logging.WARNING, "prefer"),
        ("expired certificate", {**client, "sslcert": stage.file("expired.crt")}, logging.WARNING,
         stage.file("expired.crt")),
        ("key that others can read", {**client, "sslkey": stage.file("open.key")}, logging.WARNING,
         stage.file("open.key")),
    ]  # fmt: skip
    before = sessions.check(database, client)
    rows: list[tuple[str, str, str | None]] = []
    faults: list[str] = []
    for what, tls, level, words in expectations:
        new = [text for grade, text in sessions.check(database, tls) if grade >= level and words in text]
        old = [text for grade, text in before if words in text]
        rows.append((what, logging.getLevelName(level), new[0].splitlines()[0] if new else None))
        if not new:
            faults.append(f"{what}: no system check of level {logging.getLevelName(level)} names {words}")
        if old:
            faults.append(f"{what}: the system checks name {words} although nothing is wrong with it")
    check.tables.append(Table("System checks", ("fault", "level", "message"), rows))
    check.measure("faults", len(faults), "faults", 0)
    assert not faults, "\n".join(faults)


def test_cases(stage: Stage, check: Check) -> None:
    """libpq and the server do in every case of TLS what is documented, each refusal beside its control."""
    check.properties = PROPERTIES
    found = run.run(stage)
    faults = found.faults()
    check.notes += [f"{what}: {value}" for what, value in found.versions.items()]
    check.notes += [f"case {number} left out: {why}" for number, why in found.left_out.items()]
    check.measurements += [
        Measurement("cases", len(found.seen), "cases"),
        Measurement("cases that came out otherwise", len(faults), "cases", 0),
    ]
    check.tables.append(
        Table(
            "TLS between client and server",
            ("case", "what", "server", "sslmode", "expected", "outcome", "session", "control"),
            [
                (
                    seen.case.number,
                    seen.case.what,
                    seen.case.server,
                    seen.case.mode,
                    seen.case.outcome,
                    seen.outcome,
                    seen.session,
                    seen.case.control or None,
                )
                for seen in found.seen
            ],
        )
    )
    assert not faults, "\n".join(faults)


def _as(sessions: Sessions, user: str) -> dict[str, str]:
    """Give the variables that make the project connect as another user."""
    return {sessions.variable("user"): user}


def _judge_sessions(
    check: Check, table: list[tuple[str, str, str, Session]], first: str, password: str
) -> None:
    """Put the sessions into the evidence and fail for each that came out otherwise."""
    rows = [
        (what, mode, expected, session.outcome, f"{session.version} {session.cipher}".strip())
        for what, mode, expected, session in table
    ]
    check.tables.append(Table("Sessions", (first, "sslmode", "expected", "outcome", "pg_stat_ssl"), rows))
    faults = [
        f"{what}, {mode}: expected {expected!r}, got {session.outcome!r}"
        for what, mode, expected, session in table
        if (
            expected not in session.outcome
            if expected not in {IN_TLS, IN_CLEAR}
            else expected != session.outcome
        )
    ]
    faults += [
        f"{what}: the log shows the password" for what, _, _, each in table if password in each.printed
    ]
    check.measure("sessions with another outcome", len(faults), "faults", 0)
    assert not faults, "\n".join(faults)
