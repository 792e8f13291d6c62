"""Migrations without a transaction, interrupted at each statement and run again."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from ..migrations.equivalence.upgrade import connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import key_of
from .error_text import without_values
from .finding import Finding
from .state import State, Unstable, differences, read_state
from .tree import MigrationFile, Tree

TRIED: Final = 8
"""At how many statements of a migration it is interrupted, the first and the last among them."""
BESIDE_TRAFFIC: Final = re.compile(
    r"\bNOT\s+VALID\b|\b(VALIDATE\s+CONSTRAINT|ATTACH\s+PARTITION|USING\s+INDEX)\b|\bDROP\s+CONSTRAINT\b|\b(DROP|SET)\s+NOT\s+NULL\b",
    re.IGNORECASE,
)
_INVALID: Final = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"


@dataclass(frozen=True)
class _Try:
    statement: int
    """Counted from 1."""
    cancel: bool
    sql: str
    operation: int | None
    last: bool = False
    """Whether nothing but the record of the migration comes after it: the statement's own transaction has ended."""

    @property
    def when(self) -> str:
        return "canceled in" if self.cancel else "stopped after"


def judge(
    runner: MigrationRunner,
    databases: Databases,
    steps: Sequence[Step],
    files: Tree,
    unstable: Unstable,
    root: Path,
) -> Iterator[Finding]:
    """Find new migrations that cannot be run again, or that then leave something else behind.

    ``databases``: the base with few rows, to be cloned; ``steps``: the migrations' record. Raises ``CannotRun``.
    """
    undisturbed: dict[str, State] = {}
    for step in steps:
        migration = files[key_of(step.migration)]
        if not step.statements or (migration.atomic and not _commits(step)):
            continue
        if step.alias not in undisturbed:
            undisturbed[step.alias] = _undisturbed(runner, databases, step.alias, unstable)
        yield from _judge(runner, databases, step, migration, undisturbed[step.alias], unstable, root)


def _judge(
    runner: MigrationRunner,
    databases: Databases,
    step: Step,
    migration: MigrationFile,
    undisturbed: State,
    unstable: Unstable,
    root: Path,
) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    first: dict[str, _Try] = {}
    tries = _tries(step)

    def run(each: _Try) -> tuple[str, str]:
        with runner.copy(databases) as clone:
            error = _interrupt(runner, clone, step, each)
            return _outcome(runner, clone, step.alias, error, undisturbed, unstable)

    outcomes = runner.run_parallel(*(partial(run, each) for each in tries))
    for each, (code, evidence) in zip(tries, outcomes, strict=True):
        if code:
            first.setdefault(code, each)
            found.setdefault(code, []).append(f"{each.when} statement {each.statement}: {evidence}")
    for code, seen in found.items():
        each = first[code]
        yield Finding(
            code=code,
            migration=migration.name,
            file=migration.relative(root),
            line=migration.line(each.operation),
            statement=each.sql,
            effect=EFFECTS[code],
            evidence=tuple(dict.fromkeys(seen)),
            remedy=REMEDIES[code],
            notice=code == "not-retry-safe" and _known(step, seen),
        )


def _commits(step: Step) -> bool:
    """Whether a statement of the migration ended the transaction that Django had begun."""
    return len({entry["transaction"] for entry in step.statements}) > 1


def _known(step: Step, seen: Sequence[str]) -> bool:
    """Whether it is no more than what indexes and constraints have that are made beside traffic.

    A second run says at once that they are there; PostgreSQL has no other form of ADD CONSTRAINT.
    """
    return all(each.endswith("already exists") for each in seen) and all(
        each["sampled"] or BESIDE_TRAFFIC.search(each["sql"]) for each in step.statements
    )


def _tries(step: Step) -> list[_Try]:
    tries = []
    number = 0
    for entry in step.statements:
        if entry["part"]:
            continue
        number += 1
        about = (" ".join(entry["sql"].split())[:160], entry["operation"])
        if entry["sampled"]:
            tries.append(_Try(number, True, *about))
        tries.append(_Try(number, False, *about))
        number += entry["repeated"]
    tries[-1] = replace(tries[-1], last=True)
    if len(tries) > TRIED:
        tries = [tries[round(place * (len(tries) - 1) / (TRIED - 1))] for place in range(TRIED)]
    return tries


def _interrupt(runner: MigrationRunner, databases: Databases, step: Step, each: _Try) -> str:
    with runner.worker() as worker:
        try:
            result: dict[str, Any] = worker.run(
                "interrupt",
                databases=databases.to_json(),
                alias=step.alias,
                migration=step.migration,
                statement=each.statement + each.last,
                cancel=each.cancel,
            )
        except JobFailed as error:
            raise error.cannot_run(f"the interruption of {step.migration} cannot be tried") from None
    return str(result["error"])


def _outcome(
    runner: MigrationRunner,
    databases: Databases,
    alias: str,
    error: str,
    undisturbed: State,
    unstable: Unstable,
) -> tuple[str, str]:
    if error:
        return "not-retry-safe", f"the second run fails: {without_values(error)}"
    with closing(connect(runner, databases, alias)) as connection, connection.cursor() as cursor:
        cursor.execute(_INVALID)
        invalid = [row[0] for row in cursor.fetchall()]
    if invalid:
        return "invalid-index-left", f"the second run succeeds and {', '.join(invalid)} is not valid"
    left = differences(undisturbed, read_state(runner, databases, alias, unstable, undisturbed))
    return ("not-retry-safe", f"the second run leaves {left[0]}") if left else ("", "")


def _undisturbed(runner: MigrationRunner, databases: Databases, alias: str, unstable: Unstable) -> State:
    with runner.copy(databases) as clone:
        before = read_state(runner, clone, alias, unstable)
        with runner.worker() as worker:
            try:
                worker.run(
                    "interrupt",
                    databases=clone.to_json(),
                    alias=alias,
                    migration="",
                    statement=0,
                    cancel=False,
                )
            except JobFailed as error:
                raise error.cannot_run("the new migrations cannot be run on few rows") from None
        return read_state(runner, clone, alias, unstable, before)


EFFECTS: Final = {
    "not-retry-safe": "a deploy that is interrupted here cannot go on: somebody has to repair the database by hand",
    "invalid-index-left": "an interrupted deploy leaves an index that no query uses and each write pays for",
}
REMEDIES: Final = {
    "not-retry-safe": "one step a migration: what may run in a transaction in migrations with one, and each statement "
    "that may not alone in a migration with atomic = False, after RunSQL 'DROP INDEX CONCURRENTLY IF EXISTS ...'",
    "invalid-index-left": "RunSQL 'DROP INDEX CONCURRENTLY IF EXISTS ...' before 'CREATE INDEX CONCURRENTLY ...', "
    "without IF NOT EXISTS, which takes the invalid index for the wanted one",
}
