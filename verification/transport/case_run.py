"""Run the cases against a server and compare each outcome with the expected one."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..processes.child import Child
from ..project.environment import HARNESS
from . import connector
from .cases import CASES, IN_CLEAR, IN_TLS, SYSTEM, Case
from .certificates import KEY_PASSWORD
from .tls_server import CONFIGURATIONS, TlsTestServer


@dataclass(frozen=True)
class CaseResult:
    """The outcome of one case."""

    case: Case
    outcome: str
    """``IN_TLS``, ``IN_CLEAR``, or the error message."""
    session: str = ""
    """TLS version and cipher in pg_stat_ssl."""

    @property
    def expected(self) -> bool:
        """Whether the outcome is the expected one."""
        if self.case.refused:
            return self.case.outcome.lower() in self.outcome.lower()
        return self.case.outcome == self.outcome


@dataclass(frozen=True)
class CaseResults:
    """The outcomes of all cases, those that were omitted, and the versions of client and server."""

    results: tuple[CaseResult, ...]
    omitted: Mapping[str, str]
    """Number of a case -> why it cannot run with this client and this server."""
    versions: Mapping[str, str]

    def by_number(self, number: str) -> CaseResult | None:
        """Return the result of one case; None if it did not run."""
        return next((result for result in self.results if result.case.number == number), None)

    def findings(self) -> list[str]:
        """Return each case with another outcome, and each refusal whose control proves nothing."""
        return [finding for result in self.results for finding in self._examine(result)]

    def _examine(self, result: CaseResult) -> Iterator[str]:
        case = result.case
        if not result.expected:
            yield f"case {case.number} ({case.what}): expected {case.outcome!r}, got {result.outcome!r}"
        if case.refused:
            control = self.by_number(case.control)
            if control is None or control.case.refused or not control.expected:
                yield f"case {case.number} ({case.what}): its control {case.control!r} did not connect"
            elif len(case.differences(control.case)) != 1:
                differences = ", ".join(case.differences(control.case)) or "nothing"
                yield f"case {case.number} ({case.what}): differs from its control in {differences}"


def run_cases(case_server: TlsTestServer, cases: Sequence[Case] = CASES) -> CaseResults:
    """Run the cases, grouped by server configuration; return the results in the order of ``cases``."""
    with _connector() as channel:
        driver = channel.ask({})
        libpq = int(driver["libpq"]) // 10000
        omitted = {
            case.number: why for case in cases if (why := _why_omitted(case, case_server.server.major, libpq))
        }
        results: list[CaseResult] = []
        for configuration in CONFIGURATIONS:
            wanted = [case for case in cases if case.server == configuration and case.number not in omitted]
            if wanted:
                case_server.apply(configuration)
                results += [_run_case(case_server, channel, case) for case in wanted]
        case_server.apply("good")
    order = [case.number for case in cases]
    results.sort(key=lambda result: order.index(result.case.number))
    return CaseResults(tuple(results), omitted, _versions(case_server, driver))


def _connector() -> Child:
    environment = {
        name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ
    }
    folders = os.pathsep.join([*(folder for folder in sys.path if folder.endswith("site-packages")), HARNESS])
    return Child(
        "transport: connections cannot be tried",
        [sys.executable, "-m", connector.__name__],
        environment={**environment, "PYTHONPATH": folders, "LC_ALL": "C"},
        directory=Path("/"),
    )


def _why_omitted(case: Case, server: int, libpq: int) -> str:
    needs = case.needs
    if server < needs.server:
        return f"needs PostgreSQL {needs.server} or later, this is {server}"
    if server >= needs.server_below:
        return f"needs PostgreSQL before {needs.server_below}, this is {server}"
    if libpq < needs.libpq:
        return f"needs libpq {needs.libpq} or later, this is {libpq}"
    if needs.root and os.geteuid() != 0:
        return "needs the harness to run as root"
    return ""


def _run_case(case_server: TlsTestServer, channel: Child, case: Case) -> CaseResult:
    account = case_server.account
    ordinary = case.account == "ordinary" and account.switch
    reply = channel.ask(
        {
            "parameters": parameters(case_server, case),
            "home": str(case_server.home if case.home == "empty" else case_server.other_home),
            "account": [account.uid, account.gid] if ordinary else None,
        }
    )
    return CaseResult(case, *_outcome(reply))


def _outcome(reply: Mapping[str, Any]) -> tuple[str, str]:
    if reply["error"]:
        return str(reply["error"]), ""
    return (IN_TLS, f"{reply['version']} {reply['cipher']}") if reply["ssl"] else (IN_CLEAR, "")


def parameters(case_server: TlsTestServer, case: Case) -> dict[str, str]:
    """Return the libpq keywords of a case."""
    server = case_server.server
    more = dict(case.more)
    if "sslpassword" in more:
        more["sslpassword"] = KEY_PASSWORD if more["sslpassword"] == "right" else "another password"
    if "sslcrl" in more:
        more["sslcrl"] = case_server.file(more["sslcrl"])
    files = {"sslrootcert": case.root, "sslcert": case.certificate, "sslkey": case.key}
    for keyword, name in files.items():
        if name:
            more[keyword] = name if name == SYSTEM else case_server.file(name)
    return {
        "host": case.host,
        "hostaddr": server.host if server.host[:1].isdigit() else "127.0.0.1",
        "port": str(server.port),
        "dbname": "postgres",
        "user": case.user,
        "password": case_server.password,
        "sslmode": case.mode,
        "gssencmode": "disable",
        "connect_timeout": "5",
        **more,
    }


def _versions(case_server: TlsTestServer, driver: Mapping[str, Any]) -> dict[str, str]:
    number = int(driver["libpq"])
    floor, ceiling = case_server.bounds()
    return {
        "client's libpq": f"{number // 10000}.{number % 10000}",
        "client's OpenSSL": str(driver["openssl"]),
        "server": f"PostgreSQL {case_server.server.version} ({case_server.server.provider})",
        "server's TLS library": case_server.library(),
        "server's TLS versions": f"{floor} to {ceiling or 'the newest'}",
    }
