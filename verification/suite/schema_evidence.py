"""Evidence of the checks of schemas: tables, time line and grid of migrations, and what stops traffic."""

from collections.abc import Sequence

from ..migrations.equivalence import upgrade_paths
from ..migrations.equivalence.upgrade import Upgrade
from ..migrations.execution.migration_runner import Step
from ..report.evidence import Cell, Grid, MigrationStep, MigrationTimeline, Table
from ..report.finding import Finding, Level, Place
from ..report.rules import STOPS_TRAFFIC


def times(title: str, steps: Sequence[Step]) -> Table:
    """Return what each migration took and locked."""
    rows = [
        (
            step.migration,
            round(step.seconds, 4),
            ", ".join(f"{table}: {mode}" for table, mode in step.locks.items()),
            ", ".join(step.rewritten),
            step.caveat,
        )
        for step in steps
    ]
    columns = ("migration", "seconds", "strongest lock of each table", "rewritten", "what may be missing")
    return Table(title, columns, rows)


def timeline(title: str, upgrades: Sequence[Upgrade]) -> MigrationTimeline:
    """Return the migrations in the order in which they ran, with their locks and for what others wait."""
    return MigrationTimeline(
        title,
        [
            MigrationStep(
                step.migration,
                step.seconds,
                [f"{table}: {mode}" for table, mode in step.locks.items()],
                [cost.line for cost in upgrade.costs(step)],
            )
            for upgrade in upgrades
            for step in upgrade.steps
        ],
    )


def stopping_traffic(upgrades: Sequence[Upgrade], places: dict[str, Place]) -> list[Finding]:
    """Return a note for each cause for which others wait; ``places``: migration -> its file."""
    costs = [cost for upgrade in upgrades for step in upgrade.steps for cost in upgrade.costs(step)]
    return [
        Finding(
            rule=STOPS_TRAFFIC[0],
            message=f"{cost.migration}: {cost.code.replace('-', ' ')} ({cost.table.name})",
            evidence=cost.evidence,
            places=(places[cost.migration],) if cost.migration in places else (),
            level=Level.NOTE,
        )
        for cost in sorted(costs, key=lambda each: each.migration)
    ]


def grid(path: upgrade_paths.UpgradePaths) -> Grid:
    """Return the upgrade paths of one squash: what came of each partial state, and of undoing each original."""
    undone = {step.migration: step for step in path.rollback_steps}
    states = path.upgrades

    def back(migration: str) -> Cell:
        step = undone.get(migration)
        if step is None:
            return Cell("–", None, "nothing to undo")
        if not step.reversible:
            return Cell("no", None, f"cannot be undone: {step.reason}")
        return Cell("differs", False) if step.differences else Cell("yes", True)

    rows = [
        ("rows", [Cell(str(each.rows) if each.rows else "none", None, each.refused) for each in states]),
        (
            "upgraded",
            [Cell("differs", False) if each.differences else Cell("same", True) for each in states],
        ),
        ("undone", [back(each.migration) for each in states]),
    ]
    columns = [each.migration.partition("_")[0] or "none" for each in states]
    return Grid(f"upgrade paths of {path.squash}", "applied so far", columns, rows)
