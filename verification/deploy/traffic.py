"""What users wait: the base's models read and write each locked table while the new migrations run."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..migrations.cost.judgement import LIMIT_MS
from ..migrations.cost.record import READS_BLOCKED, WRITES_BLOCKED
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import Chain, key_of
from .finding import Finding
from .tree import Tree

LOCK_TIMEOUT: Final = "lock timeout"
"""In PostgreSQL's message, when a statement did not get its lock in time."""
ROWS_LOCKED: Final = frozenset({"RowShareLock", "RowExclusiveLock"})
"""Of a transaction that locks rows of the table."""
MOST_TABLES: Final = 6
SLOW_S: Final = 2.5
"""How long a slow transaction stays open once the migration waits for it."""


@dataclass(frozen=True)
class Wait:
    """One kind of call on one table while the migrations ran."""

    table: str
    kind: str
    """"read" or "write"."""
    calls: int
    blocked_ms: float
    """The longest call that PostgreSQL showed waiting for a lock; 0: none was."""
    p99_ms: float
    errors: int


@dataclass(frozen=True)
class Traffic:
    """One run of the new migrations under traffic."""

    waits: tuple[Wait, ...]
    queued: bool
    """Whether a migration waited for the slow transaction."""
    gave_up: bool
    """Whether a migration ended because it did not get its lock."""

    def blocked(self, table: str, kind: str) -> float:
        """Return the longest wait for a lock in milliseconds; 0 for a call that was not made."""
        return max(
            (each.blocked_ms for each in self.waits if (each.table, each.kind) == (table, kind)), default=0.0
        )


def measure(
    base: MigrationRunner,
    head: MigrationRunner,
    databases: Databases,
    alias: str,
    tables: Sequence[str],
    *,
    slow_s: float = 0.0,
    command: str = "",
) -> Traffic:
    """Run the new migrations on a clone while the base's models use ``tables``. Raises ``JobFailed``.

    ``command``: the project's own migrate command, where it may wait otherwise than ``migrate``.
    """
    result, failed = beside(
        base,
        head,
        databases,
        "traffic",
        command,
        {LOCK_TIMEOUT},
        alias=alias,
        tables=[*tables],
        slow_s=slow_s,
    )
    return Traffic(
        tuple(Wait(**each) for each in result["waits"]),
        result["queued"],
        failed is not None or result["gave_up"],
    )


def beside(
    base: MigrationRunner,
    head: MigrationRunner,
    databases: Databases,
    job: str,
    command: str,
    expected: Collection[str],
    **arguments: Any,
) -> tuple[dict[str, Any], JobFailed | None]:
    """Run the new migrations on a clone while a worker of the base does ``job`` there.

    Return the job's result, and the migrations' error if its message holds one of ``expected``. Raises ``JobFailed``
    for another one.
    """
    failed: JobFailed | None = None
    with head.copy(databases) as clone, base.worker() as worker:

        def paused(_: Any) -> None:
            nonlocal failed
            try:
                migrate(head, clone, command)
            except JobFailed as error:
                if not any(words in error.message for words in expected):
                    raise
                failed = error

        names = {each: clone.names[each] for each in base.aliases if each in clone.names}
        result = worker.run(job, databases=names, paused=paused, **arguments)
    return result, failed


def migrate(head: MigrationRunner, databases: Databases, command: str) -> None:
    """Apply what is new, by the project's own command if there is one. Raises ``JobFailed``."""
    if not command:
        head.forward(databases, Chain())
        return
    with head.worker() as worker:
        error = worker.run("migrate_command", databases=databases.to_json(), command=command, hold=False)[
            "error"
        ]
    if error:
        raise JobFailed("apply", error)


def judge(
    base: MigrationRunner,
    head: MigrationRunner,
    databases: Databases,
    steps: Sequence[Step],
    files: Tree,
    found: Iterable[Finding],
    root: Path,
    command: str = "",
) -> list[Finding]:
    """Return the findings so far with what users waited, and those that only traffic shows.

    A wait whose cause is found already is evidence of that finding. Raises ``CannotRun``.
    """
    findings = list(found)
    for alias in dict.fromkeys(step.alias for step in steps):
        own = [step for step in steps if step.alias == alias]
        rows = own[0].rows
        locked = _tables(own, WRITES_BLOCKED, rows)
        long = [step for step in own if 1000 * step.seconds >= LIMIT_MS]
        touched = [*locked, *(each for each in _tables(long, ROWS_LOCKED, rows) if each not in locked)]
        try:
            if touched:
                plain = measure(base, head, databases, alias, _bare(touched))
                findings = [_with_waits(each, plain) for each in findings]
                findings += _blocked(own, touched, plain, findings, files, root)
            if locked:
                slow = measure(base, head, databases, alias, _bare(locked), slow_s=SLOW_S, command=command)
                findings += _without_timeout(own, locked, slow, files, root)
        except JobFailed as error:
            raise error.cannot_run("the new migrations cannot be run under traffic") from None
    return findings


def _tables(steps: Sequence[Step], modes: Collection[str], rows: Mapping[str, int]) -> list[str]:
    """Return the tables with rows on which a step has such a lock, the largest first; ``rows``: before the first."""
    locked = {table for step in steps for table, mode in step.locks.items() if mode in modes}
    return sorted(filter(rows.get, locked), key=lambda each: -rows[each])[:MOST_TABLES]


def _bare(tables: Sequence[str]) -> list[str]:
    return [table.rpartition(".")[2] for table in tables]


def _said(traffic: Traffic, table: str) -> list[str]:
    return [
        f"{each.kind}s of {table} under traffic: waited {each.blocked_ms:.0f} ms for the lock, p99 {each.p99_ms:.0f} "
        f"ms, {each.calls} calls"
        for each in traffic.waits
        if each.table == table.rpartition(".")[2]
    ]


def _with_waits(finding: Finding, traffic: Traffic) -> Finding:
    """Add what users of the table waited; above the limit it is no matter of more rows any more."""
    said = _said(traffic, finding.table) if finding.blocked_ms else []
    if not said:
        return finding
    bare = finding.table.rpartition(".")[2]
    longest = max(traffic.blocked(bare, "read"), traffic.blocked(bare, "write"))
    return replace(
        finding, evidence=(*finding.evidence, *said), above_limit=finding.above_limit or longest >= LIMIT_MS
    )


def _blocked(
    steps: Sequence[Step],
    locked: Sequence[str],
    traffic: Traffic,
    found: Sequence[Finding],
    files: Tree,
    root: Path,
) -> Iterator[Finding]:
    known = {(each.migration, name) for each in found for name in (each.table, *each.also)}
    for table in locked:
        step = max(
            (each for each in steps if each.locks.get(table) in WRITES_BLOCKED | ROWS_LOCKED),
            key=lambda each: each.seconds,
        )
        bare = table.rpartition(".")[2]
        reads = step.locks[table] in READS_BLOCKED and traffic.blocked(bare, "read") >= LIMIT_MS
        writes = traffic.blocked(bare, "write") >= LIMIT_MS
        if (step.migration, table) in known or not (reads or writes):
            continue
        kind = "read" if reads else "write"
        yield Finding(
            code="reads-blocked" if reads else "writes-blocked",
            migration=step.migration,
            file=files[key_of(step.migration)].relative(root),
            table=table,
            effect=f"who {'reads' if reads else 'writes'} {table} waits until the migration has ended",
            evidence=(*_said(traffic, table), f"the migration: {step.seconds:.2f} s"),
            remedy="split the migration, so that what takes time is done without the lock",
            blocked_ms=traffic.blocked(bare, kind),
        )


def _without_timeout(
    steps: Sequence[Step], locked: Sequence[str], traffic: Traffic, files: Tree, root: Path
) -> Iterator[Finding]:
    """Find the queue behind a migration that waits for a slow transaction; one cause, however many migrations."""
    if not traffic.queued or traffic.gave_up:
        return
    waits = {table: traffic.blocked(table.rpartition(".")[2], "read") for table in locked}
    table = max(waits, key=lambda each: waits[each])
    if waits[table] < LIMIT_MS:
        return
    step = next(each for each in steps if each.locks.get(table) in WRITES_BLOCKED)
    yield Finding(
        code="waits-without-lock-timeout",
        migration=step.migration,
        file=files[key_of(step.migration)].relative(root),
        table=table,
        effect="while the migration waits for one slow transaction, everybody queues behind it",
        evidence=(f"a transaction that had read {table} stayed open for {SLOW_S} s", *_said(traffic, table)),
        remedy="migrate with a lock_timeout of about two seconds and try again (SET lock_timeout, or OPTIONS of the "
        "connection); then nobody waits longer than that",
        blocked_ms=waits[table],
        notice=True,
    )
