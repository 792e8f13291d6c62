"""Property 4: TLS to PostgreSQL is what the variables say, from OPTIONS to the connection."""

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
from verification.transport.case_run import run_cases
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
from verification.transport.tls_server import TlsTestServer

PROPERTIES = ("Property 4",)
NO_TLS = "server does not support SSL"
VERIFY_FAILED = "certificate verify failed"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def case_server(tls_server: Server) -> Iterator[TlsTestServer]:
    """The TLS server with certificates and rules for the cases."""
    with TlsTestServer(tls_server) as case_server:
        case_server.apply("good")
        yield case_server


@pytest.fixture(scope="module")
def sessions(configuration: Configuration, case_server: TlsTestServer) -> Iterator[Sessions]:
    """Processes of the project, with an empty home directory."""
    with Sessions(configuration, case_server.home) as sessions:
        yield sessions


@pytest.fixture(scope="module")
def database(case_server: TlsTestServer) -> Database:
    """A database in the TLS server."""
    return Database(case_server.server, "postgres")


@pytest.fixture(scope="module")
def probe(configuration: Configuration) -> Iterator[Probe]:
    """A process that loads the project's settings again for each case."""
    with Probe(configuration) as probe:
        yield probe


def fault(probe: Probe, names: dict[str, str], database: str | None, values: Values) -> str:
    """Load the settings with these values and return what is wrong with OPTIONS; empty: nothing."""
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
    configuration: Configuration,
    sessions: Sessions,
    case_server: TlsTestServer,
    database: Database,
    check: Check,
) -> None:
    """A Celery worker of the project executes its tasks on a verified TLS connection, or on none."""
    check.properties = PROPERTIES
    trusting = sessions.environment(
        database, {"sslmode": "verify-full", "sslrootcert": case_server.file(ROOT)}
    )
    misled = sessions.environment(
        database, {"sslmode": "verify-full", "sslrootcert": case_server.file(OTHER_ROOT)}
    )
    with Worker(configuration, trusting) as good, Worker(configuration, misled) as bad:
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


def test_modes(
    sessions: Sessions, case_server: TlsTestServer, database: Database, server: Server, check: Check
) -> None:
    """Each of the six modes, through Django, does against a TLS and a plain server what libpq documents."""
    check.properties = PROPERTIES
    verified = {"sslrootcert": case_server.file(ROOT)}
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
    _judge_sessions(check, table, "server offers", case_server.password)


def test_certificates(
    sessions: Sessions, case_server: TlsTestServer, database: Database, check: Check
) -> None:
    """The project's certificate variables reach the driver: each is decisive for a connection."""
    check.properties = PROPERTIES
    good = {
        "sslmode": "verify-full",
        "sslrootcert": case_server.file(ROOT),
        "sslcert": case_server.file("good.crt"),
        "sslkey": case_server.file("good.key"),
    }
    as_client = _as(sessions, "by_certificate")
    variations: dict[str, tuple[dict[str, str], str]] = {
        "all good": ({}, IN_TLS),
        f"{sessions.variable('sslrootcert')} of another authority": (
            {"sslrootcert": case_server.file(OTHER_ROOT)},
            VERIFY_FAILED,
        ),
        f"{sessions.variable('sslrootcert')} missing": (
            {"sslrootcert": case_server.file(MISSING)},
            "does not exist",
        ),
        f"{sessions.variable('sslcert')} of another authority": (
            {"sslcert": case_server.file("other.crt"), "sslkey": case_server.file("other.key")},
            "unknown ca",
        ),
        f"{sessions.variable('sslcert')} unset": ({"sslcert": ""}, "valid client certificate"),
        f"{sessions.variable('sslkey')} of another certificate": (
            {"sslkey": case_server.file("expired.key")},
            "key values mismatch",
        ),
    }
    table = [
        (what, "verify-full", expected, sessions.connect(database, {**good, **change}, **as_client))
        for what, (change, expected) in variations.items()
    ]
    _judge_sessions(check, table, "client's files", case_server.password)


def test_start_up_log(
    sessions: Sessions, case_server: TlsTestServer, database: Database, check: Check
) -> None:
    """The start-up log says how the connection is secured, and names each variable with a wrong value."""
    check.properties = PROPERTIES
    mode, root = sessions.variable("sslmode"), sessions.variable("sslrootcert")
    missing = case_server.file(MISSING)
    expectations: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
        ("good", {"sslmode": "verify-full", "sslrootcert": case_server.file(ROOT)}, ("verify-full",)),
        ("no mode", {}, ("disabled",)),
        ("invalid mode", {"sslmode": "verify_full"}, ("WARNING", mode)),
        ("files without a mode", {"sslrootcert": case_server.file(ROOT)}, ("WARNING", root)),
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
        if case_server.password in log:
            faults.append(f"{what}: the start-up log shows the database's password")
    check.tables.append(Table("Start-up log", ("variables", "must say", "says"), rows))
    check.measure("faults", len(faults), "faults", 0)
    assert not faults, "\n".join(faults)


def test_system_checks(
    sessions: Sessions, case_server: TlsTestServer, database: Database, check: Check
) -> None:
    """The project's system checks find what libpq ignores, and expired certificates."""
    check.properties = PROPERTIES
    root = case_server.file(ROOT)
    good = {"sslmode": "verify-full", "sslrootcert": root}
    client = {**good, "sslcert": case_server.file("good.crt"), "sslkey": case_server.file("good.key")}
    expectations = [
        ("require, root file missing (case 3)", {"sslmode": "require", "sslrootcert": case_server.file(MISSING)},
         logging.ERROR, case_server.file(MISSING)),
        ("mode below require", {"sslmode": "prefer", "sslrootcert": root}, logging.WARNING, "prefer"),
        ("expired certificate", {**client, "sslcert": case_server.file("expired.crt")}, logging.WARNING,
         case_server.file("expired.crt")),
        ("key that others can read", {**client, "sslkey": case_server.file("open.key")}, logging.WARNING,
         case_server.file("open.key")),
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


def test_cases(case_server: TlsTestServer, check: Check) -> None:
    """In every case of TLS libpq and the server do what is documented, and each refusal has its control."""
    check.properties = PROPERTIES
    results = run_cases(case_server)
    faults = results.findings()
    check.notes += [f"{what}: {value}" for what, value in results.versions.items()]
    check.notes += [f"case {number} omitted: {why}" for number, why in results.omitted.items()]
    check.measurements += [
        Measurement("cases", len(results.results), "cases"),
        Measurement("cases with another outcome", len(faults), "cases", 0),
    ]
    check.tables.append(
        Table(
            "TLS between client and server",
            ("case", "what", "server", "sslmode", "expected", "outcome", "session", "control"),
            [
                (
                    result.case.number,
                    result.case.what,
                    result.case.server,
                    result.case.mode,
                    result.case.outcome,
                    result.outcome,
                    result.session,
                    result.case.control or None,
                )
                for result in results.results
            ],
        )
    )
    assert not faults, "\n".join(faults)


def _as(sessions: Sessions, user: str) -> dict[str, str]:
    """Return the variables with which the project connects as another user."""
    return {sessions.variable("user"): user}


def _judge_sessions(
    check: Check, table: list[tuple[str, str, str, Session]], first: str, password: str
) -> None:
    """Add the sessions to the evidence, and fail if the outcome of one is not the expected one."""
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
