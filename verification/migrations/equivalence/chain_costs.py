"""What the migrations of apps without a squash cost on many rows: one walk along the whole chain.

Each table gets rows as soon as it is there, so that every later migration meets them. A migration that refuses the rows
ends the walk; the next walk fills the tables behind it.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from ...schema.comparison.difference import Difference
from ..cost.record import read_tables
from ..data import production_rows
from ..execution.migration_runner import Databases, MigrationRunner, Step, steps_of
from ..execution.worker_process import Event, JobFailed
from ..plan.chains import Chain, Key, Squash, key_of
from .upgrade import RowVolume, Upgrade, connect

WALKS: Final = 10
"""At most; what is behind the last refusal then stays unmeasured, which is told."""


@dataclass
class ChainCosts:
    """What came of the walks."""

    upgrades: list[Upgrade] = field(default_factory=list)
    """One from each filling of tables to the next."""
    refused: dict[str, str] = field(default_factory=dict)
    """Migration that refuses the rows, which was not measured -> its message."""
    unmeasured: int = 0
    """Migrations behind the last refusal that was tried."""


def measure(
    runner: MigrationRunner, apps: Sequence[str], chain: Chain, few: RowVolume, many: RowVolume
) -> ChainCosts:
    """Measure the migrations of some apps; tables of other apps, a package's among them, get few rows.

    A migration that takes ``few`` rows and refuses ``many`` is a difference. Raises ``CannotRun`` if a failure is not
    the migrations' own.
    """
    costs = _along(_Walk(runner, apps, many, few.size / many.size, measured=True), chain)
    if costs.refused:
        of_few = _along(_Walk(runner, apps, few, 1.0, measured=False), chain)
        costs.upgrades[0].differences += [
            Difference("migration", name, "changed", f"with {many.size} rows", "applies", said)
            for name, said in costs.refused.items()
            if name not in of_few.refused
        ]
    return costs


def _along(walk: "_Walk", chain: Chain) -> ChainCosts:
    costs = ChainCosts(walk.upgrades)
    for _ in range(WALKS):
        error = walk.run(chain)
        if error is None:
            return costs
        costs.refused[error.migration] = error.message
    costs.unmeasured = len(walk.left)
    return costs


class _Walk:
    """A database on its way from nothing to the last migration, or to one that refuses rows."""

    def __init__(
        self,
        runner: MigrationRunner,
        apps: Sequence[str],
        rows: RowVolume,
        of_others: float,
        *,
        measured: bool,
    ) -> None:
        """``of_others``: rows of a table of another app, for each one of ``rows``."""
        self.upgrades: list[Upgrade] = []
        self.left: list[Key] = [(app, name) for app in apps for name in runner.tree.migrations[app]]
        """What is still to be measured; what comes before it is applied to empty tables."""
        self._runner, self._apps, self._rows, self._of_others = runner, apps, rows, of_others
        self._measured = measured
        self._upgrade: Upgrade | None = None
        """The one that the next migrations belong to."""
        self._of: dict[str, Upgrade | None] = {}
        self._known: set[tuple[str, str]] = set()
        """Alias and name of each table that had its turn."""

    def run(self, chain: Chain) -> JobFailed | None:
        """Apply the chain to empty databases; return the failure of the migration that refuses rows."""
        self._upgrade, self._of, self._known = None, {}, set()
        stops = Squash(self._apps[0], "", tuple(self.left), tuple(self.left), (), in_use=False)
        databases = self._runner.fresh()
        try:
            steps = self._runner.apply_stepwise(
                databases, chain, stops, lambda event: self._pause(databases, event), measured=self._measured
            )
        except JobFailed as error:
            if error.kind not in {"apply", "irreversible"} or self._upgrade is None:
                raise error.cannot_run("the costs of migrations cannot be measured") from None
            self._record(steps_of({"steps": error.steps}))
            self.left = [key for key in self.left if key != key_of(error.migration)]
            return error
        finally:
            self._runner.drop(databases)
        self._record(steps)
        return None

    def _pause(self, databases: Databases, event: Event) -> None:
        """Give tables that have come their rows, unless no migration follows."""
        self._of |= dict.fromkeys(event["applied"], self._upgrade)
        tables = {(alias, table["table"]) for alias, found in event["tables"].items() for table in found}
        if tables <= self._known or event["position"] == len(self.left):
            return
        self._known |= tables
        made = self._upgrade = Upgrade(event["position"], event["migration"] or "")
        self.upgrades.append(made)
        for alias in databases.own:
            described = event["tables"].get(alias, [])
            others = {each["table"]: self._of_others for each in described if each["app"] not in self._apps}
            with closing(connect(self._runner, databases, alias)) as connection:
                filling = production_rows.fill(
                    connection,
                    described,
                    size=self._rows.size,
                    ratios={**others, **self._rows.ratios},
                    seed=self._rows.seed,
                    least=self._rows.least,
                )
                made.tables[alias] = read_tables(connection)
            made.rows += sum(filling.rows.values())
            made.left_empty = {**made.left_empty, **filling.left_empty}

    def _record(self, steps: Sequence[Step]) -> None:
        """Sort the migrations that ran by the upgrade that they belong to."""
        for step in steps:
            if made := self._of.get(step.migration, self._upgrade):
                made.steps.append(step)
        done = {step.migration for step in steps}
        self.left = [key for key in self.left if ".".join(key) not in done]
