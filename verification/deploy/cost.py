"""The cost of the new migrations as findings: where they stand in the files, and their safe form."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ..migrations.cost.judgement import judge, short
from ..migrations.cost.record import Tables
from ..migrations.execution.migration_runner import Step
from .finding import Finding
from .remedies import remedy
from .tree import MigrationFile

EFFECTS: Final = {
    "table-rewritten": "nobody can {who} {table} while PostgreSQL writes it anew",
    "rows-lost": "the rows of {table} are gone, and with CASCADE those of tables that the migration does not name",
    "scanned-under-lock": "nobody can {who} {table} while PostgreSQL reads it whole",
    "index-built-under-lock": "nobody can {who} {table} while the index is built",
    "lock-held-while-working": "nobody can {who} {table} until later statements of the migration have ended",
    "other-table-locked": "nobody can {who} {table} while rows of another table are checked",
    "unbatched-backfill": "whoever changes the same rows of {table} waits for its end, and all dead rows come at once",
}
GROWS: Final = frozenset({"table-rewritten", "unbatched-backfill"})
"""What writes all rows anew: the old ones stay on disk until the end, or until VACUUM."""


def findings(step: Step, migration: MigrationFile, tables: Tables, root: Path) -> Iterator[Finding]:
    """Return what one migration costs others; ``tables``: those of the base."""
    for cost in judge(step, tables):
        operation = cost.place.operation
        kind = migration.operations[operation].kind if operation is not None else ""
        yield Finding(
            code=cost.code,
            migration=migration.name,
            table=cost.table.name,
            statement=short(cost.place.sql),
            file=migration.relative(root),
            line=migration.line(operation),
            effect=EFFECTS[cost.code].format(
                who="read or write" if cost.blocks_reads else "write", table=cost.table.name
            ),
            evidence=(*cost.evidence, *([_disk(step, cost.table.scale)] if cost.code in GROWS else [])),
            also=cost.also,
            remedy=remedy(cost.code, kind, cost.statement.sql),
            blocked_ms=round(cost.blocked_ms, 1),
            above_limit=cost.above_limit,
        )


def _disk(step: Step, scale: float) -> str:
    disk, log = (scale * each / 1_000_000 for each in (step.disk_bytes, step.wal_bytes))
    where = " at the rows of the live database" if scale > 1 else ""
    return f"the migration needs {disk:.1f} MB of disk and {log:.1f} MB of write-ahead log{where}"
