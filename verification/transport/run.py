"""Runs the cases against a server and judges what came of each."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verification.environment.settings_process import HARNESS
from verification.processes.child import Child
from verification.transport import connector
from verification.transport.cases import CASES, IN_CLEAR, IN_TLS, SYSTEM, Case
from verification.transport.tls_server import CONFIGURATIONS, KEY_PASSWORD, Stage

TLS_13: Final = "TLSv1.3"


@dataclass(frozen=True)
class Seen:
    """What came of one case."""

    case: Case
    outcome: str
    """``IN_TLS``, ``IN_CLEAR``, or the words of the refusal."""
    session: str = ""
    """TLS version and cipher, as the server has them in pg_stat_ssl."""

    @property
    def expected(self) -> bool:
        """Whether the case came out as it must."""
        if self.case.refused:
            return self.case.outcome.lower() in self.outcome.lower()
        return self.case.outcome == self.outcome


@dataclass(frozen=True)
class Run:
    """All that were run, what was left out and why, and who took part."""

    seen: tuple[Seen, ...]
    left_out: Mapping[str, str]
    """Number of a case -> why this pair of client and server cannot show it."""
    versions: Mapping[str, str]

    def by_number(self, number: str) -> Seen | None:
        """Give one case's outcome."""
        return next((seen for seen in self.seen if seen.case.number == number), None)

    def faults(self) -> list[str]:
        """Give each case that came out otherwise, and each refusal whose control does not hold."""
        return [fault for seen in self.seen for fault in self._judge(seen)]

    def _judge(self, seen: Seen) -> Iterator[str]:
        case = seen.case
        if not seen.expected:
            yield f"case {case.number} ({case.what}): expected {case.outcome!r}, got {seen.outcome!r}"
        if case.refused:
            control = self.by_number(case.control)
            if control is None or control.case.refused or not control.expected:
                yield f"case {case.number} ({case.what}): its control {case.control!r} did not connect"
            elif len(case.differences(control.case)) != 1:
                differences = ", ".join(case.differences(control.case)) or "nothing"
                yield f"case {case.number} ({case.what}): differs from its control in {differences}"


def run(stage: Stage, cases: Sequence[Case] = CASES) -> Run:
    """Run the cases, grouped by the server's configuration."""
    with _connector() as channel:
        driver = channel.ask({})
        libpq = int(driver["libpq"]) // 10000
        left_out = {case.number: why for case in cases if (why := _why_not(case, stage.server.major, libpq))}
        seen: list[Seen] = []
        for configuration in CONFIGURATIONS:
            wanted = [case for case in cases if case.server == configuration and case.number not in left_out]
            if wanted:
                stage.serve(configuration)
                seen += [_see(stage, channel, case) for case in wanted]
        stage.serve("good")
    order = [case.number for case in cases]
    seen.sort(key=lambda each: order.index(each.case.number))
    return Run(tuple(seen), left_out, _versions(stage, driver))


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


def _why_not(case: Case, server: int, libpq: int) -> str:
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


def _see(stage: Stage, channel: Child, case: Case) -> Seen:
    account = stage.account
    ordinary = case.account == "ordinary" and account.switch
    reply = channel.ask(
        {
            "parameters": parameters(stage, case),
            "home": str(stage.home if case.home == "empty" else stage.other_home),
            "account": [account.uid, account.gid] if ordinary else None,
        }
    )
    return Seen(case, *_outcome(reply))


def _outcome(reply: Mapping[str, Any]) -> tuple[str, str]:
    if reply["error"]:
        return str(reply["error"]), ""
    return (IN_TLS, f"{reply['version']} {reply['cipher']}") if reply["ssl"] else (IN_CLEAR, "")


def parameters(stage: Stage, case: Case) -> dict[str, str]:
    """Give libpq's keywords for a case."""
    server = stage.server
    more = dict(case.more)
    if "sslpassword" in more:
        more["sslpassword"] = KEY_PASSWORD if more["sslpassword"] == "right" else "another password"
    if "sslcrl" in more:
        more["sslcrl"] = stage.file(more["sslcrl"])
    files = {"sslrootcert": case.root, "sslcert": case.certificate, "sslkey": case.key}
    for keyword, name in files.items():
        if name:
            more[keyword] = name if name == SYSTEM else stage.file(name)
    return {
        "host": case.host,
        "hostaddr": server.host if server.host[:1].isdigit() else "127.0.0.1",
        "port": str(server.port),
        "dbname": "postgres",
        "user": case.user,
        "password": stage.password,
        "sslmode": case.mode,
        "gssencmode": "disable",
        "connect_timeout": "5",
        **more,
    }


def _versions(stage: Stage, driver: Mapping[str, Any]) -> dict[str, str]:
    number = int(driver["libpq"])
    floor, ceiling = stage.bounds()
    return {
        "client's libpq": f"{number // 10000}.{number % 10000}",
        "client's OpenSSL": str(driver["openssl"]),
        "server": f"PostgreSQL {stage.server.version} ({stage.server.provider})",
        "server's TLS library": stage.library(),
        "server's TLS versions": f"{floor} to {ceiling or 'the newest'}",
    }
