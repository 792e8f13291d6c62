"""One run of the gate: turn the outcomes of tests into checks, and the checks into a result."""

import ast
import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from _pytest.outcomes import Skipped

from ..consoles import console
from ..errors import CannotRun
from ..project.configuration import Configuration
from ..report import annotations, code_quality, junit, sarif, summary, terminal
from ..report.finding import Finding
from ..report.provenance import collect
from ..report.recorder import HTML_NAME, JSON_NAME, Recorder
from ..report.redaction import redact
from ..report.result import EXIT_STATUS, Check, Verdict
from ..report.rules import rule_of
from .exception_evidence import evidence_of, innermost, own_frames
from .places import place_of

SUITE: Final = Path(__file__).parent
BENCHMARKS_NAME: Final = "benchmark.json"
TRACEBACKS_NAME: Final = "harness-tracebacks.txt"
NOT_STARTED: Final = "the run ended before it started its first check"
REASON_LENGTH: Final = 600
"""Characters of an exception's first line that a reason holds."""
UNFINISHED: Final[dict[int, str]] = {
    pytest.ExitCode.OK: "not every selected check was run",
    pytest.ExitCode.INTERRUPTED: "pytest was interrupted",
    pytest.ExitCode.INTERNAL_ERROR: "internal error of pytest; its output has the traceback",
    pytest.ExitCode.USAGE_ERROR: "pytest refused its arguments or could not start; its output says why",
    pytest.ExitCode.NO_TESTS_COLLECTED: "no check was selected",
}


class NotApplicable(Skipped):
    """Raised by a fixture or a test: the project has no subject for the check, so there is nothing to verify.

    The message says what the project lacks, and what in it would make the check apply.
    """


class GateRun:
    """Keeps the result while pytest runs the checks."""

    def __init__(
        self,
        configuration: Configuration,
        directory: Path,
        command: str,
        server_secrets: Callable[[], Iterable[str]],
    ) -> None:
        self.configuration = configuration
        self.server_secrets = server_secrets
        self.provenance = collect(configuration.root, command) | {
            "time limits": f"a check {configuration.check_seconds} s, the run {configuration.run_seconds} s"
        }
        self.recorder = start_reports(directory, self.provenance, self.secrets)
        self.reason = ""
        self.selected = 0
        """Tests to run."""
        self.ended = 0
        """Tests that have run to their end."""

    def secrets(self) -> list[str]:
        """Return what no report of this run may show."""
        return [*self.server_secrets(), *self.configuration.secrets()]

    def count(self, items: list[pytest.Item]) -> None:
        """Count all checks, those of the suite included that were not collected. Call before any is deselected.

        Raises ``CannotRun`` if a module defines a test twice: Python keeps the last one only.
        """
        for module in {item.path for item in items if item.path.suffix == ".py"}:
            if twice := [name for name, times in Counter(names_of_tests(module)).items() if times > 1]:
                raise CannotRun(f"{module}: {twice[0]} is defined twice", "rename one of them")
        suite = sum(len(names_of_tests(module)) for module in SUITE.glob("test_*.py"))
        collected = sum(SUITE in item.path.parents for item in items)
        others = sum(is_check(item) and SUITE not in item.path.parents for item in items)
        self.recorder.result.total = max(suite, collected) + others

    def record_phase(self, check: Check, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Record what one phase of a test (setup, call, teardown) came to."""
        check.seconds += report.duration
        if report.longrepr is not None and not report.skipped:
            report.longrepr = redact(report.longreprtext, self.secrets())
        if hasattr(report, "wasxfail"):
            _conclude(check, Verdict.ERROR, "marked xfail: a check passes or fails; remove the mark")
        elif report.skipped:
            reason = _first_line(str(call.excinfo.value)) if call.excinfo else ""
            if call.excinfo and isinstance(call.excinfo.value, NotApplicable):
                check.not_applicable(reason)
            else:
                _conclude(check, Verdict.ERROR, f"skipped: {reason}")
        elif report.failed:
            self._record_failure(check, report, call)

    def _record_failure(self, check: Check, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Record a failed phase: an assertion of the test is a failure, any other exception an error."""
        failures = _leaves(call.excinfo.value if call.excinfo else None)
        failed = report.when == "call" and any(
            isinstance(failure, AssertionError | pytest.fail.Exception) for failure in failures
        )
        reason = "; ".join(map(_words, failures))
        _conclude(
            check, Verdict.FAILED if failed else Verdict.ERROR, reason or _first_line(report.longreprtext)
        )
        first = failures[0] if failures else None
        frames = own_frames(first, self.configuration.root)
        check.places = check.places or innermost(frames, self.configuration.root)
        check.detail = check.detail or redact(evidence_of(first, frames, report), self.secrets())
        if not failed and not frames and not isinstance(first, CannotRun):
            self._keep_traceback(check, report.longreprtext)

    def _keep_traceback(self, check: Check, text: str) -> None:
        """Write the harness's own traceback to a file for its authors: it tells nothing about the project."""
        with (self.recorder.directory / TRACEBACKS_NAME).open("a", encoding="utf-8") as file:
            file.write(redact(f"{check.name}\n{text}\n\n", self.secrets()))
        check.notes.append(f"The traceback is in {TRACEBACKS_NAME} beside this report.")

    def _placed(self, finding: Finding) -> Finding:
        """Return the finding without secrets, and with the place that its rule names if it has none."""
        secrets = self.secrets()
        return replace(
            finding,
            message=redact(finding.message, secrets),
            evidence=tuple(redact(fact, secrets) for fact in finding.evidence),
            places=finding.places or place_of(self.configuration, rule_of(finding.rule).place),
        )

    def record_end(self, check: Check, *, required: bool) -> None:
        """Add a finished check to the result; a test that is no check is added only when it did not pass."""
        self.ended += 1
        check.settle()
        check.findings = [self._placed(finding) for finding in check.findings]
        if not required and check.reason == Check.reason:
            return
        if not required:
            self.recorder.result.total += 1
        self.recorder.add(check)

    def record_collection(self, report: pytest.CollectReport) -> None:
        """Record a module that could not be collected: its checks do not run."""
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else report.longreprtext
        words = [line.removeprefix("E").strip() for line in reason.splitlines() if line.startswith("E ")]
        check = Check(name=f"collection.{Path(report.nodeid).stem}", title=f"{report.nodeid} is collected.")
        check.conclude(Verdict.ERROR, redact(_first_line("\n".join(words) or reason), self.secrets()))
        check.detail = redact(report.longreprtext, self.secrets())
        self.recorder.result.total += 1
        self.recorder.add(check)

    def finish(self, exitstatus: int) -> int:
        """Write the final reports and return the exit status of the command-line contract."""
        result = self.recorder.result
        complete = exitstatus == pytest.ExitCode.TESTS_FAILED or (
            exitstatus == pytest.ExitCode.OK and 0 < self.selected <= self.ended
        )
        reason = self.reason or UNFINISHED.get(exitstatus, f"pytest ended with status {exitstatus}")
        self.recorder.finish(complete=complete, reason="" if complete else reason)
        return EXIT_STATUS[result.verdict]

    def show(self) -> None:
        """Print the result, with annotations and a summary where a CI service reads them."""
        result = self.recorder.result
        out = console()
        page = self.recorder.directory / HTML_NAME
        below = page.is_relative_to(Path.cwd())
        terminal.show(result, out, str(page.relative_to(Path.cwd()) if below else page))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            for line in annotations.github(result):
                out.print(line, markup=False, highlight=False, soft_wrap=True)
        if path := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(redact(summary.render(result), self.secrets()))


def start_reports(
    directory: Path,
    provenance: dict[str, str],
    secrets: Callable[[], Iterable[str]] = tuple,
    reason: str = NOT_STARTED,
) -> Recorder:
    """Replace the reports of an earlier run by those of a run that has not started.

    Raises ``CannotRun`` if the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in (BENCHMARKS_NAME, TRACEBACKS_NAME):
            (directory / name).unlink(missing_ok=True)
        recorder = Recorder(directory, provenance, secrets)
        recorder.result.reason = reason
        recorder.write()
    except OSError as error:
        with suppress(OSError):
            for name in (JSON_NAME, HTML_NAME, junit.NAME, sarif.NAME, code_quality.NAME):
                (directory / name).unlink(missing_ok=True)
        raise CannotRun(
            f"{error.filename or directory}: {error.strerror}", "fix the folder for reports"
        ) from None
    recorder.result.reason = ""
    return recorder


def is_check(item: pytest.Item) -> bool:
    """Tell whether a test is a check: one of the suite, or a project's own that asks for the fixture."""
    return SUITE in item.path.parents or "verification_check" in getattr(item, "fixturenames", ())


def open_check(item: pytest.Item) -> Check:
    """Return a check named after its test: ``test_schema.py::test_schema_drift`` is ``schema.drift``.

    In the suite the area is the first word of the module: ``test_health_latency.py::test_alarm`` is ``health.alarm``.
    """
    module = item.path.stem.removeprefix("test_")
    area = module.partition("_")[0] if SUITE in item.path.parents else module
    document = (getattr(getattr(item, "obj", None), "__doc__", None) or "").strip()
    title = document.splitlines()[0] if document else item.name.removeprefix("test_").replace("_", " ")
    name = item.name.removeprefix("test_").removeprefix(f"{area}_")
    return Check(name=f"{area}.{name}", title=title)


def names_of_tests(module: Path) -> list[str]:
    """Return the names of the test functions at the top level of a module, as often as they are defined."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [node.name for node in functions if node.name.startswith("test_")]


def _words(failure: BaseException) -> str:
    """Return what an exception says; one that is no sentence of the harness or of an assertion with its name."""
    said = _first_line(str(failure))
    if isinstance(failure, CannotRun | AssertionError | pytest.fail.Exception) and said:
        return said
    return f"{type(failure).__name__}: {said}" if said else type(failure).__name__


def _leaves(failure: BaseException | None) -> list[BaseException]:
    """Return the exceptions in a group, such as Hypothesis raises for several failures; else the exception."""
    if isinstance(failure, BaseExceptionGroup):
        return [leaf for member in failure.exceptions for leaf in _leaves(member)]
    return [] if failure is None else [failure]


def _conclude(check: Check, verdict: Verdict, reason: str) -> None:
    """Replace whatever the check has said of itself, unless an earlier phase has failed."""
    if check.verdict is Verdict.FAILED:
        return
    if verdict is Verdict.ERROR and check.verdict is Verdict.ERROR and check.has_verdict:
        return
    check.verdict, check.reason = verdict, reason


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0][:REASON_LENGTH] if lines else ""
