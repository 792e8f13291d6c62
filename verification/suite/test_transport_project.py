"""Property 4 in every process of the project: its sessions, its start-up log and its system checks."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from ..postgres.server import Database
from ..project.configuration import Configuration
from ..report.evidence import Table
from ..report.result import Check
from ..transport.cases import IN_TLS, MISSING, ROOT
from ..transport.options import MODES, expects_warning
from ..transport.processes import KINDS, Process
from ..transport.project_connections import Sessions
from ..transport.system_check_cases import CASES, SystemCheckCase, combined
from ..transport.tls_server import TlsTestServer
from .applicability import need, need_policy

PROPERTIES = ("Property 4",)
USER = "by_certificate"


def test_processes(
    configuration: Configuration,
    sessions: Sessions,
    case_server: TlsTestServer,
    tls_database: Database,
    check: Check,
) -> None:
    """Web server, Celery worker, beat and a management command connect every alias with the client's certificate."""
    check.properties = PROPERTIES
    if "celery" in configuration.require:
        need(configuration, "celery", exists=bool(configuration.celery_app))
    tls = case_server.verified_as("good")
    variables = sessions.environment(tls_database, tls, **{sessions.variable("user"): USER})
    kinds = [kind for kind in KINDS if configuration.celery_app or "Celery" not in kind]
    with ExitStack() as stack:
        processes = [stack.enter_context(Process(kind, configuration, variables)) for kind in kinds]
        found = [(process.what, session) for process in processes for session in process.sessions()]
    columns = ("process", "alias", "outcome", "TLS", "client's certificate", "sslmode")
    rows = [
        (what, each.alias, each.outcome, each.version, each.client, each.parameters.get("sslmode", ""))
        for what, each in found
    ]
    check.tables.append(Table("Sessions, as the server has them in pg_stat_ssl", columns, rows))
    if len(kinds) < len(KINDS):
        check.notes.append("This project names no celery_app: no worker and no beat was asked.")
    faults = [
        f"{what}, alias {each.alias}: {fault}" for what, each in found for fault in each.faults(IN_TLS, tls)
    ]
    faults += [
        f"{what}, alias {each.alias}: the server has no certificate of the client"
        for what, each in found
        if each.outcome == IN_TLS and USER not in each.client
    ]
    check.expect_none(faults, "processes that are connected otherwise")


def test_start_up_log(
    configuration: Configuration,
    sessions: Sessions,
    case_server: TlsTestServer,
    tls_database: Database,
    check: Check,
) -> None:
    """The start-up log says how the connection is secured, and names each variable with a wrong value."""
    check.properties = PROPERTIES
    need_policy(configuration, "tls-log")
    mode, root = sessions.variable("sslmode"), sessions.variable("sslrootcert")
    missing = case_server.file(MISSING)
    good = {"sslrootcert": case_server.file(ROOT)}
    expectations: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
        *((each, {"sslmode": each, **good}, (each, state(each))) for each in MODES),
        ("no mode", {}, ("disabled",)),
        ("invalid mode", {"sslmode": "verify_full"}, ("WARNING", mode, "disabled")),
        ("mode with a blank", {"sslmode": " require"}, ("WARNING", mode, "disabled")),
        ("files without a mode", good, ("WARNING", root, "disabled")),
        ("missing file", {"sslmode": "require", "sslrootcert": missing}, ("ERROR", root, missing, "enabled")),
    ]
    faults: list[str] = []
    rows: list[tuple[str, str, bool]] = []
    for what, tls, words in expectations:
        log = sessions.start(tls_database, tls)
        untrue = {"enabled", "disabled"} - set(words)
        of_this = [f"does not say {word}" for word in words if word not in log]
        of_this += [f"says {word}, which is not so" for word in sorted(untrue) if word in log]
        if "WARNING" in log and not expects_warning("shop", tls):
            of_this.append("warns without cause")
        if case_server.password in log:
            of_this.append("shows the database's password")
        faults += [f"{what}: the start-up log {fault}" for fault in of_this]
        rows.append((what, ", ".join(words), not of_this))
    check.tables.append(Table("Start-up log", ("variables", "must say", "says"), rows))
    check.expect_none(faults, "faults of the log")


def state(mode: str) -> str:
    """Return the word for a mode: of the weak ones only ``disable`` is certain to be without TLS."""
    return "disabled" if mode == "disable" else "enabled"


def test_system_checks(
    configuration: Configuration,
    sessions: Sessions,
    case_server: TlsTestServer,
    tls_database: Database,
    check: Check,
) -> None:
    """The project's system checks find what libpq ignores: weak modes, missing, open and ending files."""
    check.properties = PROPERTIES
    need_policy(configuration, "tls-checks")
    good = case_server.verified_as("lasting")
    rows: list[tuple[str, str, str | None]] = []
    faults: list[str] = []
    for together in combined(CASES):
        changes = {
            keyword: value if keyword == "sslmode" else case_server.file(value)
            for case in together
            for keyword, value in case.changes.items()
        }
        messages = sessions.check(tls_database, {**good, **changes})
        for case in together:
            fault, row = judge(case, {keyword: changes[keyword] for keyword in case.changes}, messages)
            rows.append(row)
            faults += fault
    check.tables.append(Table("System checks", ("files and mode", "level", "message"), rows))
    check.expect_none(faults, "faults of the system checks")


def judge(
    case: SystemCheckCase, changes: Mapping[str, str], messages: Sequence[tuple[int, str]]
) -> tuple[list[str], tuple[str, str, str | None]]:
    """Return what is wrong with the messages about one case, and its row of the report."""
    level = logging.getLevelName(case.level) if case.level else "none"
    named = [
        text for at, text in messages if at >= (case.level or logging.INFO) and case.names(changes, text)
    ]
    row = (case.what, level, named[0].splitlines()[0] if named else None)
    word = case.word(changes)
    if case.level and not named:
        return [f"{case.what}: no system check of level {level} names {word}"], row
    if not case.level and named:
        return [f"{case.what}: a system check names {word}, although nothing is wrong with it"], row
    return [], row
