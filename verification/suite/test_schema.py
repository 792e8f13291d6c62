"""Property 5: the squashed chain and the original chain give the same schema, however one gets there."""

from collections.abc import Iterator, Sequence

import pytest

from verification.errors import CannotRun
from verification.migrations.equivalence import drift, upgrade_paths
from verification.migrations.equivalence.comparison import Reading
from verification.migrations.equivalence.upgrade import Rows
from verification.migrations.equivalence.verification import Applied, Verification, Verifier
from verification.migrations.execution.project_runner import Applier, Step
from verification.migrations.execution.runner import JobFailed, Project
from verification.postgres.server import Server
from verification.project.configuration import Configuration
from verification.report.result import Check, Measurement, Table

PROPERTY = ("Property 5",)
SMALL = 50
"""Rows of the largest table in each of the partial states."""


@pytest.fixture(scope="module")
def applier(configuration: Configuration, server: Server) -> Iterator[Applier]:
    """The project on the server, with runners of its own."""
    if not configuration.settings:
        raise CannotRun("[tool.verification] names no settings module; add settings = 'mysite.settings'")
    with Applier(Project.of(configuration, settings=configuration.settings), server) as started:
        yield started


@pytest.fixture(scope="module")
def squashes(applier: Applier, configuration: Configuration) -> Verification:
    """Original and squashed chains, each run once on an empty database and read by both readers."""
    try:
        return Verifier(applier).verify(applier.tree.chosen(configuration.apps))
    except JobFailed as error:
        raise error.cannot_run("the project's side failed") from None


@pytest.fixture(scope="module")
def ways(
    applier: Applier,
    squashes: Verification,
    configuration: Configuration,
    pytestconfig: pytest.Config,
) -> list[upgrade_paths.Thorough]:
    """Every way to the squash but the empty database."""
    few = Rows(SMALL, configuration.rows)
    size = pytestconfig.getoption("--verification-rows") or configuration.row_count
    many = Rows(size, configuration.rows) if size else None
    chain = squashes.original.chain
    return [upgrade_paths.examine(applier, verdict.squash, chain, few, many) for verdict in squashes.verdicts]


def test_schema_squash(squashes: Verification, check: Check) -> None:
    """On an empty database the squash gives the schema and the rows of the originals it replaces."""
    check.properties = PROPERTY
    check.tables.append(_times("seconds of each original migration", squashes.original.steps))
    for verdict in squashes.verdicts:
        check.measurements.append(
            Measurement(f"{verdict.squash}: replaced migrations", len(verdict.squash.originals), "migrations")
        )
        check.notes += [f"information: {each.line}" for each in verdict.comparison.information]
        check.notes += verdict.comparison.notes
    check.expect_none(
        [each for verdict in squashes.verdicts for each in verdict.comparison.differences], "differences"
    )


def test_schema_readers(squashes: Verification, check: Check) -> None:
    """Catalog and inspection, which share no code, read the same from every database."""
    check.properties = PROPERTY
    check.expect_none(
        [each for verdict in squashes.verdicts for each in verdict.comparison.disagreements], "differences"
    )


def test_schema_written(
    applier: Applier, squashes: Verification, configuration: Configuration, check: Check
) -> None:
    """The migrations say all that the models say: ``makemigrations`` has nothing to write."""
    check.properties = PROPERTY
    found = drift.unwritten_changes(applier, squashes.original.chain)
    unwritten = {app: found[app] for app in found if not configuration.apps or app in configuration.apps}
    check.tables.append(
        Table(
            "what makemigrations would write",
            ("app", "change"),
            [(app, change) for app, changes in unwritten.items() for change in changes],
        )
    )
    check.measure("apps with changes to write", len(unwritten), "apps", 0)
    assert not unwritten, "models and migrations differ: " + "; ".join(
        f"{app}: {', '.join(changes)}" for app, changes in unwritten.items()
    )


def test_schema_models(
    applier: Applier, squashes: Verification, configuration: Configuration, check: Check
) -> None:
    """Every field, index and constraint of the models is in the migrated database, and nothing else is."""
    check.properties = PROPERTY
    found = drift.against_models(applier, _reading(squashes.original), configuration.apps)
    check.measurements.append(Measurement("tables of models compared", found.tables, "tables"))
    assert found.tables, f"no model of {', '.join(configuration.apps) or 'any app'} has a table"
    check.expect_none(found.differences, "differences")


def test_schema_partial_states(ways: list[upgrade_paths.Thorough], check: Check) -> None:
    """From each partial state, holding rows, the squash leads to the same schema and keeps the rows."""
    check.properties = PROPERTY
    upgrades = [each for way in ways for each in way.upgrades]
    check.tables.append(
        Table(
            "partial states upgraded with the squash in the tree",
            ("applied so far", "rows before", "migrations run", "rows refused by an original"),
            [(each.migration or "none", each.rows, each.applied, each.refused) for each in upgrades],
        )
    )
    check.measurements.append(Measurement("partial states", len(upgrades), "states"))
    carried = sum(each.rows for each in upgrades)
    check.measurements.append(Measurement("rows carried through", carried, "rows"))
    assert carried, "no partial state held a row: nothing was shown to survive"
    check.expect_none([each for upgrade in upgrades for each in upgrade.differences], "differences")


def test_schema_succession(ways: list[upgrade_paths.Thorough], check: Check) -> None:
    """With all originals applied the squash runs nothing; then the originals can be pruned and removed."""
    check.properties = PROPERTY
    for way in ways:
        before, after = way.succession.recorded
        check.notes.append(
            f"{way.squash}: {before} migrations recorded before migrate --prune, {after} after"
        )
    check.expect_none(
        [each for way in ways for each in (*way.succession.switched, *way.succession.pruned)], "differences"
    )


def test_schema_rollback(ways: list[upgrade_paths.Thorough], check: Check) -> None:
    """Each original, undone, leaves the schema that it started from; what cannot be undone says why."""
    check.properties = PROPERTY
    steps = [each for way in ways for each in way.way_back]
    check.tables.append(
        Table(
            "the way back",
            ("migration", "reversible", "reason", "differences"),
            [(each.migration, each.reversible, each.reason, len(each.differences)) for each in steps],
        )
    )
    assert steps, "no original was tried on the way back"
    check.expect_none([each for step in steps for each in step.differences], "differences")


def test_schema_costs(ways: list[upgrade_paths.Thorough], check: Check) -> None:
    """On production-like rows the originals run through, each with its time and its strongest locks."""
    check.properties = PROPERTY
    costs = [way.costs for way in ways if way.costs is not None]
    steps = [step for each in costs for step in each.steps]
    check.measurements.append(Measurement("rows in place", sum(each.rows for each in costs), "rows"))
    check.measurements.append(Measurement("all migrations", sum(step.seconds for step in steps), "s"))
    check.tables.append(_times("seconds of each migration on these rows", steps))
    check.tables.append(_alarms(steps))
    check.samples["migration"] = [step.seconds * 1000 for step in steps]
    assert steps, "no partial state takes rows, or none were asked for: nothing was measured"
    check.expect_none([each for cost in costs for each in cost.differences], "differences")


def _reading(applied: Applied) -> Reading:
    if applied.reading is None:
        raise CannotRun("the original chain left nothing to read; see schema.squash")
    return applied.reading


def _times(title: str, steps: Sequence[Step]) -> Table:
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


def _alarms(steps: Sequence[Step]) -> Table:
    found = {(step.migration, line) for step in steps for line in step.alarms(upgrade_paths.LARGE)}
    return Table(
        f"steps that stop the traffic of a table with {upgrade_paths.LARGE} rows or more",
        ("migration", "table and lock"),
        sorted(found),
    )
