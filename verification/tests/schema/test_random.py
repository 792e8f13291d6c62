"""Random schemas: a copy made by pg_dump and psql is equal, and any change of the copy is seen.

``RANDOM_SCHEMAS=500`` in the environment tries so many, each time others; without it the same few are tried.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verification.postgres.server import Database, Server, identifier
from verification.schema import catalog
from verification.schema.catalog.reader import Results
from verification.schema.comparison.compare import compare
from verification.tests.schema.random_changes import changes
from verification.tests.schema.random_schemas import SCHEMAS, Sketch, schemas

EXAMPLES: Final = int(os.environ.get("RANDOM_SCHEMAS", "0"))
CHANGES: Final = 4
"""Changes tried on each schema: they cost little beside making it."""
PLACES: Final = ", ".join(map(identifier, SCHEMAS))


@pytest.fixture(scope="module")
def pair(server: Server) -> Iterator[tuple[Database, Database]]:
    with server.database() as original, server.database() as copy:
        yield original, copy


@pytest.mark.slow
@pytest.mark.timeout(7200)
@settings(
    max_examples=EXAMPLES or 10,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(sketch=schemas(), data=st.data())
def test_a_copy_is_equal_and_each_change_of_it_is_seen(
    pair: tuple[Database, Database], sketch: Sketch, data: st.DataObject
) -> None:
    original, copy = pair
    try:
        for schema in SCHEMAS:
            original.execute(f"CREATE SCHEMA {identifier(schema)}")
        original.execute(";\n".join(sketch.statements))
        dump = original.server.run_tool("pg_dump", original.name)
        copy.server.run_tool("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", copy.name, stdin=dump)
        rows = catalog.fetch(original.url)
        before = catalog.schema(rows)

        assert compare(before, catalog.read(copy.url)) == []

        some = st.lists(st.sampled_from(changes(sketch)), min_size=CHANGES, max_size=CHANGES, unique=True)
        for change, changed in _changed(copy, data.draw(some)):
            after = catalog.schema(changed)
            assert not catalog.same_rows(rows, changed), f"not seen in the rows: {change}"
            assert compare(before, after), f"not seen: {change}"
            assert compare(after, before), f"not seen backwards: {change}"
    finally:
        for database in pair:
            database.execute(f"DROP SCHEMA IF EXISTS {PLACES} CASCADE")


def _changed(database: Database, statements: Iterable[str]) -> Iterator[tuple[str, Results]]:
    """Read what each change makes of a database, and take it back."""
    connection = database.connect()
    try:
        connection.autocommit = False
        for statement in statements:
            with connection.cursor() as cursor:
                cursor.execute(statement)
            after = catalog.fetch(connection)
            connection.rollback()
            yield statement, after
    finally:
        connection.close()
