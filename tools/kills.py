"""Ends runs of the gate by signals at random moments, and looks for what they leave: ``tox -e kills``.

Each trial has a temporary directory of its own. After it there must be no process that uses that directory, no
container of the run, nothing in the directory, and no report that says passed. Exit status 1 if something is left.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tools.leftovers import left

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
END_SECONDS: Final = 60.0
"""How long a run may take to end after the signal, and what it leaves to be removed."""
CHECKS: Final = ("-k", "squash or purity or cases")
"""Checks with both servers, workers of migrations, a web server and clients of TLS."""


@dataclass(frozen=True)
class Trial:
    """One run and its end."""

    provider: str
    number: signal.Signals
    group: bool
    """Whether the signal goes to the whole process group, as Ctrl-C in a terminal does."""
    seconds: float
    """When the signal is sent, from the start of the run."""


def run(trial: Trial, folder: Path) -> list[str]:
    """Make one trial and return what is wrong."""
    temporary, reports = folder / "tmp", folder / "reports"
    temporary.mkdir(mode=0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "verification", "run", "--provider", trial.provider,
         "--verification-reports", str(reports), *CHECKS],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(trial.seconds)
    except subprocess.TimeoutExpired:
        (os.killpg if trial.group else os.kill)(process.pid, trial.number)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return [f"the run did not end within {END_SECONDS:.0f} s"]
    wrong = left(folder, END_SECONDS)
    if process.returncode != 0 and verdict(reports) in {"passed", "partial"}:
        wrong.append(f"exit status {process.returncode}, and the report says {verdict(reports)}")
    return wrong


def verdict(reports: Path) -> str:
    """Return the verdict in a run's report; empty without a report."""
    try:
        return str(json.loads((reports / "verification.json").read_text(encoding="utf-8"))["verdict"])
    except (OSError, ValueError):
        return ""


def main() -> int:
    """Make the trials, print them as a table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.kills")
    parser.add_argument("--trials", type=int, default=20, help="how many for each provider")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--provider", action="append", choices=("embedded", "container"))
    parser.add_argument("--seconds", type=float, default=15.0, help="the latest moment of a signal")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 - moments, no secret
    table = Table("provider", "signal", "to", "after", "took", "left")
    failures = 0
    for number in range(arguments.trials * len(providers := arguments.provider or ["embedded"])):
        trial = Trial(
            providers[number % len(providers)],
            chance.choice(SIGNALS),
            chance.random() < 0.5,  # noqa: PLR2004 - as often as not
            chance.uniform(0.0, arguments.seconds),
        )
        with tempfile.TemporaryDirectory(prefix="kills-", ignore_cleanup_errors=True) as name:
            Path(name).chmod(0o755)
            begun = time.monotonic()
            wrong = run(trial, Path(name))
        failures += bool(wrong)
        whom, took = "group" if trial.group else "process", f"{time.monotonic() - begun:.1f} s"
        row = (trial.provider, trial.number.name, whom, f"{trial.seconds:.1f} s", took)
        print(*row, "; ".join(wrong) or "nothing", flush=True)
        table.add_row(*row, "; ".join(wrong) or "nothing")
    Console().print(table)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
