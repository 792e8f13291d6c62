"""Ends runs of the gate by signals at random moments, and looks for what they leave: ``tox -e kills``.

The runs of one provider follow each other with one temporary directory and one folder for reports. After each, no
process, container, volume, network or shared memory of the run is there, its temporary directory is empty, and the
report is not that of the run before. Then a small run must start and pass. Exit status 1 if one is otherwise.
"""

import argparse
import fcntl
import itertools
import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tools.leftovers import Namespaces, left
from tools.trials.run import command, environment
from tools.trials.table import GOOD

WAYS: Final = (
    *itertools.product((signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL), ("process", "group")),
    (signal.SIGHUP, "terminal"),
)
"""Which signal, and to whom: ``terminal`` is a terminal that is closed, whose signal the kernel sends."""
END_SECONDS: Final = 60.0
"""How long a run may take to end after the signal, and what it leaves to be removed."""
CHECKS: Final = ("-k", "squash or purity or cases")
"""Checks with both servers, workers of migrations, a web server and clients of TLS."""


@dataclass(frozen=True)
class Kill:
    """The end of one run."""

    number: signal.Signals
    whom: str
    seconds: float
    """When it comes, from the start of the run."""


class Bench:
    """Where the runs of one provider take place, one after the other."""

    def __init__(self, folder: Path, provider: str, namespaces: Namespaces) -> None:
        self.folder, self.provider, self.namespaces = folder, provider, namespaces
        self.reports, self.small = folder / "reports", folder / "small"
        self._terminal: int | None = None
        folder.chmod(0o755)
        (folder / "tmp").mkdir(mode=0o755)
        self.small.mkdir()
        (self.small / "pyproject.toml").write_text("[tool.verification]\n", encoding="utf-8")
        (self.small / "test_mine.py").write_text(GOOD, encoding="utf-8")

    def kill(self, kill: Kill) -> Iterator[str]:
        """End one run of the gate; yield what is wrong then."""
        before, since = self._report(), time.time()
        process, send = self._start(kill)
        with suppress(subprocess.TimeoutExpired):
            self._wait(process, kill.seconds)
        if process.poll() is None:
            send()
        try:
            self._wait(process, END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            yield f"the run did not end within {END_SECONDS:.0f} s"
        yield from left(self.folder, END_SECONDS, since)
        yield from self.namespaces.left()
        report = self._report()
        if report == before:
            yield "the report is that of the run before"
        elif process.returncode != 0 and report.get("verdict") in {"passed", "partial"}:
            yield f"exit status {process.returncode}, and the report says {report['verdict']}"

    def small_run(self) -> Iterator[str]:
        """Make a small run, which passes; yield what is wrong with it."""
        done = subprocess.run(
            self.namespaces.command(
                self.small, *command(self.provider, "--verification-reports", str(self.reports))
            ),
            check=False,
            env=environment(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode or self._report().get("verdict") not in {"passed", "partial"}:
            words = " ".join(done.stdout.decode(errors="replace").split())
            yield f"the next run ended with status {done.returncode}: {words[-300:]}"
        yield from left(self.folder, END_SECONDS)

    def _start(self, kill: Kill) -> tuple[subprocess.Popen[bytes], Callable[[], object]]:
        """Start the gate; return the process and what ends it."""
        gate = self.namespaces.command(
            Path.cwd(), sys.executable, "-m", "verification", "run", "--provider", self.provider,
            "--verification-reports", str(self.reports), *CHECKS,
        )  # fmt: skip
        variables = {**os.environ, "TMPDIR": str(self.folder / "tmp")}
        if kill.whom == "terminal":
            return self._start_in_terminal(gate, variables), self._close_terminal
        process = subprocess.Popen(
            gate, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        return process, partial(os.killpg if kill.whom == "group" else os.kill, process.pid, kill.number)

    def _start_in_terminal(self, gate: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
        self._terminal, slave = pty.openpty()
        try:
            return subprocess.Popen(
                gate,
                env=variables,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                preexec_fn=partial(fcntl.ioctl, 0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread here
            )
        finally:
            os.close(slave)

    def _close_terminal(self) -> None:
        if self._terminal is not None:
            os.close(self._terminal)
            self._terminal = None

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        """Wait for its end; what it writes to its terminal is read meanwhile."""
        deadline = time.monotonic() + seconds
        while self._terminal is not None and process.poll() is None and time.monotonic() < deadline:
            if select.select([self._terminal], [], [], 0.1)[0]:
                try:
                    os.read(self._terminal, 65536)
                except OSError:  # nobody has it open any more
                    self._close_terminal()
        process.wait(max(0.0, deadline - time.monotonic()))
        self._close_terminal()

    def _report(self) -> dict[str, object]:
        """Return the report of the last run; empty without one."""
        try:
            report: dict[str, object] = json.loads((self.reports / "verification.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return report


def main() -> int:
    """Make the runs, print each as a line, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.kills", description=__doc__)
    parser.add_argument("--trials", type=int, default=2 * len(WAYS), help="how many for each provider")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--provider", action="append", choices=("embedded", "container"))
    parser.add_argument("--seconds", type=float, default=30.0, help="the latest moment of a signal")
    arguments = parser.parse_args()
    failures = 0
    print(f"{'provider':9}  {'signal':7}  {'to':8}  {'at s':>5}  {'took':>5}  {'next':>5}  left")
    for provider in arguments.provider or ["embedded"]:
        chance = random.Random(arguments.seed)  # noqa: S311 - moments, no secret
        with tempfile.TemporaryDirectory(prefix="kills-") as name, Namespaces() as namespaces:
            bench = Bench(Path(name), provider, namespaces)
            if wrong := list(bench.small_run()):
                print(f"{provider}: nothing was killed yet, and {'; '.join(wrong)}")
                return 1
            for ways in itertools.islice(itertools.cycle(WAYS), arguments.trials):
                kill = Kill(*ways, seconds=chance.uniform(0.0, arguments.seconds))
                begun = time.monotonic()
                wrong = list(bench.kill(kill))
                ended = time.monotonic()
                wrong += bench.small_run()
                failures += bool(wrong)
                print(
                    f"{provider:9}  {kill.number.name:7}  {kill.whom:8}  {kill.seconds:5.1f}"
                    f"  {ended - begun:5.1f}  {time.monotonic() - ended:5.1f}  {'; '.join(wrong) or 'nothing'}",
                    flush=True,
                )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
