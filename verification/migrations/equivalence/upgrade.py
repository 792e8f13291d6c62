"""Upgrade partial states, with rows in them, while the squash is in the tree."""

import enum
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from ...postgres import driver
from ...schema.comparison.compare import counts
from ...schema.comparison.difference import Difference
from ..cost.judgement import Cost, judge
from ..cost.record import Tables, read_tables
from ..data import digests, numbering, production_rows
from ..execution.migration_runner import Databases, MigrationRunner, Step
from ..execution.worker_process import JobFailed
from ..plan.chains import Chain
from . import comparison
from .partial_states import PartialState, PartialStates


class Content(enum.Enum):
    """What a partial state holds before its upgrade; the value is the text for reports."""

    EVERY_CHOICE = "rows with every choice"
    LASTING_CHOICES = "rows with the choices that last"
    ONE_ROW = "one row in each table"
    EMPTY = "no rows"


@dataclass
class Upgrade:
    """One partial state upgraded to the last migration."""

    position: int
    migration: str
    content: Content = Content.EMPTY
    """The fullest content that the originals accept."""
    rows: int = 0
    """Rows that were generated before the upgrade."""
    steps: list[Step] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    """Schema against that of the whole original chain, and rows lost or changed by the squash."""
    rewritten: Mapping[str, list[str]] = field(default_factory=dict)
    """Table -> columns whose values the originals' own data steps rewrite."""
    refused: str = ""
    """Which rows an original refuses, and how; the upgrade was then made with other rows or none."""
    refused_by: Mapping[str, str] = field(default_factory=dict)
    """The originals that refuse them -> the error of the fewest rows."""
    left_empty: Mapping[str, str] = field(default_factory=dict)
    tables: dict[str, Tables] = field(default_factory=dict)
    """Alias -> its tables before the upgrade, where its cost was measured."""

    def costs(self, step: Step) -> list[Cost]:
        """Return for what others would have waited."""
        return list(judge(step, self.tables[step.alias]))

    @property
    def applied(self) -> int:
        """How many migrations the upgrade ran."""
        return len(self.steps)

    @property
    def is_full(self) -> bool:
        """Whether it began with all rows that were asked for."""
        return bool(self.rows) and self.content not in {Content.ONE_ROW, Content.EMPTY}


@dataclass(frozen=True)
class RowVolume:
    """How many rows a database gets before it is upgraded."""

    size: int
    ratios: Mapping[str, float] = field(default_factory=dict)
    seed: int = production_rows.SEED
    least: int = production_rows.MIN_ROWS
    """Rows of the smallest table."""


def upgrade(
    runner: MigrationRunner,
    partial: PartialStates,
    state: PartialState,
    rows: RowVolume,
    *,
    content: Content | None = None,
    measured: bool = False,
) -> Upgrade:
    """Fill a copy of one partial state, upgrade it with the squash present, compare schema and rows.

    ``content``: start with this one, since fuller ones are known to be refused. ``measured``: with the record of
    each statement. Raises ``CannotRun`` if the failure is not the migrations' own.
    """
    refused: list[str] = []
    refused_by: dict[str, str] = {}
    attempts = list(_attempts(partial, state, rows))
    first = next((index for index, (tried, _, _) in enumerate(attempts) if tried is content), 0)
    for tried, described, volume in attempts[first:]:
        made = Upgrade(state.position, state.migration, content=tried, refused="; ".join(refused))
        made.refused_by = dict(refused_by)
        try:
            _attempt(runner, partial, state, made, described, volume, measured=measured)
        except JobFailed as error:
            if error.kind not in {"apply", "irreversible", "load"}:
                raise error.cannot_run(
                    f"the upgrade from {state.migration or 'nothing'} cannot be run"
                ) from None
            # "load": Django refuses a database in this state once the squash is in the tree.
            squashes = {str(squash) for squash in runner.tree.squashes}
            if error.migration in squashes or error.kind == "load" or not volume.size:
                made.differences.append(comparison.does_not_apply(error, f"from {state.name}"))
                break
            # An original itself refuses these rows, with or without the squash.
            refused_by[error.migration] = error.message
            refused.append(f"{tried.value} refused by {error.migration} ({error.message})")
        else:
            break
    return made


Described = Mapping[str, list[dict[str, Any]]]


def _attempts(
    partial: PartialStates, state: PartialState, rows: RowVolume
) -> Iterator[tuple[Content, Described, RowVolume]]:
    """Return what to fill the state with, from the fullest rows to none: name, tables, volume.

    A deploy had to remove rows with a choice that a later state no longer has; the second content has none. One row
    has no duplicates: an original that refuses it refuses every database with rows.
    """
    if rows.size:
        yield Content.EVERY_CHOICE, state.described, rows
        lasting = _lasting(partial, state)
        if lasting != state.described:
            yield Content.LASTING_CHOICES, lasting, rows
        yield Content.ONE_ROW, lasting, replace(rows, size=1, least=1)
    yield Content.EMPTY, state.described, replace(rows, size=0)


def _lasting(partial: PartialStates, state: PartialState) -> Described:
    later = [_choices(each.described) for each in partial.states[state.position :]]

    def kept(alias: str, table: dict[str, Any], column: dict[str, Any]) -> list[Any]:
        place = (alias, table["table"], column["name"])
        sets = [choices[place] for choices in later if choices.get(place)]
        return [choice for choice in column["choices"] if all(choice in each for each in sets)] or column[
            "choices"
        ]

    return {
        alias: [
            {**table, "columns": [{**each, "choices": kept(alias, table, each)} for each in table["columns"]]}
            for table in tables
        ]
        for alias, tables in state.described.items()
    }


def _choices(described: Described) -> dict[tuple[str, str, str], list[Any]]:
    return {
        (alias, table["table"], column["name"]): column["choices"]
        for alias, tables in described.items()
        for table in tables
        for column in table["columns"]
    }


def _attempt(
    runner: MigrationRunner,
    partial: PartialStates,
    state: PartialState,
    made: Upgrade,
    described: "Described",
    rows: RowVolume,
    *,
    measured: bool,
) -> None:
    with runner.copy(state.databases) as databases:
        before = {}
        for alias in databases.own:
            filling, before[alias] = _fill(runner, databases, alias, described.get(alias, []), rows)
            made.rows += sum(filling.rows.values())
            made.left_empty = {**made.left_empty, **filling.left_empty}
            if measured:
                with closing(connect(runner, databases, alias)) as connection:
                    made.tables[alias] = read_tables(connection)
        made.steps = runner.forward(databases, Chain(), measured=measured)
        there = comparison.read(runner.server, databases, both=False)
        made.differences += comparison.compare_readings(
            partial.last.reading, there, runner.options
        ).differences
        squash_ran = any(step.migration == str(partial.squash) for step in made.steps)
        for alias in databases.own:
            with closing(connect(runner, databases, alias)) as connection:
                after = digests.take(connection, before[alias])
                positions = numbering.read(connection)
            made.differences += numbering.compare({}, positions)
            _compare_rows(made, before[alias], after, squash_ran=squash_ran)
        made.differences = [each for each in made.differences if counts(each, runner.options)]


def _fill(
    runner: MigrationRunner,
    databases: Databases,
    alias: str,
    described: list[dict[str, Any]],
    rows: RowVolume,
) -> tuple[production_rows.Filling, dict[str, digests.Digest]]:
    with closing(connect(runner, databases, alias)) as connection:
        filling = production_rows.Filling()
        if rows.size:
            filling = production_rows.fill(
                connection,
                [*described],
                size=rows.size,
                ratios=rows.ratios,
                seed=rows.seed,
                least=rows.least,
            )
        return filling, digests.take(connection)


def digest(
    runner: MigrationRunner,
    databases: Databases,
    alias: str,
    like: Mapping[str, digests.Digest] | None = None,
) -> dict[str, digests.Digest]:
    """Take the digests of one database."""
    with closing(connect(runner, databases, alias)) as connection:
        return digests.take(connection, like)


def connect(runner: MigrationRunner, databases: Databases, alias: str) -> Any:
    """Open a connection to one alias, in autocommit mode."""
    connection = driver.connect(runner.server.url(databases.names[alias]))
    connection.autocommit = True
    return connection


def _compare_rows(
    made: Upgrade,
    before: Mapping[str, digests.Digest],
    after: Mapping[str, digests.Digest],
    *,
    squash_ran: bool,
) -> None:
    """Add rows lost or changed by the squash to the differences, and what the originals change to ``rewritten``.

    Lost rows are always a difference. Changed values are expected if the originals ran. The squash
    itself must not change existing rows; the rows that it adds are compared elsewhere.
    """
    rewritten = {}
    for table, names in digests.changed(before, after).items():
        left, right = before[table].rows, after[table].rows
        if right < left:
            made.differences.append(Difference("row", table, "removed", "rows", left, right))
        elif squash_ran and right == left:
            made.differences.append(
                Difference("row", table, "changed", ", ".join(names), "as before the upgrade", "other")
            )
        elif not squash_ran:
            rewritten[table] = names
    made.rewritten = {**made.rewritten, **rewritten}
