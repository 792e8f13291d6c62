"""The new migrations on clones of the base's databases: their plan, their cost, and what else is tried."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..migrations.execution.migration_runner import Databases, steps_of
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import Chain, key_of
from ..project.configuration import Configuration
from . import (
    base_rows,
    compatibility,
    configured,
    cost,
    deadlock,
    history,
    interruption,
    old_tests,
    race,
    traffic,
    way_back,
)
from .error_text import without_values
from .finding import Finding
from .release import PARTS, Bases, Release, Say, Trees
from .state import find_unstable

SIDE_BY_SIDE: Final = frozenset({"compatibility", "way back", "interruption", "race"})
"""What is tried on few rows, where no time is measured."""
ONE_MIGRATOR: Final = (
    "two migrators at once were not tried: [tool.verification.deploy] says one_migrator = true"
)


def judge_trees(
    release: Release,
    trees: Trees,
    bases: Bases,
    configuration: Configuration,
    say: Say = lambda _: None,
    *,
    parts: frozenset[str] = PARTS,
    tests: old_tests.Command | None = None,
) -> None:
    """Add to ``release`` what the head does to the base's databases, which stay as they are.

    ``tests``: the base's own, which are run on the new schema.
    """
    root, filled = configuration.root, bases.filled
    release.rows = filled.rows
    release.findings += history.compare(trees.base_files, trees.head_files, root)
    plan = _plan(release, trees, filled.databases)
    conflicts = plan.get("conflicts", {})
    release.findings += history.several_leaf_nodes(conflicts, trees.head_files, root)
    if conflicts:
        release.not_tried = f"{', '.join(sorted(conflicts))}: several leaf nodes"
    release.plan = list(dict.fromkeys((app, name) for found in plan["plan"].values() for app, name in found))
    if release.plan:
        say("measuring the new migrations on rows")
        failed = _measure(release, trees, filled, configuration)
        if not failed:
            _recover(release, trees, bases, configuration, say, parts, tests)


def _plan(release: Release, trees: Trees, databases: Databases) -> Mapping[str, Any]:
    """Return what migrate would do; a graph that does not load is a finding's consequence, or ends the run."""
    with trees.head.worker() as worker:
        try:
            # It only reads, so the databases need no clone.
            return worker.run("plan", databases=databases.to_json())
        except JobFailed as error:
            if not release.findings:
                raise error.cannot_run("the working tree's migrations cannot be planned") from None
            release.not_tried = error.message
            release.notes.append(f"the new migrations were not run: {error.message}")
            return {"plan": {}}


def _measure(release: Release, trees: Trees, filled: base_rows.Filled, configuration: Configuration) -> bool:
    """Run the new migrations once, statement by statement; return whether one failed."""
    failed = False
    with trees.head.copy(filled.databases) as clone:
        try:
            release.steps = trees.head.forward(clone, Chain(), measured=True)
        except JobFailed as error:
            if error.kind not in {"apply", "irreversible"} or not error.migration or error.of_server:
                raise error.cannot_run("a new migration cannot be run") from None
            release.steps = steps_of({"steps": error.steps})
            release.findings.append(_fails(error, _offending(error, trees, filled), trees, configuration))
            release.not_tried = f"{error.migration} fails on rows"
            _note_unmeasured(release, error.migration)
            failed = True
    for step in release.steps:
        migration = trees.head_files[key_of(step.migration)]
        release.findings += cost.findings(
            step, migration, filled.tables.get(step.alias, {}), configuration.root
        )
    return failed


def _recover(
    release: Release,
    trees: Trees,
    bases: Bases,
    configuration: Configuration,
    say: Say,
    parts: frozenset[str],
    tests: old_tests.Command | None,
) -> None:
    """Try traffic, both codes on both schemas, the way back, interruptions, and two migrators at once."""
    root, command = configuration.root, configuration.migrate_command
    if "traffic" in parts:
        say("running the new migrations under traffic")
        filled = bases.filled.databases
        release.findings = traffic.judge(
            trees.base, trees.head, filled, release.steps, trees.head_files, release.findings, root, command
        )
    if "deadlock" in parts:
        say("running the new migrations beside transactions of several statements")
        release.findings += deadlock.judge(
            trees.base,
            trees.head,
            bases.few,
            release.steps,
            bases.filled.tables,
            trees.head_files,
            root,
            command,
        )
    if parts & SIDE_BY_SIDE:
        _beside_one_another(release, trees, bases, configuration, say, parts)
    if "tests" in parts and tests is not None:
        say("running the base's tests on the new schema")
        release.findings, said = old_tests.judge(
            trees.base,
            trees.head,
            bases.empty,
            tests,
            release.steps,
            trees.head_files,
            root,
            release.findings,
        )
        release.notes.append(said)


def _beside_one_another(
    release: Release,
    trees: Trees,
    bases: Bases,
    configuration: Configuration,
    say: Say,
    parts: frozenset[str],
) -> None:
    """Try on few rows, side by side, what measures no time; two migrators last, since they need both processes."""
    head, few, steps, files, root = trees.head, bases.few, release.steps, trees.head_files, configuration.root
    say("trying both codes on both schemas, interruptions, and the way back")
    with head.copy(few) as migrated:
        try:
            head.forward(migrated, Chain())
        except JobFailed as error:
            raise error.cannot_run("the new migrations cannot be run on few rows") from None
        unstable = find_unstable(head, few, migrated) if parts - {"compatibility"} else {}
        tasks: dict[str, Callable[[], list[Finding]]] = {
            "compatibility": lambda: compatibility.judge(trees.base, head, few, migrated, steps, files, root),
            "interruption": lambda: [*interruption.judge(head, few, steps, files, unstable, root)],
            "way back": lambda: [*way_back.judge(head, few, files, unstable, root)],
        }
        chosen = [task for part, task in tasks.items() if part in parts]
        for found in head.run_parallel(*chosen) if chosen else ():
            release.findings += found
        if configured.one_migrator(configuration):
            release.notes.append(ONE_MIGRATOR)
        elif "race" in parts:
            say("two migrators at once")
            command = configuration.migrate_command
            release.findings += race.judge(head, few, migrated, steps, files, unstable, root, command)


def _offending(error: JobFailed, trees: Trees, filled: base_rows.Filled) -> str:
    """Return which rows violate the constraint, by their keys; empty if it is another error."""
    if not error.message.startswith("IntegrityError"):
        return ""
    with trees.head.copy(filled.databases) as clone, trees.head.worker() as worker:
        try:
            return str(worker.run("offending", databases=clone.to_json())["rows"])
        except JobFailed:
            return ""


def _fails(error: JobFailed, rows: str, trees: Trees, configuration: Configuration) -> Finding:
    migration = trees.head_files[key_of(error.migration)]
    operation = error.where.get("operation")
    return Finding(
        code="fails-on-rows",
        migration=migration.name,
        file=migration.relative(configuration.root),
        line=migration.line(operation),
        statement=" ".join(str(error.where.get("statement", "")).split())[:160],
        effect="the migration stops, and with it the deploy",
        evidence=tuple(filter(None, (without_values(error.message), rows))),
        remedy="change the rows first, in a migration before it that also works on rows like these",
    )


def _note_unmeasured(release: Release, failed: str) -> None:
    names = [".".join(key) for key in release.plan]
    if later := names[names.index(failed) + 1 :] if failed in names else []:
        release.notes.append(f"not run, since {failed} fails: {', '.join(later)}")
