"""Both codes on both schemas: which order of migrating and rolling out stops nobody."""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from ..migrations.equivalence.upgrade import connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import key_of
from ..postgres import driver
from .finding import Finding
from .tree import MigrationFile, Tree

OLD_CODE: Final = frozenset({"old-code-breaks", "release-must-be-split"})
"""What is found where the code that runs now cannot use the new schema."""
STATE_ALONE: Final = frozenset({"AlterModelOptions", "AlterModelManagers"})
"""Operations that change no table."""
_NAMED: Final = re.compile(r"(?:column|constraint) \"?(?:\w+\.)?(\w+)")
"""What PostgreSQL's message names."""
_Call = Mapping[str, str]
"""Model, table, call and error."""
_Cause = tuple[MigrationFile | None, int | None]
"""A migration and the number of its operation, as far as they are known."""
SHOWN: Final = 4
"""Calls that a finding names."""


@dataclass(frozen=True)
class Failure:
    """What one model cannot do with the other schema."""

    model: str
    table: str
    calls: tuple[str, ...]
    """Each with its error."""


def judge(
    base: MigrationRunner,
    head: MigrationRunner,
    databases: Databases,
    migrated: Databases,
    steps: Sequence[Step],
    files: Tree,
    root: Path,
) -> list[Finding]:
    """Find calls of the base's models that fail on the new schema, and calls of the head's that fail on either.

    ``databases``: the base with few rows, to be cloned; ``migrated``: the same after the new migrations. What the
    code of the base cannot do on its own schema is no finding. Raises ``CannotRun``.
    """
    try:
        with ThreadPoolExecutor(1) as pool:
            of_new = pool.submit(_tried, head, migrated, databases)
            (before, old_calls), (after, new_calls) = _tried(base, databases, migrated), of_new.result()
    except JobFailed as error:
        raise error.cannot_run("the calls of the models cannot be tried") from None
    old, new = _failures(old_calls, but=before), _failures(new_calls, but=after)
    broken = [each for each in _failures(after, but=before) if each.table not in {one.table for one in old}]
    found = [_new_breaks(each, _cause(each, steps, files), root) for each in broken]
    if new and not old:
        return [*found, _migrate_first(new, _cause(new[0], steps, files), root)]
    causes = [(failure, _cause(failure, steps, files)) for failure in old]
    # What fails beside another table that an operation has changed (a cascade, a key's type) has the cause of that one.
    own = [each for each in causes if each[1][1] is not None] or causes
    beside = [failure for failure, cause in causes if (failure, cause) not in own]
    return found + [
        _old_breaks(failure, cause, root, new, () if number else beside)
        for number, (failure, cause) in enumerate(own)
    ]


def _tried(runner: MigrationRunner, own: Databases, other: Databases) -> tuple[list[_Call], list[_Call]]:
    """Return the calls of one tree that fail on its own schema, and those that fail on the other."""
    with runner.copy(own) as here, runner.copy(other) as there, runner.worker() as worker:
        for databases in (here, there):
            _publish(runner, databases)
        rows = worker.run("sample", databases=_of(runner, here))["rows"]
        tried = [
            worker.run("calls", databases=_of(runner, databases), rows=rows)["failures"]
            for databases in (here, there)
        ]
    return tried[0], tried[1]


def _failures(calls: Sequence[_Call], *, but: Sequence[_Call]) -> list[Failure]:
    """Return what fails, model by model, without the calls that fail anyway."""
    known = {(each["model"], each["call"]) for each in but}
    found: dict[tuple[str, str], dict[str, None]] = {}
    for each in calls:
        if (each["model"], each["call"]) not in known:
            said = f"{each['call']}: {each['error']}"
            found.setdefault((each["model"], each["table"]), {})[said] = None
    return [Failure(model, table, tuple(calls)) for (model, table), calls in found.items()]


def _publish(runner: MigrationRunner, databases: Databases) -> None:
    """Publish all tables, as logical replication does: a row without a replica identity cannot be changed then."""
    for alias in databases.own:
        with (
            closing(connect(runner, databases, alias)) as connection,
            connection.cursor() as cursor,
            suppress(driver.errors.InsufficientPrivilege),
        ):
            cursor.execute("CREATE PUBLICATION verification FOR ALL TABLES")


def _of(runner: MigrationRunner, databases: Databases) -> Mapping[str, Any]:
    return {alias: databases.names[alias] for alias in runner.aliases if alias in databases.names}


def _cause(failure: Failure, steps: Sequence[Step], files: Tree) -> _Cause:
    """Return the migration that changed the table, and its operation on the model, as far as they are known."""
    name = failure.model.partition(".")[2].lower()
    table = failure.table.strip('"')
    touching = [
        files[key_of(step.migration)]
        for step in steps
        if any(each.rpartition(".")[2] == table for each in step.locks)
    ]
    changing = [
        (migration, number, operation.text)
        for migration in dict.fromkeys([*touching, *(files[key_of(step.migration)] for step in steps)])
        for number, operation in enumerate(migration.operations)
        if operation.kind not in STATE_ALONE
        and (operation.model.lower() == name or table in operation.text or _quotes(operation.text, name))
    ]
    names = {each.removesuffix("_id") for call in failure.calls for each in _NAMED.findall(call)}
    named = [each for each in changing if any(said in each[2] for said in names)]
    for migration, number, _ in named or changing:
        return migration, number
    return (touching[0] if touching else None), None


def _quotes(text: str, name: str) -> bool:
    """Whether an operation within another one names a model."""
    return bool(re.search(rf"""(["']){name}\1""", text, re.IGNORECASE))


def _at(cause: _Cause, root: Path) -> partial[Finding]:
    """Return what makes a finding at the operation that caused it, as far as that is known."""
    migration, operation = cause
    return partial(
        Finding,
        migration=migration.name if migration else "",
        file=migration.relative(root) if migration else "",
        line=migration.line(operation) if migration else 0,
    )


def _new_breaks(failure: Failure, cause: _Cause, root: Path) -> Finding:
    return _at(cause, root)(
        code="new-code-breaks",
        table=failure.table,
        effect="requests fail as soon as the new code runs, although all is migrated",
        evidence=tuple(
            f"the new code on the new schema, {failure.model}.{each}" for each in failure.calls[:SHOWN]
        ),
        remedy=SAME if cause[0] else "run makemigrations, and let its migration go out with the models",
    )


def _old_breaks(
    failure: Failure,
    cause: _Cause,
    root: Path,
    new: Sequence[Failure],
    beside: Sequence[Failure],
) -> Finding:
    needed = next((each for each in new if each.model == failure.model), new[0] if new else None)
    evidence = [
        f"the base's code on the new schema, {failure.model}.{each}" for each in failure.calls[:SHOWN]
    ]
    evidence += [f"the same, {other.model}.{other.calls[0]}" for other in beside[:SHOWN]]
    if needed is not None:
        evidence += [
            f"the new code on the base's schema, {needed.model}.{each}" for each in needed.calls[:SHOWN]
        ]
    return _at(cause, root)(
        code="release-must-be-split" if needed else "old-code-breaks",
        table=failure.table,
        effect="whichever goes first, requests fail until the other has followed"
        if needed
        else "requests fail from the migration until the last process of the base has ended",
        evidence=tuple(evidence),
        remedy=SPLIT if needed else LATER,
    )


def _migrate_first(new: Sequence[Failure], cause: _Cause, root: Path) -> Finding:
    return _at(cause, root)(
        code="new-code-needs-migration",
        table=new[0].table,
        effect="the new code fails on the base's schema: migrate first, then roll out",
        evidence=tuple(
            f"the new code on the base's schema, {failure.model}.{failure.calls[0]}"
            for failure in new[:SHOWN]
        ),
        remedy="nothing, if the deploy migrates before it starts the new code",
        notice=True,
    )


LATER: Final = (
    "two releases: first the code that does not use what goes (SeparateDatabaseAndState with state_operations for "
    "RemoveField or DeleteModel, after AlterField to null=True where the column must not be NULL; db_default=... for "
    "a new column that must not be NULL), then the migration"
)
SAME: Final = (
    "in the same release give the database what the models say: AlterField to null=True or db_default=... before a "
    "field is removed from the state alone; database_operations for what the state alone adds or renames"
)
SPLIT: Final = (
    "three steps in two releases: add the new form beside the old one and write both; fill it; let the code use "
    "the new one alone, and remove the old one in the next release"
)
