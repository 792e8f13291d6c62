"""Databases as they are in production: the base's schema, with rows in it."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from ..migrations.data import production_rows
from ..migrations.equivalence.upgrade import RowVolume, connect
from ..migrations.execution.migration_runner import Databases, MigrationRunner
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import Chain
from .cost import Table, Tables

RATIO: Final = 0.2
"""Rows of each table for each of ``--rows`` where the project configures none: any of them may be large."""
_TABLES: Final = """
    SELECT c.oid::bigint, n.nspname || '.' || c.relname, greatest(c.reltuples, 0)::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND c.relname <> 'django_migrations'
"""


@dataclass(frozen=True)
class Filled:
    """Databases of the base, to be cloned: nobody is connected to them."""

    databases: Databases
    tables: Mapping[str, Tables]
    """Alias -> its tables."""
    left_empty: Mapping[str, str]
    """Qualified table -> why no rows could be generated."""

    @property
    def rows(self) -> int:
        """Return the rows of all tables together."""
        return sum(table.rows for tables in self.tables.values() for table in tables.values())


@dataclass(frozen=True)
class Empty:
    """Databases with the base's schema and no rows but those of its migrations."""

    databases: Databases
    described: Mapping[str, list[dict[str, Any]]]
    """Alias -> the tables as the base's models describe them."""


def migrate(base: MigrationRunner) -> Empty:
    """Migrate fresh databases with the base's code. Raises ``CannotRun``."""
    try:
        databases = base.fresh()
        base.forward(databases, Chain())
        with base.worker() as worker:
            described = worker.run("models", databases=databases.to_json())["tables"]
    except JobFailed as error:
        raise error.cannot_run("the base cannot be migrated") from None
    return Empty(databases, described)


def fill(base: MigrationRunner, empty: Empty, rows: RowVolume) -> Filled:
    """Fill clones of the base's databases."""
    databases = base.clone(empty.databases)
    tables: dict[str, Tables] = {}
    left_empty: dict[str, str] = {}
    for alias in databases.own:
        described = empty.described[alias]
        with closing(connect(base, databases, alias)) as connection:
            if rows.size:
                ratios = rows.ratios or {table["table"].strip('"'): RATIO for table in described}
                filling = production_rows.fill(
                    connection, [*described], size=rows.size, ratios=ratios, seed=rows.seed
                )
                left_empty.update(filling.left_empty)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
                cursor.execute(_TABLES)
                tables[alias] = {oid: Table(name, count) for oid, name, count in cursor.fetchall()}
    return Filled(databases, tables, left_empty)
