"""What the tests of the servers share: a harness in a process of its own, and what it may leave."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from verification.processes.wait import wait_for

ROOT: Final = Path(__file__).parents[3]
SECONDS: Final = 60.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds; fail with its name when it never does."""
    assert wait_for(condition, seconds=SECONDS), f"never came true: {what}"


def run_harness(
    script: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a Python process that uses the harness; its standard output is one JSON object a line."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def result_of(process: subprocess.Popen[str]) -> Any:
    """Return the last line of a harness that must succeed."""
    output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    return json.loads(output.splitlines()[-1])


def processes_with(text: str) -> list[int]:
    """List the processes whose command line holds a text, those of PostgreSQL servers among them."""
    listed = subprocess.run(["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if text in line]
