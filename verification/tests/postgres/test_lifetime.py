"""Nothing is left, however a run ends: no process, no container, no directory."""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from verification.postgres import engine
from verification.tests.postgres.processes import SECONDS, processes_with, run_harness, wait_until

ENDS: Final[dict[str, signal.Signals | None]] = {
    "success": None,
    "failure": None,
    "Ctrl-C": signal.SIGINT,
    "SIGTERM": signal.SIGTERM,
    "SIGKILL": signal.SIGKILL,
}
"""How a run ends -> the signal that ends it."""

HARNESS: Final = """
import signal, sys
from verification.postgres import providers
servers = providers.start_many([{"tls": False}, {"tls": True}], provider=sys.argv[1])
print('{"ready": true}', flush=True)
if sys.argv[2] == "wait":
    signal.pause()
sys.exit(1 if sys.argv[2] == "failure" else 0)
"""


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder for temporary files of one harness alone, so that what it leaves can be seen."""
    directory = Path(tempfile.mkdtemp(prefix="life-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)  # a failed test may leave a server that is being ended


@pytest.mark.parametrize("end", list(ENDS))
@pytest.mark.parametrize("provider", ["embedded", pytest.param("container", marks=pytest.mark.container)])
def test_nothing_is_left(base: Path, provider: str, end: str) -> None:
    """Two servers run and are not closed by their owner; then the run ends."""
    number = ENDS[end]
    how = "wait" if number else end
    harness = run_harness(HARNESS, provider, how, environment=_environment(base))
    try:
        assert harness.stdout is not None
        assert json.loads(harness.stdout.readline()) == {"ready": True}
        if number:
            assert _left(provider, base, harness.pid)
            os.kill(harness.pid, number)
        harness.communicate(timeout=SECONDS)
    finally:
        harness.kill()

    assert (harness.returncode == 0) == (end == "success")
    wait_until(lambda: not _left(provider, base, harness.pid), f"nothing is left after {end}")


@pytest.mark.parametrize("end", ["Ctrl-C", "SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("provider", ["embedded", pytest.param("container", marks=pytest.mark.container)])
def test_nothing_is_left_of_a_broken_off_start(base: Path, provider: str, end: str) -> None:
    """The signal comes while the servers are still being made, from an empty cache; another run follows."""
    environment = {**_environment(base), "XDG_CACHE_HOME": str(base / "cache")}
    harness = run_harness(HARNESS, provider, "wait", environment=environment)
    try:
        wait_until(lambda: bool(_left(provider, base, harness.pid)), "a start")
        os.kill(harness.pid, ENDS[end] or 0)
        harness.communicate(timeout=SECONDS)
    finally:
        harness.kill()

    assert harness.returncode != 0
    wait_until(lambda: not _left_at_next_start(provider, base, harness.pid), f"nothing is left after {end}")


PYTEST_FILE: Final = """
import signal, os
from verification.postgres import providers

def test_interrupted():
    server = providers.start("embedded")
    os.kill(os.getpid(), signal.{name})
    while True:
        signal.pause()
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_pytest_ends_as_it_does_without_us(base: Path, name: str) -> None:
    """pytest takes the interrupt itself: it says so, writes its report and ends with status 2."""
    (base / "test_it.py").write_text(PYTEST_FILE.format(name=name))
    command = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    report = base / "junit.xml"
    arguments = ("-p", "no:django", "-c", os.devnull, f"--rootdir={base}", f"--junit-xml={report}")

    harness = run_harness(command, *arguments, str(base / "test_it.py"), environment=_environment(base))
    output, _ = harness.communicate(timeout=SECONDS)

    assert harness.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in output or "Terminated" in output
    assert report.exists()
    wait_until(lambda: not _left("embedded", base, harness.pid), "nothing is left")


def _environment(base: Path) -> dict[str, str]:
    return {"TMPDIR": str(base)}


def _left_at_next_start(provider: str, base: Path, process: int) -> list[str]:
    """Nothing in a container that was created and never started could end it: the next run does."""
    if provider == "container":
        engine.remove_stale(engine.client())
    return _left(provider, base, process)


def _left(provider: str, base: Path, process: int) -> list[str]:
    if provider == "embedded":
        directories = [str(each) for each in base.glob("verification-*")]
        return directories + [f"process {each}" for each in processes_with(f"{base}/verification-")]
    found = engine.client().client.api.containers(all=True, filters={"label": engine.OWNER_LABEL})
    return [each["Id"] for each in found if each["Labels"][engine.OWNER_LABEL].split()[1] == str(process)]
