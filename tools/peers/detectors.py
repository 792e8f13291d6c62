"""This project's catalog reader and its peers, each used as its documentation says."""

import re
import warnings
from abc import ABC, abstractmethod
from importlib.metadata import version
from typing import Any, Final

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from migra import Migration
from schemainspect import get_inspector
from sqlalchemy import Connection, MetaData, text

from tools.peers.case_databases import OpenDatabase
from verification.postgres.server import Database
from verification.schema import catalog
from verification.schema.comparison.compare import compare
from verification.schema.inspection import reading

SCHEMAS: Final = text(
    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1"
)
ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")
"""Memory addresses, removed from the findings."""

ONE_PARENT: Final = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT inhrelid::regclass AS child, inhparent::regclass AS parent
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE relkind = 'r' AND inhseqno > 1
    LOOP
        EXECUTE format('ALTER TABLE %s NO INHERIT %s', one.child, one.parent);
    END LOOP;
END $$
"""
"""migra fails on a table with two parents: it is shown each with its first one only, on both sides."""


class Detector(ABC):
    """Reads a left side, and tells what of the right side differs from it."""

    name: str
    needs_commit = False
    """Whether it must be shown a database of its own, since it opens its own connection."""

    @abstractmethod
    def read(self, seen: Any) -> Any:
        """Read the left side; ``seen``: a ``OpenDatabase``, or a ``Database`` if ``needs_commit``."""

    @abstractmethod
    def findings(self, left: Any, seen: Any) -> set[str]:
        """Tell how what is seen now differs from what was read."""

    @abstractmethod
    def version(self) -> str:
        """Return the version that is used; empty: the server's."""


class Catalog(Detector):
    """This project."""

    name = "this project"

    def read(self, seen: OpenDatabase) -> Any:
        """Read the catalogs."""
        return catalog.read(seen.psycopg)

    def findings(self, left: Any, seen: OpenDatabase) -> set[str]:
        """Compare by the model."""
        return set(map(repr, compare(left, catalog.read(seen.psycopg))))

    def version(self) -> str:
        """Return the version of this checkout."""
        return version("django-postgres-verification")


class Migra(Detector):
    """``migra --unsafe --with-privileges``: whether it has statements to say."""

    name = "migra"

    def read(self, seen: OpenDatabase) -> Any:
        """Read with schemainspect."""
        seen.run(ONE_PARENT)
        return get_inspector(seen.sqlalchemy)

    def findings(self, left: Any, seen: OpenDatabase) -> set[str]:
        """Ask for all changes."""
        migration = Migration(left, self.read(seen))
        migration.set_safety(False)
        migration.add_all_changes(privileges=True)
        return set(migration.statements)

    def version(self) -> str:
        """Return its own and its reader's."""
        return f"{version('migra')} (schemainspect {version('schemainspect')})"


class Dump(Detector):
    """``pg_dump --schema-only`` as text."""

    name = "pg_dump -s"
    needs_commit = True

    def read(self, seen: Database) -> Any:
        """Dump; the key that newer versions put at both ends is fixed."""
        arguments = ("--schema-only", "--restrict-key=fixed", seen.name)
        return seen.server.run_tool("pg_dump", *arguments)

    def findings(self, left: Any, seen: Database) -> set[str]:
        """Compare the texts."""
        return {"another text"} if left != self.read(seen) else set()

    def version(self) -> str:
        """It is the server's."""
        return ""


class Alembic(Detector):
    """``compare_metadata`` with types and defaults, the left side reflected."""

    name = "Alembic"

    def read(self, seen: OpenDatabase) -> Any:
        """Reflect every schema."""
        metadata = MetaData()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for schema in _schemas(seen.sqlalchemy):
                metadata.reflect(seen.sqlalchemy, schema=schema)
        return metadata

    def findings(self, left: Any, seen: OpenDatabase) -> set[str]:
        """Ask for the operations that would bring the database to the reflected state."""
        options = {"include_schemas": True, "compare_type": True, "compare_server_default": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = MigrationContext.configure(seen.sqlalchemy, opts=options)
            return {ADDRESS.sub("", repr(each)) for each in compare_metadata(context, left)}

    def version(self) -> str:
        """Return its own and SQLAlchemy's."""
        return f"{version('alembic')} (SQLAlchemy {version('SQLAlchemy')})"


class Inspection(Detector):
    """Everything that SQLAlchemy's inspection returns, by this project's second reader."""

    name = "SQLAlchemy"

    def read(self, seen: OpenDatabase) -> Any:
        """Read as the cross-check reads."""
        seen.run("SET LOCAL search_path TO ''")
        return reading.read_open(seen.sqlalchemy)

    def findings(self, left: Any, seen: OpenDatabase) -> set[str]:
        """Compare the readings."""
        return set(map(repr, reading.compare_inspections(left, self.read(seen))))

    def version(self) -> str:
        """Return SQLAlchemy's."""
        return version("SQLAlchemy")


def _schemas(connection: Connection) -> list[str]:
    return list(connection.scalars(SCHEMAS))


DETECTORS: Final[tuple[Detector, ...]] = (Catalog(), Dump(), Migra(), Alembic(), Inspection())
