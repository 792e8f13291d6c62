"""Run one trial: the gate over a small project in a folder of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.leftovers import left
from tools.trials.table import Trial

REPOSITORY: Final = Path(__file__).parents[2]
LIMIT_SECONDS: Final = 120.0
"""When a run that does not end is ended here."""
FAILURE_SECONDS: Final = 60.0
"""How long a run may take that fails."""
CLEAN_SECONDS: Final = 30.0
"""How long the watchdogs of a killed run have."""


@dataclass(frozen=True)
class Outcome:
    """What a trial came to; ``problems`` is empty if it ended as it must."""

    trial: Trial
    status: int | None
    seconds: float
    problems: tuple[str, ...]


@contextmanager
def project(checks: str, settings: str | None = None) -> Iterator[Path]:
    """Yield a folder with a project in ``project`` and an empty ``tmp``."""
    scratch = Path(tempfile.mkdtemp(prefix="trial-"))
    scratch.chmod(0o755)
    folder = scratch / "project"
    folder.mkdir()
    temporary = scratch / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    configuration = "" if settings is None else "settings = 'mysettings'\n"
    (folder / "pyproject.toml").write_text(f"[tool.verification]\n{configuration}", encoding="utf-8")
    (folder / "test_mine.py").write_text(checks, encoding="utf-8")
    if settings is not None:
        (folder / "mysettings.py").write_text(f"{settings}\n", encoding="utf-8")
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def environment(scratch: Path) -> dict[str, str]:
    """Return the variables of a run: nothing of the project that runs the trials."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DB_", "DJANGO_", "PYTEST_"))
    }
    return {**kept, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(scratch / "tmp")}


def command(provider: str, *arguments: str) -> list[str]:
    """Return the command of a run."""
    return [sys.executable, "-m", "verification", "run", "--provider", provider, *arguments, "test_mine.py"]


def run(trial: Trial, provider: str = "embedded") -> Outcome:
    """Run one trial to its end."""
    with project(trial.checks, trial.settings) as scratch:
        variables = environment(scratch)
        for name, value in trial.variables.items():
            variables.pop(name, None)
            if value is not None:
                variables[name] = value.format(scratch=scratch)
        before = time.monotonic()
        process = subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                f'{trial.prepare or ":"}\nexec "$@"',
                "sh",
                *command(provider, *trial.arguments),
            ],
            cwd=scratch / "project",
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            output = process.communicate(timeout=LIMIT_SECONDS)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0].decode(errors="replace")
        seconds = time.monotonic() - before
        return Outcome(
            trial,
            process.returncode,
            seconds,
            tuple(_problems(trial, process.returncode, seconds, output, scratch)),
        )


def _problems(trial: Trial, status: int, seconds: float, output: str, scratch: Path) -> Iterator[str]:
    if status != trial.status:
        yield f"status {status}, not {trial.status}: {' '.join(output.split())[-300:]}"
    if trial.words not in output:
        yield f"nothing is said of {trial.words!r}: {' '.join(output.split())[-300:]}"
    for text in ("Traceback (most recent call last)", "INTERNALERROR"):
        if text in output and status != 1:
            yield f"{text} is printed"
    if status and seconds > FAILURE_SECONDS:
        yield f"it failed after {seconds:.0f} s only"
    yield from (f"left: {each}" for each in left(scratch, CLEAN_SECONDS))
