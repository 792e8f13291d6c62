"""A working tree judged against the revision that runs: both trees on one server, the base's databases with rows."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from ..errors import CannotRun
from ..migrations.equivalence import comparison, states
from ..migrations.execution.migration_runner import MigrationRunner
from ..migrations.execution.worker_process import Project
from ..migrations.plan.chains import Chain
from ..postgres.server import Server
from ..project.configuration import Configuration
from ..schema.comparison.compare import check_ignored
from ..words import counted
from . import base_rows, compatibility, history, suppressions
from .base_tree import BaseTree, base_tree
from .live import read_statistics
from .release import FEW_ROWS, Bases, Options, Release, Say, Trees
from .tree import Tree, read_files
from .trials import judge_trees


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
            release = Release(base.revision, server.version, trees.base.versions, trees.head.versions)
            _judge(release, trees, configuration, options, say)
            _accept(release, trees, options.accepted)
    release.seconds = time.monotonic() - began
    return release


def _judge(release: Release, trees: Trees, configuration: Configuration, options: Options, say: Say) -> None:
    new = frozenset(trees.head_files.keys() - trees.base_files.keys())
    say(f"{counted(len(new), 'new migration file')} since {release.base}")
    if not new:
        release.findings += history.compare(trees.base_files, trees.head_files, configuration.root)
        _models_alone(release, trees, configuration, options, say)
        return
    say("filling the base's tables")
    empty, rows = base_rows.migrate(trees.base), options.rows
    source = base_rows.Source(options.dumps, read_statistics(options.statistics, empty.described), new)
    trees.head.start_workers()
    with ThreadPoolExecutor(1) as pool:
        of_few = pool.submit(base_rows.fill, trees.base, empty, replace(rows, size=min(rows.size, FEW_ROWS)))
        filled, few = base_rows.fill(trees.base, empty, rows, source), of_few.result()
    release.notes += [f"{table} stayed empty: {why}" for table, why in filled.left_empty.items()]
    bases = Bases(empty.databases, filled, few.databases)
    judge_trees(release, trees, bases, configuration, say, tests=options.tests)


def _models_alone(
    release: Release, trees: Trees, configuration: Configuration, options: Options, say: Say
) -> None:
    """Try models that have changed without a migration on the base's schema."""
    if states.newly_unwritten(*(states.unwritten(tree, Chain()) for tree in (trees.base, trees.head))):
        say("trying models that changed without a migration")
        empty, size = base_rows.migrate(trees.base), min(options.rows.size, FEW_ROWS)
        few = base_rows.fill(trees.base, empty, replace(options.rows, size=size)).databases
        release.findings += compatibility.judge(
            trees.base, trees.head, few, few, (), trees.head_files, configuration.root
        )


def _accept(release: Release, trees: Trees, accepted: Sequence[suppressions.Suppression]) -> None:
    today = date.today()  # noqa: DTZ011 - the last day of an entry is a day of whoever reads it
    new = trees.head_files.keys() - trees.base_files.keys()
    untried = new if release.not_tried else ()
    release.findings = suppressions.apply(
        release.findings, accepted, today, new=new, applied=trees.base_files.keys(), untried=untried
    )


@contextmanager
def _trees(
    base: BaseTree,
    configuration: Configuration,
    head: Project,
    options: Options,
    server: Server,
) -> Iterator[Trees]:
    there = replace(configuration, root=base.root)
    # The variables are the head's: both must read what the other has encrypted.
    variables = {name: value for name, value in head.variables.items() if name != "PYTHONPATH"}
    project = replace(
        Project.of(there, settings=head.settings, python=options.base_python or head.python),
        variables=there.variables(variables),
    )

    ignored = comparison.configured(configuration)
    check_ignored(ignored.ignore)

    def start(project: Project, whose: str, **how: Any) -> tuple[MigrationRunner, Tree]:
        try:
            runner = MigrationRunner(
                project, server, step_seconds=options.step_seconds, options=ignored, **how
            )
        except CannotRun as error:
            raise CannotRun(f"{whose} does not load: {error}") from None
        return opened.enter_context(runner), read_files(runner, whose)

    with ExitStack() as opened:
        with ThreadPoolExecutor(2) as pool:
            of_base = pool.submit(start, project, f"the base {base.revision}", max_workers=1)
            head_runner, head_files = start(head, "the working tree", max_workers=2, offline=True)
            base_runner, base_files = of_base.result()
        yield Trees(base_runner, head_runner, base_files, head_files)
