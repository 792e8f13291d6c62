"""One run of the gate: turns outcomes of tests into checks, and checks into a result."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from verification.errors import CannotRun
from verification.postgres.server_pool import Servers
from verification.project.configuration import Configuration
from verification.report import annotations, history, terminal
from verification.report.provenance import collect
from verification.report.recorder import HTML_NAME, Recorder
from verification.report.redaction import redact
from verification.report.result import Check, Verdict

EXIT_GOOD: Final = 0
EXIT_FAILED: Final = 1
EXIT_CANNOT_RUN: Final = 2
REASON_LENGTH: Final = 600


class SuiteRun:
    """Keeps the result while pytest runs the suite."""

    record_property: Callable[[str, object], None] | None = None

    def __init__(self, configuration: Configuration, directory: Path, servers: Servers) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        provenance = collect(configuration.root, " ".join(["python -m verification run", *sys.argv[2:]]))
        provenance["postgresql"] = servers.description
        self.servers = servers
        self.configuration = configuration
        self.recorder = Recorder(directory, provenance, self.secrets)
        self.recorder.write()

    def secrets(self) -> list[str]:
        """Give what no report of this run may show."""
        return [*self.servers.secrets(), *self.configuration.secrets()]

    @staticmethod
    def open_check(item: pytest.Item) -> Check:
        """Name a check after its test: ``test_schema.py::test_schema_drift`` is ``schema.drift``."""
        module = item.path.stem.removeprefix("test_")
        document = (getattr(getattr(item, "obj", None), "__doc__", None) or "").strip()
        title = document.splitlines()[0] if document else item.name.removeprefix("test_").replace("_", " ")
        name = item.name.removeprefix("test_").removeprefix(f"{module}_")
        return Check(name=f"{module}.{name}", title=title)

    def take(self, check: Check, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Note what one phase of a test came to; the check is complete after its teardown."""
        check.seconds += report.duration
        if report.longrepr is not None and not report.skipped:
            # junit.xml is written from this text, by pytest itself.
            report.longrepr = redact(report.longreprtext, self.secrets())
        if not report.passed:
            _judge(check, report, call)
        if report.when == "teardown":
            self.recorder.add(check)
            self._properties(check)

    def _properties(self, check: Check) -> None:
        if self.record_property:
            for figure in check.measurements:
                self.record_property(f"{check.name}/{figure.name}", f"{figure.value:g} {figure.unit}")

    def finish(self, exitstatus: int) -> int:
        """Write the final reports and give the exit status of the contract."""
        self.recorder.result.complete = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        history.append(self.recorder.directory / history.NAME, self.recorder.result.to_json())
        self.recorder.write()
        verdicts = {check.verdict for check in self.recorder.result.checks}
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and verdicts:
            if verdicts & {Verdict.FAILED, Verdict.INCONCLUSIVE}:
                return EXIT_FAILED
            return EXIT_CANNOT_RUN if Verdict.ERROR in verdicts else exitstatus
        return EXIT_CANNOT_RUN

    def show(self, reporter: pytest.TerminalReporter) -> None:
        """Print the result's table, and annotations where a CI service reads them."""
        console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140)
        terminal.show(self.recorder.result, console, str(self.recorder.directory / HTML_NAME))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            for line in annotations.github(self.recorder.result):
                reporter.write_line(line)


def _judge(check: Check, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """An assertion of the test itself is a failure; everything else is an error, a skip among it."""
    failure = call.excinfo.value if call.excinfo else None
    if report.skipped:
        check.verdict = Verdict.ERROR
        check.reason = check.reason or f"skipped: {_first_line(str(failure))}"
        return
    is_finding = isinstance(failure, AssertionError | pytest.fail.Exception) and report.when == "call"
    check.verdict = Verdict.FAILED if is_finding else Verdict.ERROR
    check.reason = check.reason or _first_line(str(failure)) or type(failure).__name__
    if not isinstance(failure, CannotRun):
        check.detail = report.longreprtext


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:REASON_LENGTH] if lines else ""
