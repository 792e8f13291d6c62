"""Read one database in one snapshot: first all rows, then the schema from them."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from ...errors import CannotRun
from ...postgres import driver
from ..model.objects import Value, described
from ..model.schema import Schema
from . import access, columns, comments, constraints, database, objects, relations, triggers
from .reader import Reader, Result, Results
from .session import session

VERSIONS: Final = range(14, 19)
"""Major versions with catalogs that this reader knows in full; it refuses any other."""


@contextmanager
def no_collection() -> Iterator[None]:
    """Disable the garbage collector: tens of thousands of new objects stay, and searching them takes a quarter more."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read(source: str | driver.Connection) -> Schema:
    """Read a database by URL or through an open connection (whose open transaction is kept).

    Raises ``CannotRun`` if the server cannot be reached, closes the connection, denies access to a
    catalog, or has a version that the reader does not know.
    """
    with no_collection():
        return schema(fetch(source))


def fetch(
    source: str | driver.Connection, opened: Callable[[driver.Connection], object] = lambda _: None
) -> Results:
    """Return the rows of all queries; ``opened`` is called with the connection that is made for a URL.

    Raises ``CannotRun`` as ``read`` does.
    """
    with session(source, opened) as (cursor, version):
        if version not in VERSIONS:
            raise CannotRun(
                f"the server is PostgreSQL {version}, whose catalogs this reader does not know",
                f"use PostgreSQL {VERSIONS[0]} to {VERSIONS[-1]}, or a harness that knows it",
            )
        return Results(version, {each: _result(cursor, each) for each in asked(version).results.of})


def schema(results: Results) -> Schema:
    """Return the schema that the rows describe."""
    reader = Reader(results)
    context = collect(reader)
    return Schema(results.version, {key: described(*draft) for key, draft in reader.entries.items()}, context)


class _Asked(dict[str, Result]):
    """The results of an empty database; keeps which statements were asked for."""

    def __missing__(self, statement: str) -> Result:
        self[statement] = Result((), (), ())
        return self[statement]


@cache
def asked(version: int) -> Reader:
    """Return a reader that has seen an empty database: its results are those of all statements of a reading."""
    reader = Reader(Results(version, _Asked()))
    collect(reader)
    return reader


def collect(reader: Reader) -> dict[str, Value]:
    """Record all objects of the database in a reader; return the database's context."""
    context = database.read(reader)
    for part in (relations, columns, objects, constraints, triggers, access, comments):
        part.read(reader)
    relations.read_uses(reader)
    return context


def _result(cursor: driver.Cursor, statement: str) -> Result:
    cursor.execute(statement)
    described = cursor.description or ()
    return Result(
        tuple(column.name for column in described),
        tuple(column.type_code for column in described),
        cursor.fetchall(),
    )
