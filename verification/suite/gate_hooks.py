"""What pytest calls in a run of the gate, and in no other."""

import shlex
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Final

import pytest

from ..errors import CannotRun
from ..extras import require
from ..postgres.server_pool import ServerPool
from ..project.configuration import load
from ..report.history import NAME, seconds
from ..report.result import Check
from ..transport.project_connections import names_tls
from .gate import GateRun, is_check, open_check
from .progress import RunProgress
from .watch import Watch

_CHECK: Final = pytest.StashKey[Check]()


def start_gate(config: pytest.Config, pool: ServerPool, use_project: Callable[[pytest.Config], None]) -> None:
    """Replace the reports of the run before, load the project, and register the hooks.

    Raises ``pytest.UsageError`` if the run cannot start.
    """
    if config.getoption("dist", "no") != "no" or config.getoption("looponfail", default=False):
        raise pytest.UsageError("the gate runs its checks in one process; omit -n, --dist and --looponfail")
    command = config.getoption("--verification-command") or shlex.join(
        ("pytest", *config.invocation_params.args)
    )
    run = None
    try:
        require("run", "the gate")
        run = GateRun(
            load(config.rootpath), Path(config.getoption("--verification-reports")), command, pool.secrets
        )
        if pool.dsn or pool.provider == "existing":
            pool.choose()
        use_project(config)
    except CannotRun as error:
        if run is not None:
            run.reason = str(error)
            run.finish(pytest.ExitCode.USAGE_ERROR)
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(GateHooks(run, pool), "verification-gate")


def check_of(item: pytest.Item) -> Check:
    """Return the check that a test stands for."""
    return item.stash.setdefault(_CHECK, open_check(item))


class GateHooks:
    """Hooks that hand what pytest does to the run of the gate."""

    def __init__(self, run: GateRun, pool: ServerPool) -> None:
        self.run = run
        self.pool = pool
        self.progress = RunProgress()
        self.watch = Watch(pool.started, run.configuration.check_seconds, self._give_up, self._finish_early)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Count the checks before others deselect some."""
        try:
            self.run.count(items)
        except CannotRun as error:
            self._refuse(error)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Record what could not be collected, and what was skipped as a whole: its checks do not run."""
        report = yield
        if not report.passed:
            self.run.record_collection(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Start the servers that the selected checks need: a run without a server ends before its first check."""
        if session.testsfailed and not session.config.getoption("continue_on_collection_errors"):
            return
        if session.config.getoption("collectonly"):
            self.run.reason = "--collect-only runs no check"
            return
        self.run.selected = len(session.items)
        try:
            self.pool.start(**self._servers(session.items))
        except CannotRun as error:
            self._refuse(error)
        self.run.provenance["postgresql"] = self.pool.description
        expected = seconds(self.run.recorder.directory / NAME, self.run.provenance)
        self.progress.start([check_of(item).name for item in session.items], expected)
        self.watch.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch each test: one that waits for a silent server does not end by itself."""
        self.watch.begin(check_of(item).name)
        self.progress.begin(check_of(item).name)
        try:
            return (yield)
        finally:
            self.watch.pause()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Run no check whose server does not answer: each would wait for its time limit."""
        self.pool.require_answers(**self._servers([item]))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Record each phase of a test."""
        report = yield
        check = check_of(item)
        self.run.record_phase(check, report, call)
        if report.when == "teardown":
            self.run.record_end(check, required=is_check(item))
            self.progress.end(check)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """End the run: its exit status is that of its result, not of its tests alone."""
        self.run.provenance["postgresql"] = self.pool.description
        session.exitstatus = self.run.finish(exitstatus)

    def pytest_unconfigure(self) -> None:
        """End the watch; what is open is closed after this."""
        self.progress.close()
        self.watch.end()

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self) -> None:
        """Print the result as a table, and its causes."""
        self.progress.close()
        self.run.show()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Print no letter for a test: the progress of the run has its line."""
        return (report.outcome, "", "") if report.when == "call" or not report.passed else ("", "", "")

    def _servers(self, items: Iterable[pytest.Item]) -> dict[str, bool]:
        """Return which servers these checks need; one that no check will get is started by the fixture, if ever."""
        needed = {name for item in items for name in getattr(item, "fixturenames", ())}
        return {
            "plain": bool(needed & {"verification_server", "django_db_setup"}),
            "tls": "verification_tls_server" in needed and names_tls(self.run.configuration),
        }

    def _give_up(self, reason: str) -> None:
        self.run.reason = reason

    def _finish_early(self) -> None:
        self.run.finish(pytest.ExitCode.INTERRUPTED)

    def _refuse(self, error: CannotRun) -> None:
        self.run.reason = str(error)
        raise pytest.UsageError(str(error)) from None


class Refusal:
    """A plugin that remembers why pytest refused to run; empty when it did not."""

    reason = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_parse(self) -> Generator[None, object, object]:
        """Watch pytest read its arguments."""
        return (yield from self._remember())

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_main(self) -> Generator[None, object, object]:
        """Watch the run."""
        return (yield from self._remember())

    def _remember(self) -> Generator[None, object, object]:
        try:
            return (yield)
        except pytest.UsageError as error:
            self.reason = " ".join(str(error).split())
            raise
