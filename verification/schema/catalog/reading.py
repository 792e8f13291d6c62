"""Read one database in one snapshot."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Final

from ...errors import CannotRun
from ...postgres import driver
from ..model.objects import Value
from ..model.schema import Schema
from . import (
    access,
    columns,
    comments,
    constraints,
    database,
    objects,
    relations,
    triggers,
)
from .prefetch import RecordingCursor, prefetched
from .reader import Reader
from .session import second_session, session, shared_snapshot

VERSIONS: Final = range(14, 19)
"""Major versions with catalogs that this reader knows in full; it refuses any other."""


@contextmanager
def _no_collection() -> Iterator[None]:
    """Disable the garbage collector: tens of thousands of new objects stay, and searching them costs a third more."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read(
    source: str | driver.Connection,
    *,
    sessions: int = 2,
    opened: Callable[[driver.Connection], object] = lambda _: None,
) -> Schema:
    """Read a database by URL or through an open connection (whose open transaction is kept).

    ``opened`` is called with the connection that is made for a URL.

    A large database given by URL is read through up to ``sessions`` (1 or 2) sessions with one snapshot.

    Raises ``CannotRun`` if the server cannot be reached, closes the connection, denies access to a
    catalog, or has a version that the reader does not know.
    """
    with _no_collection(), session(source, opened) as (cursor, version):
        if version not in VERSIONS:
            raise CannotRun(
                f"the server is PostgreSQL {version}, whose catalogs this reader does not know",
                f"use PostgreSQL {VERSIONS[0]} to {VERSIONS[-1]}, or a harness that knows it",
            )
        second = None
        if isinstance(source, str) and sessions > 1 and (snapshot := shared_snapshot(cursor)):
            second = partial(second_session, source, snapshot)
        with prefetched(cursor, statements(version), second) as results:
            reader = Reader(results, version)
            context = collect(reader)
        return Schema(version, {key: draft.finished() for key, draft in reader.entries.items()}, context)


@cache
def statements(version: int) -> tuple[str, ...]:
    """Return the queries of a reading in the order in which they are executed."""
    recorder = RecordingCursor()
    collect(Reader(recorder, version))
    return tuple(recorder.statements)


def collect(reader: Reader) -> dict[str, Value]:
    """Record all objects of the database in a reader; return the database's context."""
    context = database.read(reader)
    for part in (relations, columns, objects, constraints, triggers, access, comments):
        part.read(reader)
    relations.read_uses(reader)
    return context
