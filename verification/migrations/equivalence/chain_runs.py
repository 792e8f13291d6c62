"""Run chains on databases of their own and compare what they leave: schemas and rows."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ...schema.comparison.compare import counts
from ...schema.comparison.difference import Difference
from ..data import numbering, row_comparison
from ..execution.migration_runner import Databases, MigrationRunner, Step
from ..execution.worker_process import JobFailed
from ..plan.chains import Chain, Squash, using_only
from . import comparison, states
from .comparison import StateComparison, with_alias

CHAIN_FAILURES: Final = {"apply", "irreversible", "load"}
"""Kinds of failure that the chain causes itself."""


@dataclass
class Applied:
    """One chain on databases of its own."""

    chain: Chain
    databases: Databases
    steps: list[Step] = field(default_factory=list)
    reading: comparison.StateReading | None = None
    failure: JobFailed | None = None


class ChainRuns:
    """Runs and compares chains of one project on one server."""

    def __init__(self, runner: MigrationRunner) -> None:
        self._runner = runner
        self._second_runs: dict[Chain, Databases] = {}
        self._lock = threading.Lock()

    def run(self, chain: Chain) -> Applied:
        """Apply a chain to fresh databases and read them; a failure of the chain is recorded."""
        applied = Applied(chain, self._runner.fresh())
        try:
            applied.steps = self._runner.forward(applied.databases, chain)
        except JobFailed as error:
            applied.failure = error
        else:
            applied.reading = comparison.read(self._runner.server, applied.databases, both=True)
        return applied

    def compare_some(self, original: Applied, used: Sequence[Squash]) -> StateComparison | None:
        """Run the chain that uses these squashes; None: they depend on another squash."""
        run = self.run(using_only(used, original.chain))
        if run.failure is not None and run.failure.kind == "load":
            return None
        comparison = self.compare(original, run, used[0])
        self._runner.drop(run.databases)
        return comparison

    def compare(self, original: Applied, applied: Applied, squash: Squash) -> StateComparison:
        """Compare schemas and rows of two runs. Raises ``CannotRun`` if the squashed chain cannot be run."""
        failure = applied.failure
        if failure is not None:
            if failure.kind not in CHAIN_FAILURES or failure.kind == "load":
                raise failure.cannot_run(f"the squashed chain of {squash.app} cannot be run")
            return StateComparison([comparison.does_not_apply(failure, str(squash))])
        assert original.reading is not None  # noqa: S101 - it was required
        assert applied.reading is not None  # noqa: S101 - no failure
        found = comparison.compare_readings(original.reading, applied.reading, self._runner.options)
        for alias in original.databases.own:
            left, right = (self._read_rows(each.databases, alias) for each in (original, applied))
            found.differences += self._differences(left, right, original.chain, alias)
            found.information += [with_alias(each, alias) for each in row_comparison.other_keys(left, right)]
        found.information += states.compare(self._runner, original.chain, applied.chain)
        return found

    def _differences(
        self, left: row_comparison.DatabaseRows, right: row_comparison.DatabaseRows, chain: Chain, alias: str
    ) -> list[Difference]:
        found = row_comparison.compare(
            left, right, lambda: self._read_rows(self._second_run(chain), alias)
        ) + numbering.compare(left.positions, right.positions)
        return [with_alias(each, alias) for each in found if counts(each, self._runner.options)]

    def _read_rows(self, databases: Databases, alias: str) -> row_comparison.DatabaseRows:
        return row_comparison.read(self._runner.server.url(databases.names[alias]))

    def _second_run(self, chain: Chain) -> Databases:
        """Run the originals once more, at most once; values that differ between two runs are random."""
        with self._lock:
            if chain not in self._second_runs:
                databases = self._runner.fresh()
                self._runner.forward(databases, chain)
                self._second_runs[chain] = databases
            return self._second_runs[chain]
