"""One database, read in one snapshot."""

from typing import Any, Final

from verification.errors import CannotRun
from verification.schema.catalog import (
    access,
    columns,
    constraints,
    database,
    notes,
    objects,
    relations,
    triggers,
)
from verification.schema.catalog.reader import Reader
from verification.schema.catalog.session import session
from verification.schema.model import Schema

VERSIONS: Final = range(14, 19)
"""Major versions whose catalogs this reader knows in full; it fails closed on any other."""


def read(source: str | Any) -> Schema:
    """Read a database by URL or through an open psycopg2 connection (whose open transaction is kept).

    Raises ``CannotRun`` when the server cannot be reached, goes away, denies a catalog, or is
    of a version that the reader does not know.
    """
    with session(source) as (cursor, version):
        if version not in VERSIONS:
            raise CannotRun(
                f"the server is PostgreSQL {version}; this reader knows {VERSIONS[0]} to {VERSIONS[-1]}"
                " and does not guess: use such a server"
            )
        reader = Reader(cursor, version)
        context = database.read(reader)
        relations.read(reader)
        columns.read(reader)
        objects.read(reader)
        constraints.read(reader)
        triggers.read(reader)
        access.read(reader)
        notes.read(reader)
        return Schema(version, reader.entries, context)
