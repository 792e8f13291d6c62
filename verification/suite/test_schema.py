"""Property 5: the squashed chain and the original chain give the same schema, on every upgrade path."""

from collections.abc import Iterator

import pytest

from ..errors import CannotRun
from ..migrations.equivalence import chain_costs, comparison, drift, models_ignored, states, upgrade_paths
from ..migrations.equivalence.chain_costs import ChainCosts
from ..migrations.equivalence.chain_runs import Applied
from ..migrations.equivalence.comparison import StateReading, configured
from ..migrations.equivalence.declared import Declared
from ..migrations.equivalence.origin import Origins
from ..migrations.equivalence.upgrade import RowVolume
from ..migrations.equivalence.verification import Verification, Verifier
from ..migrations.execution.migration_runner import MigrationRunner
from ..migrations.execution.worker_process import JobFailed, Project
from ..postgres.server import Server
from ..project.configuration import Configuration
from ..report.evidence import Measurement, Table
from ..report.result import Check
from ..schema.comparison.difference import Difference
from . import schema_evidence, schema_findings
from .applicability import need, need_settings
from .gate import NotApplicable
from .schema_findings import ORIGINALS, SQUASH, expect_same

PROPERTY = ("Property 5",)
SIDES = (ORIGINALS, SQUASH)
PARTIAL_STATE_ROWS = 50
"""Rows of the largest table in each of the partial states."""


@pytest.fixture(scope="module")
def runner(configuration: Configuration, server: Server) -> Iterator[MigrationRunner]:
    """The project on the server, with workers of its own."""
    need_settings(configuration)
    project = Project.of(configuration, settings=configuration.settings)
    with MigrationRunner(project, server, options=configured(configuration)) as started:
        yield started


@pytest.fixture(scope="module")
def apps(runner: MigrationRunner, configuration: Configuration) -> tuple[str, ...]:
    """The project's own apps; empty, which means every app, if it has none."""
    return configuration.apps or runner.tree.below(configuration.root)


@pytest.fixture(scope="module")
def chains(runner: MigrationRunner, apps: tuple[str, ...]) -> Verification:
    """Original and squashed chains, each run once on an empty database and read by both readers."""
    try:
        return Verifier(runner).verify(runner.tree.squashes_of(apps))
    except JobFailed as error:
        raise error.cannot_run("the project's side failed") from None


@pytest.fixture(scope="module")
def squashes(
    runner: MigrationRunner, configuration: Configuration, apps: tuple[str, ...], chains: Verification
) -> Verification:
    """The same, if there is a squash."""
    gone = runner.tree.not_comparable(apps)
    lacks = f"the originals of {gone[0]} are gone: there is nothing to compare it with" if gone else ""
    need(configuration, "squash", exists=bool(chains.verdicts), lacks=lacks)
    return chains


@pytest.fixture(scope="module")
def paths(
    runner: MigrationRunner,
    squashes: Verification,
    configuration: Configuration,
    pytestconfig: pytest.Config,
) -> list[upgrade_paths.UpgradePaths]:
    """All upgrade paths of each squash except that of an empty database."""
    few, many = _volumes(configuration, pytestconfig)
    chain = squashes.original.chain
    return [
        upgrade_paths.verify_upgrade_paths(
            runner, verdict.squash, chain, few, many, Declared.of(configuration)
        )
        for verdict in squashes.verdicts
    ]


@pytest.fixture(scope="module")
def costs(
    runner: MigrationRunner,
    chains: Verification,
    configuration: Configuration,
    apps: tuple[str, ...],
    request: pytest.FixtureRequest,
) -> ChainCosts:
    """The longest upgrade of each squash on many rows; without a squash, the chain of the project's apps."""
    if chains.verdicts:
        paths = request.getfixturevalue("paths")
        return ChainCosts([path.costs for path in paths if path.costs is not None])
    few, many = _volumes(configuration, request.config)
    longer = [app for app in apps if len(runner.tree.migrations.get(app, ())) > 1]
    need(
        configuration,
        "history",
        exists=bool(longer),
        lacks="no app of the project has more than one migration",
    )
    if many is None:
        raise NotApplicable("row_count is 0")
    return chain_costs.measure(runner, longer, chains.original.chain, few, many)


def test_schema_squash(
    runner: MigrationRunner, squashes: Verification, configuration: Configuration, check: Check
) -> None:
    """On an empty database the squash gives the schema and the rows of the originals it replaces."""
    check.properties = PROPERTY
    check.tables.append(schema_evidence.times("seconds of each original migration", squashes.original.steps))
    for verdict in squashes.verdicts:
        check.measurements.append(
            Measurement(f"{verdict.squash}: replaced migrations", len(verdict.squash.originals), "migrations")
        )
        left, right = (f"the {side}" for side in SIDES)
        check.notes += [
            f"information: {each.between(left, right)}" for each in verdict.comparison.information
        ]
        check.notes += verdict.comparison.notes
    found: list[Difference] = []
    origins: dict[str, Origins] = {}
    for verdict in squashes.verdicts:
        of_squash = [*verdict.comparison.differences, *verdict.comparison.unwritten]
        found += of_squash
        made = Origins(runner, verdict.squash, squashes.original.chain)
        origins |= dict.fromkeys([each.line for each in of_squash], made)
    expect_same(check, found, SIDES, configuration, lambda each: origins[each.line].of(each))


def test_schema_readers(chains: Verification, configuration: Configuration, check: Check) -> None:
    """Catalog and inspection, which share no code, read the same from every database."""
    check.properties = PROPERTY
    found = [each for verdict in chains.verdicts for each in verdict.comparison.disagreements]
    found = found or comparison.disagreements(_reading(chains.original))
    expect_same(check, found, ("catalog", "inspection"), configuration)


def test_schema_written(
    runner: MigrationRunner,
    chains: Verification,
    configuration: Configuration,
    apps: tuple[str, ...],
    check: Check,
) -> None:
    """The migrations are complete: makemigrations has nothing to write."""
    check.properties = PROPERTY
    found = states.unwritten(runner, chains.original.chain)
    never = states.never_migrated(runner, chains.original.chain, configuration.root)
    unwritten = {app: found[app] for app in found if not apps or app in apps} | {
        app: never[app] for app in never if not configuration.apps or app in configuration.apps
    }
    check.tables.append(
        Table(
            "what makemigrations would write",
            ("app", "change"),
            [(app, change) for app, changes in unwritten.items() for change in changes],
        )
    )
    check.expect_none(
        [schema_findings.unwritten(app, each, configuration) for app in unwritten for each in unwritten[app]],
        "changes to write",
    )


def test_schema_models(
    runner: MigrationRunner,
    chains: Verification,
    configuration: Configuration,
    apps: tuple[str, ...],
    check: Check,
) -> None:
    """Every field, index and constraint of the models is in the migrated database, and nothing else is."""
    check.properties = PROPERTY
    found = drift.against_models(runner, _reading(chains.original), apps)
    judged = models_ignored.judge(found.differences, configuration.models_ignore, found.joins)
    check.notes += [f"ignored: {line}" for line in judged.ignored]
    check.measurements.append(Measurement("tables of models compared", found.tables, "tables"))
    if not found.tables:
        raise NotApplicable(f"no model of {', '.join(apps) or 'any app'} has a table")
    sides = (models_ignored.DATABASE, models_ignored.MODELS)
    expect_same(check, judged.differences, sides, configuration, also=judged.unused)


def test_schema_partial_states(
    paths: list[upgrade_paths.UpgradePaths],
    runner: MigrationRunner,
    configuration: Configuration,
    check: Check,
) -> None:
    """From each partial state, holding rows, the squash leads to the same schema and keeps the rows."""
    check.properties = PROPERTY
    upgrades = [each for path in paths for each in path.upgrades]
    check.tables.append(
        Table(
            "partial states upgraded with the squash in the tree",
            ("applied so far", "rows before", "migrations run", "rows refused by an original"),
            [(each.migration or "none", each.rows, each.applied, each.refused) for each in upgrades],
        )
    )
    check.grids += [schema_evidence.grid(path) for path in paths]
    check.measurements.append(Measurement("partial states", len(upgrades), "states"))
    carried = sum(each.rows for each in upgrades)
    check.measurements.append(Measurement("rows carried through", carried, "rows"))
    assert carried, "no partial state held a row: nothing was shown to survive"
    check.tables.append(
        Table(
            "what the originals change where there are rows",
            ("migration", "table and columns", "declared"),
            [
                (name, line, name in configuration.data_steps)
                for path in paths
                for name, line in path.changing
            ],
        )
    )
    check.tables.append(
        Table(
            "originals that stop on every database with rows, as declared",
            ("migration", "reason"),
            [each for path in paths for each in path.stops.declared.items()],
        )
    )
    found = {each.line: each for upgrade in upgrades for each in upgrade.differences}
    found |= {each.line: each for path in paths for each in path.stops.undeclared}
    unused = upgrade_paths.unused(Declared.of(configuration), runner.tree.squashes, paths)
    files = schema_findings.files_of(runner.tree, configuration)
    expect_same(check, found.values(), SIDES, configuration, also=unused, files=files)


def test_schema_prune(
    paths: list[upgrade_paths.UpgradePaths], configuration: Configuration, check: Check
) -> None:
    """With all originals applied the squash runs nothing; then the originals can be pruned and removed."""
    check.properties = PROPERTY
    for path in paths:
        before, after = path.prune_result.recorded
        check.notes.append(
            f"{path.squash}: {before} migrations recorded before migrate --prune, {after} after"
        )
    found = [each for path in paths for each in (*path.prune_result.switched, *path.prune_result.pruned)]
    expect_same(check, found, SIDES, configuration)


def test_schema_rollback(
    paths: list[upgrade_paths.UpgradePaths], configuration: Configuration, check: Check
) -> None:
    """Each original, undone, leaves the schema and the rows that it started from; what cannot be undone says why."""
    check.properties = PROPERTY
    steps = [each for path in paths for each in path.rollback_steps]
    check.tables.append(
        Table(
            "originals undone, last first",
            ("migration", "reversible", "reason", "differences"),
            [(each.migration, each.reversible, each.reason, len(each.differences)) for each in steps],
        )
    )
    assert steps, "no original was undone"
    found = [each for step in steps for each in step.differences]
    found += [each for path in paths for each in path.squash_back]
    expect_same(check, found, ("before", "after it was undone"), configuration)


def test_schema_costs(
    costs: ChainCosts,
    runner: MigrationRunner,
    configuration: Configuration,
    check: Check,
) -> None:
    """On production-like rows the originals run through, each with its time and its strongest locks."""
    check.properties = PROPERTY
    upgrades = costs.upgrades
    steps = [step for each in upgrades for step in each.steps]
    check.measurements.append(Measurement("rows in place", sum(each.rows for each in upgrades), "rows"))
    check.measurements.append(Measurement("all migrations", sum(step.seconds for step in steps), "s"))
    check.tables.append(schema_evidence.times("seconds of each migration on these rows", steps))
    check.migrations.append(schema_evidence.timeline("migrations on these rows", upgrades))
    check.notes += [
        f"{name} refuses generated rows ({said}): not measured" for name, said in costs.refused.items()
    ]
    if costs.unmeasured:
        check.notes.append(f"{costs.unmeasured} migrations behind the last of these were not measured")
    files = schema_findings.files_of(runner.tree, configuration)
    for note in schema_evidence.stopping_traffic(upgrades, files):
        check.record(note)
    assert steps, "no partial state takes rows, or none were asked for: nothing was measured"
    found = [each for made in upgrades for each in made.differences]
    expect_same(check, found, SIDES, configuration, files=files)


def _volumes(configuration: Configuration, config: pytest.Config) -> tuple[RowVolume, RowVolume | None]:
    """Return the rows of a partial state, and those on which costs are measured."""
    size = config.getoption("--verification-rows") or configuration.row_count
    many = RowVolume(size, configuration.rows) if size else None
    return RowVolume(PARTIAL_STATE_ROWS, configuration.rows), many


def _reading(applied: Applied) -> StateReading:
    if applied.reading is None:
        raise CannotRun("the original chain left nothing to read", "see the check schema.squash")
    return applied.reading
