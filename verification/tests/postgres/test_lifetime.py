"""Nothing is left, however a run ends: no process, no container, no directory.

The runs of one provider take place at the same time, since each mostly waits: one test looks at one of them.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from verification.postgres import engine
from verification.tests.postgres.processes import SECONDS, processes_with, run_harness, wait_until

pytestmark = pytest.mark.slow

ENDS: Final[dict[str, signal.Signals | None]] = {
    "success": None,
    "failure": None,
    "Ctrl-C": signal.SIGINT,
    "SIGTERM": signal.SIGTERM,
    "SIGKILL": signal.SIGKILL,
}
"""How a run ends -> the signal that ends it."""
PROVIDERS: Final = ["embedded", pytest.param("container", marks=pytest.mark.container)]

HARNESS: Final = """
import signal, sys
from verification.postgres import providers
servers = providers.start_many([{"tls": False}, {"tls": True}], provider=sys.argv[1])
print('{"ready": true}', flush=True)
if sys.argv[2] == "wait":
    signal.pause()
sys.exit(1 if sys.argv[2] == "failure" else 0)
"""


@dataclass(frozen=True)
class Run:
    """A harness in a process of its own, and the folder for its temporary files alone."""

    provider: str
    base: Path
    process: subprocess.Popen[str]

    def left(self) -> list[str]:
        """Return what there is of its servers."""
        return _left(self.provider, self.base, self.process.pid)

    def end(self, number: signal.Signals | None) -> str:
        """Send the signal, if there is one, wait for the end, and return the output."""
        if number is not None:
            os.kill(self.process.pid, number)
        return self.process.communicate(timeout=SECONDS)[0]


@contextmanager
def temporary_folder() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="life-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)  # a failed test may leave a server that is being ended


@contextmanager
def started_runs(
    provider: str, ends: Mapping[str, signal.Signals | None], *, empty_cache: bool = False
) -> Iterator[dict[str, Run]]:
    """Start a harness for each end, all at the same time."""
    with ExitStack() as stack:
        runs: dict[str, Run] = {}
        for end, number in ends.items():
            base = stack.enter_context(temporary_folder())
            cache = {"XDG_CACHE_HOME": str(base / "cache")} if empty_cache else {}
            how = "wait" if number else end
            process = run_harness(HARNESS, provider, how, environment=_environment(base) | cache)
            stack.callback(process.kill)
            runs[end] = Run(provider, base, process)
        yield runs


@pytest.fixture(scope="module", params=PROVIDERS)
def ended_runs(request: pytest.FixtureRequest) -> Iterator[dict[str, Run]]:
    """Runs with two servers each, which nobody closed before the run ended."""
    with started_runs(request.param, ENDS) as runs:
        for run in runs.values():
            assert run.process.stdout is not None
            assert json.loads(run.process.stdout.readline()) == {"ready": True}
        for end, run in runs.items():
            assert ENDS[end] is None or run.left()
            run.end(ENDS[end])
        yield runs


@pytest.mark.parametrize("end", list(ENDS))
def test_nothing_is_left(ended_runs: dict[str, Run], end: str) -> None:
    """The exit status is that of the end, and both servers are gone."""
    run = ended_runs[end]

    assert (run.process.returncode == 0) == (end == "success")
    wait_until(lambda: not run.left(), f"nothing is left after {end}")


SIGNALS: Final = {end: number for end, number in ENDS.items() if number is not None}


@pytest.fixture(scope="module", params=PROVIDERS)
def broken_off_runs(request: pytest.FixtureRequest) -> Iterator[dict[str, Run]]:
    """Runs that got a signal while they made their servers, with an empty cache."""
    with started_runs(request.param, SIGNALS, empty_cache=True) as runs:
        waiting = dict(runs)

        def all_have_started() -> bool:
            for end, run in list(waiting.items()):
                if run.left():
                    os.kill(run.process.pid, SIGNALS[end])
                    del waiting[end]
            return not waiting

        wait_until(all_have_started, "a start")
        for run in runs.values():
            run.end(None)
        yield runs


@pytest.mark.parametrize("end", list(SIGNALS))
def test_nothing_is_left_of_a_broken_off_start(broken_off_runs: dict[str, Run], end: str) -> None:
    """The run has failed, and at the latest the next start removes what it left."""
    run = broken_off_runs[end]

    assert run.process.returncode != 0
    wait_until(lambda: not _left_at_next_start(run), f"nothing is left after {end}")


PYTEST_FILE: Final = """
import signal, os
from verification.postgres import providers

def test_interrupted():
    server = providers.start("embedded")
    os.kill(os.getpid(), signal.{name})
    while True:
        signal.pause()
"""


@pytest.fixture(scope="module")
def pytest_runs() -> Iterator[dict[str, Run]]:
    """pytest with a test that starts a server and interrupts its own process."""
    command = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    with ExitStack() as stack:
        runs: dict[str, Run] = {}
        for name in ("SIGINT", "SIGTERM"):
            base = stack.enter_context(temporary_folder())
            (base / "test_it.py").write_text(PYTEST_FILE.format(name=name))
            arguments = ("-p", "no:django", "-c", os.devnull, f"--rootdir={base}")
            report = f"--junit-xml={base / 'junit.xml'}"
            process = run_harness(
                command, *arguments, report, str(base / "test_it.py"), environment=_environment(base)
            )
            stack.callback(process.kill)
            runs[name] = Run("embedded", base, process)
        yield runs


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_pytest_ends_as_it_does_without_us(pytest_runs: dict[str, Run], name: str) -> None:
    """pytest handles the interrupt itself: it prints it, writes its report and ends with status 2."""
    run = pytest_runs[name]

    output = run.end(None)

    assert run.process.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in output or "Terminated" in output
    assert (run.base / "junit.xml").exists()
    wait_until(lambda: not run.left(), "nothing is left")


def _environment(base: Path) -> dict[str, str]:
    return {"TMPDIR": str(base)}


def _left_at_next_start(run: Run) -> list[str]:
    """A container that was created and never started cannot stop itself: the next run removes it."""
    if run.provider == "container":
        engine.remove_stale(engine.client())
    return run.left()


def _left(provider: str, base: Path, process: int) -> list[str]:
    if provider == "embedded":
        directories = [str(directory) for directory in base.glob("verification-*")]
        return directories + [f"process {number}" for number in processes_with(f"{base}/verification-")]
    containers = engine.client().client.api.containers(all=True, filters={"label": engine.OWNER_LABEL})
    labels = {container["Id"]: container["Labels"][engine.OWNER_LABEL] for container in containers}
    return [identifier for identifier, label in labels.items() if label.split()[1] == str(process)]
