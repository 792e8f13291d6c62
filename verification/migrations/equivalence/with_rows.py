"""Go through the originals with rows in the tables, and back again.

Forwards: what each original changes in the rows that were there. Backwards: whether undoing it gives them back.
What an original itself removed cannot come back, and what it changed may stay as it made it; but what it left alone
must be as before, and what it changed must be either.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from ...schema.comparison.compare import counts
from ...schema.comparison.difference import Difference
from ...words import counted
from ..data import production_rows, snapshots
from ..data.snapshots import Table
from ..execution.migration_runner import Databases, MigrationRunner
from ..execution.worker_process import Event, JobFailed
from .partial_states import PartialState, PartialStates
from .upgrade import RowVolume, connect

Rows = Mapping[str, Table]
Row = Mapping[str, str | None]


@dataclass
class RowsOnTheWay:
    """What the originals do to rows."""

    changed: dict[str, list[str]] = field(default_factory=dict)
    """Original -> what it changed, a line a table."""
    back: dict[str, list[Difference]] = field(default_factory=dict)
    """Original -> rows and values that its way back loses."""


def there_and_back(runner: MigrationRunner, partial: PartialStates, rows: RowVolume) -> RowsOnTheWay:
    """Fill the first state, apply original after original, and undo them; begin anew behind one that refuses rows."""
    found = RowsOnTheWay()
    start = 0
    while start < partial.last.position:
        start = _Way(runner, partial, rows, start, found).end + 1
    return found


class _Way:
    """One database on its way from a state as far as its rows are taken, and back to it."""

    def __init__(
        self,
        runner: MigrationRunner,
        partial: PartialStates,
        rows: RowVolume,
        start: int,
        found: RowsOnTheWay,
    ) -> None:
        self.runner, self.partial, self.rows, self.start, self.found = runner, partial, rows, start, found
        self.end = start
        self.before: dict[tuple[int, str], Rows] = {}
        """Rows at each position, before the next original."""
        self.after: dict[tuple[int, str], Rows] = {}
        """The same rows as the original of that position left them."""
        with runner.copy(partial.states[start].databases) as databases:
            self._forwards(databases)
            self._backwards(databases)

    def _forwards(self, databases: Databases) -> None:
        self._fill(databases, self.partial.states[self.start])

        def look(event: Event) -> None:
            self.end = event["position"]
            state = self.partial.states[self.end]
            for alias in databases.own:
                with closing(connect(self.runner, databases, alias)) as connection:
                    self.after[self.end, alias] = snapshots.take(connection)
                lines = snapshots.changes(self.before[self.end - 1, alias], self.after[self.end, alias])
                others = [name for name in event["applied"] if name != state.name]
                by = f" (by it, or by one of the {len(others)} up to {others[-1]})" if others else ""
                named = self.found.changed.setdefault(state.name, [])
                named += [f"{table}: {change.line}{by}" for table, change in lines.items()]
            self._fill(databases, state)

        try:
            self.runner.apply_stepwise(
                databases, self.partial.chain, self.partial.squash, look, start=self.start
            )
        except JobFailed as error:
            # Rows that an original refuses are a matter of the upgrades.
            if error.kind not in {"apply", "irreversible", "load"}:
                raise error.cannot_run("the originals cannot be applied to rows") from None

    def _backwards(self, databases: Databases) -> None:
        last = {alias: self.before[self.end, alias] for alias in databases.own}

        def look(event: Event) -> None:
            position, alias = event["position"], event["alias"]
            with closing(connect(self.runner, databases, alias)) as connection:
                now = snapshots.take(connection)
            name = self.partial.states[position + 1].name
            lost = _lost(self.before[position, alias], self.after[position + 1, alias], last[alias], now)
            last[alias] = now
            self.found.back.setdefault(name, []).extend(
                each for each in lost if counts(each, self.runner.options)
            )

        try:
            self.runner.roll_back_stepwise(
                databases, self.partial.chain, self.partial.squash, self.end, look, stop=self.start
            )
        except JobFailed as error:
            if error.kind not in {"irreversible", "apply"}:
                raise error.cannot_run("the originals cannot be undone with rows") from None
            if error.kind == "apply":
                said = f"with rows: {error.message}"
                self.found.back.setdefault(error.migration, []).append(
                    Difference("migration", error.migration, "changed", "undone", "undone", said)
                )

    def _fill(self, databases: Databases, state: PartialState) -> None:
        for alias in databases.own:
            with closing(connect(self.runner, databases, alias)) as connection:
                production_rows.fill(
                    connection,
                    [*state.described.get(alias, [])],
                    size=self.rows.size,
                    ratios=self.rows.ratios,
                    seed=self.rows.seed,
                )
                self.before[state.position, alias] = snapshots.take(connection)


def _lost(before: Rows, after: Rows, last: Rows, now: Rows) -> list[Difference]:
    """Return what undoing an original took or garbled.

    ``before`` and ``after`` it on the way forward; ``last``: just before it was undone, ``now``: just after. What
    a later original left as another value is not judged.
    """
    found = []
    for table in sorted(before.keys() & after.keys() & last.keys() & now.keys()):
        sides = [side[table].rows for side in (before, after, last, now)]
        lost = len(set.intersection(*(set(rows) for rows in sides[:3])) - set(sides[3]))
        if lost:
            found.append(
                Difference("row", table, "changed", "rows", "as before the original", f"{lost} removed")
            )
        columns: dict[str, int] = {}
        for key in set.intersection(*map(set, sides)):
            for name in _garbled(*(rows[key] for rows in sides)):
                columns[name] = columns.get(name, 0) + 1
        found += [
            Difference(
                "row",
                table,
                "changed",
                name,
                "as before the original",
                f"another one in {counted(count, 'row')}",
            )
            for name, count in sorted(columns.items())
        ]
    return found


def _garbled(before: Row, after: Row, last: Row, now: Row) -> Iterator[str]:
    """Name the columns whose value is neither what it was before the original nor as the original left it."""
    for name in before.keys() & after.keys() & last.keys() & now.keys():
        if after[name] == last[name] and now[name] not in (before[name], last[name]):
            yield name
