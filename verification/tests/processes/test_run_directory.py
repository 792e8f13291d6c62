"""Temporary directories of a run: gone at its end, after SIGKILL, and with the next run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import verification
from verification.processes import run_directory
from verification.processes.wait import wait_for

HARNESS = Path(verification.__file__).resolve().parent.parent
SERVER = """
import os
from pathlib import Path
from verification.project.http_servers import Application
from verification.project.web_server import WebServer
reference = "verification.health.latency.reference:application"
server = WebServer(
    Application(name=reference, gunicorn_config=Path(os.environ["CONFIG"])),
    dict(os.environ),
    directory=Path("/"),
)
server.wait("/")
print("ready", flush=True)
"""
CONFIG = """
import tempfile
def on_starting(_server):
    tempfile.mkdtemp(prefix="left-by-the-project-")
"""


def start(script: str, temporary: Path) -> "subprocess.Popen[str]":
    """Start a run whose temporary directory is the given one."""
    temporary.mkdir()
    config = temporary.parent / "gunicorn.conf.py"
    config.write_text(CONFIG, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(HARNESS), "TMPDIR": str(temporary), "CONFIG": str(config)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_nothing_is_left_of_a_server_after_the_end(tmp_path: Path) -> None:
    """Whatever a project's server puts into the temporary directory is gone when the run has ended."""
    temporary = tmp_path / "temporary"
    script = SERVER + "print(len(list(server._process.temporary.glob('left-by-*'))))"
    with start(script, temporary) as process:
        output, _ = process.communicate(timeout=60)

    assert output.split() == ["ready", "1"]
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_of_a_server_after_sigkill(tmp_path: Path) -> None:
    """The watchdog removes the run's directory when the run was killed."""
    temporary = tmp_path / "temporary"
    with start(SERVER + "input()", temporary) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert list(temporary.iterdir())
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert wait_for(lambda: not list(temporary.iterdir()), seconds=20)


def test_directories_of_dead_runs_only_are_found(tmp_path: Path) -> None:
    """A directory whose owner has ended is found; one whose owner lives, here or elsewhere, or has none, is not."""
    own = run_directory.create(tmp_path, "run-")
    (tmp_path / "run-nobody").mkdir()
    code = (
        "from pathlib import Path\nfrom verification.processes import run_directory\n"
        f"print(run_directory.create(Path({str(tmp_path)!r}), 'run-'), flush=True)\ninput()"
    )
    with start(code, tmp_path / "temporary") as process:
        assert process.stdout is not None
        other = Path(process.stdout.readline().strip())
        assert list(run_directory.of_dead_runs(tmp_path, "run-")) == []
        process.kill()
        process.wait()

    assert list(run_directory.of_dead_runs(tmp_path, "run-")) == [other]
    assert own.exists()


@pytest.mark.parametrize(
    ("content", "hours", "found"),
    [
        ([], 0, False),  # somebody is making it
        ([], 2, True),
        (["data"], 2, True),  # the lock went first
        (["owner"], 2, False),  # of an older version of the harness, which may be running
        (["lock", "data"], 0, True),
    ],
)
def test_a_directory_that_nobody_has_locked(
    tmp_path: Path, content: list[str], hours: int, *, found: bool
) -> None:
    """What may be alive is kept, and a remainder is removed."""
    directory = tmp_path / "run-x"
    directory.mkdir()
    for file in content:
        (directory / file).touch()
    made = time.time() - hours * 3600
    os.utime(directory, (made, made))

    assert list(run_directory.of_dead_runs(tmp_path, "run-")) == [directory] * found
