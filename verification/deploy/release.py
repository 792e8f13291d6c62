"""One release judged: the base in a database with rows, the new migrations run on clones of it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from ..errors import CannotRun
from ..migrations.equivalence.upgrade import RowVolume
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step, steps_of
from ..migrations.execution.worker_process import JobFailed, Project
from ..migrations.plan.chains import Chain, Key, key_of
from ..postgres.server import Server
from ..project.configuration import Configuration
from . import (
    base_rows,
    compatibility,
    cost,
    deadlock,
    history,
    interruption,
    race,
    suppressions,
    traffic,
    way_back,
)
from .base_tree import BaseTree, base_tree
from .dump import Dump
from .error_text import without_values
from .finding import Finding
from .live import read_statistics
from .tree import Tree, read_files

STEP_SECONDS: Final = 300.0
"""How long one migration may take, unless ``--limit`` says otherwise."""
PARTS: Final = frozenset({"traffic", "deadlock", "compatibility", "way back", "interruption", "race"})
"""What is tried besides the plan and the cost."""
FEW_ROWS: Final = 50
"""Rows of the largest table where no time is measured."""
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a release is judged."""

    rows: RowVolume
    settings: str = ""
    python: str = ""
    base_python: str = ""
    """Empty: that of the working tree."""
    step_seconds: float = STEP_SECONDS
    dumps: Mapping[str, Dump] = field(default_factory=dict)
    """Alias -> the dump that takes the place of generated rows."""
    statistics: Mapping[str, str] = field(default_factory=dict)
    """Alias -> URL of the live database whose sizes and frequencies the rows get."""
    accepted: Sequence[suppressions.Suppression] = ()


@dataclass
class Release:
    """What was found about one release."""

    base: str
    """The commit that runs in production."""
    postgres: str
    plan: list[Key] = field(default_factory=list)
    """The new migrations, in the order in which ``migrate`` applies them."""
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be tried, and why."""
    not_tried: str = ""
    """Why the new migrations did not run to their end, and nothing but their history and cost is known."""
    rows: int = 0
    seconds: float = 0.0

    @property
    def may_go_out(self) -> bool:
        """Whether nothing was found that stops it."""
        return not any(finding.stops for finding in self.findings)


@dataclass(frozen=True)
class Trees:
    """Both trees on one server."""

    base: MigrationRunner
    head: MigrationRunner
    base_files: Tree
    head_files: Tree


@dataclass(frozen=True)
class Bases:
    """Databases of the base, to be cloned."""

    filled: base_rows.Filled
    few: Databases
    """With few rows, where no time is measured."""


def judge(
    configuration: Configuration,
    server: Server,
    reference: str,
    options: Options,
    *,
    say: Say = lambda _: None,
) -> Release:
    """Judge the working tree against a revision. Raises ``CannotRun``."""
    began = time.monotonic()
    with base_tree(configuration.root, reference) as base:
        head = Project.of(configuration, settings=options.settings, python=options.python)
        with _trees(base, configuration, head, options, server) as trees:
            release = Release(base.revision, server.version)
            _judge(release, trees, configuration, options, say)
            _accept(release, trees, options.accepted)
    release.seconds = time.monotonic() - began
    return release


def _judge(release: Release, trees: Trees, configuration: Configuration, options: Options, say: Say) -> None:
    new = frozenset(trees.head_files.keys() - trees.base_files.keys())
    say(f"{len(new)} new migration file(s) since {release.base}")
    if not new:
        release.findings += history.compare(trees.base_files, trees.head_files, configuration.root)
        return
    say("filling the base's tables")
    empty, rows = base_rows.migrate(trees.base), options.rows
    source = base_rows.Source(options.dumps, read_statistics(options.statistics, empty.described), new)
    filled = base_rows.fill(trees.base, empty, rows, source)
    few = base_rows.fill(trees.base, empty, replace(rows, size=min(rows.size, FEW_ROWS)))
    release.notes += [f"{table} stayed empty: {why}" for table, why in filled.left_empty.items()]
    judge_trees(release, trees, Bases(filled, few.databases), configuration, say)


def _accept(release: Release, trees: Trees, accepted: Sequence[suppressions.Suppression]) -> None:
    today = date.today()  # noqa: DTZ011 - the last day of an entry is a day of whoever reads it
    new = trees.head_files.keys() - trees.base_files.keys()
    untried = new if release.not_tried else ()
    release.findings = suppressions.apply(
        release.findings, accepted, today, new=new, applied=trees.base_files.keys(), untried=untried
    )


def judge_trees(
    release: Release,
    trees: Trees,
    bases: Bases,
    configuration: Configuration,
    say: Say = lambda _: None,
    *,
    parts: frozenset[str] = PARTS,
) -> None:
    """Add to ``release`` what the head does to the base's databases, which stay as they are."""
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
            _recover(release, trees, bases, configuration, say, parts)


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
            if error.kind not in {"apply", "irreversible"} or not error.migration:
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
    if "compatibility" in parts:
        say("trying both codes on both schemas")
        release.findings += compatibility.judge(
            trees.base, trees.head, bases.few, release.steps, trees.head_files, root
        )
    unstable: way_back.Unstable = {}
    if parts & {"way back", "interruption", "race"}:
        unstable = way_back.find_unstable(trees.head, bases.few)
    if "way back" in parts:
        say("going back, and forward again")
        with trees.head.copy(bases.few) as clone:
            release.findings += way_back.judge(trees.head, clone, trees.head_files, unstable, root)
    if "interruption" in parts:
        say("interrupting migrations without a transaction")
        release.findings += interruption.judge(
            trees.head, bases.few, release.steps, trees.head_files, unstable, root
        )
    if "race" in parts:
        say("two migrators at once")
        release.findings += race.judge(
            trees.head, bases.few, release.steps, trees.head_files, unstable, root, command
        )


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


@contextmanager
def _trees(
    base: BaseTree,
    configuration: Configuration,
    head: Project,
    options: Options,
    server: Server,
) -> Iterator[Trees]:
    step_seconds = options.step_seconds
    there = replace(configuration, root=base.root)
    # The variables are the head's: both must read what the other has encrypted.
    variables = {name: value for name, value in head.variables.items() if name != "PYTHONPATH"}
    project = replace(
        Project.of(there, settings=head.settings, python=options.base_python or head.python),
        variables=there.variables(variables),
    )
    with MigrationRunner(head, server, max_workers=2, step_seconds=step_seconds, offline=True) as head_runner:
        try:
            base_runner = MigrationRunner(project, server, max_workers=1, step_seconds=step_seconds)
        except CannotRun as error:
            raise CannotRun(f"the base {base.revision} does not load: {error}") from None
        with base_runner:
            yield Trees(
                base_runner,
                head_runner,
                read_files(base_runner, f"the base {base.revision}"),
                read_files(head_runner, "the working tree"),
            )
