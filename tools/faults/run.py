"""Runs the gate over a copy of the project with one fault."""

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tools.faults.model import Fault
from verification.errors import CANNOT_RUN
from verification.project.configuration import Configuration, load
from verification.report.result import Verdict
from verification.tests.suite.faulty_copies import copy_project, gate

NOT_RUN: Final = "(no check ran)"
SECONDS: Final = 900
"""Of one run of the gate; a machine with other work needs some minutes."""


@dataclass(frozen=True)
class Outcome:
    """What the gate said of one fault."""

    fault: Fault
    status: int
    failed: dict[str, str]
    """Check that did not pass -> its reason."""
    broken: frozenset[str]
    """Those of them that could not run, as on a machine that is too busy: they have seen nothing."""
    seconds: float
    ran: bool = False
    """Whether the check that must fail was run at all."""

    @property
    def expected(self) -> bool:
        """Whether the check that must fail has failed, or nothing has where nothing may."""
        seen = self.failed.keys() - self.broken
        return self.fault.caught_by in seen if self.fault.caught_by else self.status == 0

    @property
    def line(self) -> str:
        """The outcome in one line."""
        word = "SURVIVED" if self.fault.caught_by else "FALSE ALARM"
        if self.expected:
            word = "as expected"
        elif NOT_RUN in self.failed or self.fault.caught_by in self.broken or not self.ran:
            word = "NOT RUN"
        seen = "; ".join(f"{check}: {reason[:160]}" for check, reason in self.failed.items())
        return f"{word:12} {self.fault.name}  [{seen or f'status {self.status}'}]  {self.seconds:.0f} s"


def run(faults: Sequence[Fault], *, root: Path, jobs: int, provider: str, whole: bool) -> Iterator[Outcome]:
    """Run the gate for each fault, so many at a time; yield the outcomes in the order of the faults."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(partial(_run_one, load(root), provider, whole), faults)


def _run_one(configuration: Configuration, provider: str, whole: bool, fault: Fault) -> Outcome:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fault-") as folder:
        project = copy_project(configuration, Path(folder))
        for edit in fault.edits:
            edit.apply(project)
        only = () if whole else ("-k", fault.select)
        try:
            done = gate(project, *only, provider=provider, seconds=SECONDS)
        except subprocess.TimeoutExpired as error:
            return Outcome(fault, CANNOT_RUN, {NOT_RUN: str(error)}, frozenset(), SECONDS)
    failed = {
        name: str(check["reason"])
        for name, check in done.checks.items()
        if check["verdict"] not in {"passed", "not applicable"}
    }
    if not done.checks:
        failed[NOT_RUN] = done.output[-300:]
    broken = frozenset(name for name in failed if done.checks.get(name, {}).get("verdict") == Verdict.ERROR)
    ran = not fault.caught_by or fault.caught_by in done.checks
    return Outcome(fault, done.status, failed, broken, time.monotonic() - started, ran)
