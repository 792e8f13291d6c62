"""Property 4: TLS to PostgreSQL is what the variables say, from OPTIONS to the connection."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..environment.documentation import examine_project
from ..environment.effects import with_database
from ..environment.settings_process import Probe
from ..postgres.server import Database, Server
from ..project.configuration import Configuration
from ..report.evidence import Cell, Grid, Measurement, Table
from ..report.finding import Finding, Place
from ..report.result import Check
from ..transport.case_run import run_cases
from ..transport.cases import IN_CLEAR, IN_TLS, MISSING, OTHER_ROOT, ROOT
from ..transport.options import (
    FILES,
    MODES,
    Values,
    combinations,
    expected_options,
    unexpected,
)
from ..transport.project_connections import Session, Sessions
from ..transport.tls_server import TlsTestServer
from ..words import counted
from .applicability import need_policy, need_tls

PROPERTIES = ("Property 4",)
RULE = "the rule is in docs/tls.md, under Variables"
NO_TLS = "server does not support SSL"
VERIFY_FAILED = "certificate verify failed"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def probe(configuration: Configuration) -> Iterator[Probe]:
    """A process that loads the project's settings again for each case."""
    need_tls(configuration)
    with Probe(configuration) as probe:
        yield probe


def fault(
    probe: Probe,
    names: Mapping[str, str],
    database: str | None,
    values: Values,
    others: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Load the settings with these values and return what is wrong with OPTIONS; empty: nothing.

    ``others``: variables that the project needs besides.
    """
    values = {keyword: value for keyword, value in values.items() if keyword in names}
    given_values = {names["name"]: database, **{names[keyword]: value for keyword, value in values.items()}}
    loaded = probe.load({**others, **given_values})
    shown = (
        ", ".join(f"{name}={value!r}" for name, value in given_values.items() if value is not None)
        or "nothing set"
    )
    if loaded.error:
        return f"{shown}: the settings do not load: {loaded.error}"
    expected = expected_options(database, values)
    for alias, options in loaded.databases.items():
        differing = unexpected(options.ssl, expected if options.on_postgresql else {})
        if differing:
            where = "" if alias == "default" else f" of the alias {alias}"
            found = f"OPTIONS{where} hold {dict(options.ssl)}, expected {expected}"
            return f"{shown}: {found}: {RULE} ({', '.join(differing)})"
    default = loaded.databases.get("default")
    if (default is not None and default.on_postgresql) != bool(database):
        return f"{shown}: the engine is {default.engine if default else 'none'}: {RULE}"
    return ""


def test_options(configuration: Configuration, probe: Probe, tmp_path: Path, check: Check) -> None:
    """For every combination of the four variables, OPTIONS hold exactly the parameters that are set."""
    check.properties = PROPERTIES
    names = configuration.database_environment
    (tmp_path / "there.pem").touch()
    cases = [
        (database, values)
        for database, values in combinations(str(tmp_path / "there.pem"), str(tmp_path / MISSING))
        if (database or "database-optional" in configuration.policies)
        and (values.get("sslmode") in MODES or "tls-needs-mode" in configuration.policies)
    ]
    others = {} if "database-optional" in configuration.policies else with_database(configuration)

    faults = [found for database, values in cases if (found := fault(probe, names, database, values, others))]

    check.measurements += [
        Measurement("combinations", len(cases), "combinations"),
        Measurement("combinations with other OPTIONS", len(faults), "combinations", 0),
    ]
    by_keyword: dict[str, list[str]] = {}
    for found in faults:
        by_keyword.setdefault(keyword_of(found), []).append(found)
    check.expect_none(
        [option_finding(check.name, keyword, found, configuration) for keyword, found in by_keyword.items()],
        "parameters that OPTIONS hold otherwise",
    )


def keyword_of(fault: str) -> str:
    """Return the first parameter of libpq that a fault of OPTIONS names at its end; empty if it names none."""
    named = re.search(r"\((\w+)=[^()]*\)$", fault)
    return named[1] if named else ""


def option_finding(rule: str, keyword: str, faults: Sequence[str], configuration: Configuration) -> Finding:
    """Return the finding about one parameter: all combinations with other OPTIONS have one cause."""
    variable = configuration.database_environment.get(keyword, "")
    reads = [read for read in examine_project(configuration).reads if read.variable == variable]
    wrong = f"OPTIONS do not hold {keyword} as {variable} says" if variable else faults[0]
    return Finding(
        rule=rule,
        message=f"{wrong} ({counted(len(faults), 'combination')})",
        subject=f"tls:{keyword}",
        names=(keyword,),
        places=tuple(Place(read.file, read.line) for read in reads[:1]),
        evidence=tuple(faults[:10]),
    )


def test_options_any_text(configuration: Configuration, probe: Probe, check: Check) -> None:
    """For any text in the four variables, OPTIONS hold what the rule says."""
    check.properties = PROPERTIES
    need_policy(configuration, "database-optional")
    need_policy(configuration, "tls-needs-mode")
    names = configuration.database_environment
    optional = st.none() | TEXT
    count = 0
    found_faults: list[str] = []

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(
        database=st.sampled_from([None, "", "shop"]) | TEXT,
        mode=st.none() | st.sampled_from(MODES) | TEXT,
        files=st.fixed_dictionaries(dict.fromkeys(FILES, optional)),
    )
    def holds(database: str | None, mode: str | None, files: dict[str, str | None]) -> None:
        nonlocal count
        count += 1
        values = {"sslmode": mode, **files}
        if found := fault(probe, names, database, values):
            found_faults.append(found)
        assert not found, found

    try:
        holds()
    except (AssertionError, ExceptionGroup):
        shrunk = found_faults[-1]
        check.record(option_finding(check.name, keyword_of(shrunk), [shrunk], configuration))
        raise AssertionError(shrunk) from None
    check.measurements.append(Measurement("examples", count, "examples"))
    check.passed("The rule held for every example.")


def test_modes(
    sessions: Sessions, case_server: TlsTestServer, tls_database: Database, server: Server, check: Check
) -> None:
    """Each of the six modes, through Django, does against a TLS and a plain server what libpq documents."""
    check.properties = PROPERTIES
    verified = {"sslrootcert": case_server.file(ROOT)}
    plain = Database(server, "postgres")
    either = _as(sessions, "either_way")
    only = _as(sessions, "tls_only")
    clear_first = {"disable": IN_CLEAR, "allow": IN_CLEAR}
    table: list[tuple[str, str, str, list[Session]]] = []
    for mode in MODES:
        tls = {"sslmode": mode, **verified}
        table += [
            ("TLS or clear", mode, clear_first.get(mode, IN_TLS), sessions.connect(tls_database, tls, **either)),
            ("clear only", mode, IN_CLEAR if MODES.index(mode) < MODES.index("require") else NO_TLS,
             sessions.connect(plain, tls)),
        ]  # fmt: skip
    for mode, expected in (("disable", "no encryption"), ("allow", IN_TLS)):
        table.append(
            (
                "TLS only",
                mode,
                expected,
                sessions.connect(tls_database, {"sslmode": mode, **verified}, **only),
            )
        )
    check.grids.append(_matrix(table))
    _judge_sessions(check, table, "server offers", case_server.password)


def test_certificates(
    sessions: Sessions, case_server: TlsTestServer, tls_database: Database, check: Check
) -> None:
    """The project's certificate variables reach the driver: each is decisive for a connection."""
    check.properties = PROPERTIES
    good = case_server.verified_as("good")
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
        (what, "verify-full", expected, sessions.connect(tls_database, {**good, **change}, **as_client))
        for what, (change, expected) in variations.items()
    ]
    _judge_sessions(check, table, "client's files", case_server.password)


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


def _matrix(table: list[tuple[str, str, str, list[Session]]]) -> Grid:
    """Return mode by server: what became of the connection, and whether that is what libpq documents."""
    servers = list(dict.fromkeys(what for what, _, _, _ in table))
    asked = {(mode, what): (expected, found) for what, mode, expected, found in table}

    def cell(mode: str, what: str) -> Cell:
        if (mode, what) not in asked:
            return Cell("–", None, "not asked")
        expected, found = asked[mode, what]
        faults = [fault for each in found for fault in each.faults(expected, {"sslmode": mode})]
        words = {IN_TLS: "TLS", IN_CLEAR: "in clear"}
        outcome = " / ".join(dict.fromkeys(words.get(each.outcome, "refused") for each in found))
        return Cell(outcome, not faults, "; ".join(faults))

    rows = [(mode, [cell(mode, what) for what in servers]) for mode in MODES]
    return Grid("sslmode and what the server offers", "sslmode", servers, rows)


def _judge_sessions(
    check: Check, table: list[tuple[str, str, str, list[Session]]], first: str, password: str
) -> None:
    """Add the sessions to the evidence, and fail if the outcome of one is not the expected one."""
    every = [(what, mode, expected, session) for what, mode, expected, found in table for session in found]
    rows = [
        (what, session.alias, mode, expected, session.outcome, f"{session.version} {session.cipher}".strip())
        for what, mode, expected, session in every
    ]
    columns = (first, "alias", "sslmode", "expected", "outcome", "pg_stat_ssl")
    check.tables.append(Table("Sessions", columns, rows))
    faults = [
        f"{what}, {mode}{_alias(session)}: {fault}"
        for what, mode, expected, session in every
        for fault in session.faults(expected, {"sslmode": mode})
    ]
    faults += [
        f"{what}: the log shows the password" for what, _, _, each in every if password in each.printed
    ]
    check.expect_none(faults, "sessions with another outcome")


def _alias(session: Session) -> str:
    return "" if session.alias == "default" else f", alias {session.alias}"
