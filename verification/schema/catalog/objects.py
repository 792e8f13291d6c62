"""All object classes that are read with one query each, in the order of their dependencies."""

from typing import Final

from . import foreign, operators, replication, routines, text_search, types
from .query import Query, run
from .reader import Reader

QUERIES: Final[tuple[Query, ...]] = (
    *operators.QUERIES,
    *routines.QUERIES,
    *text_search.QUERIES,
    *foreign.QUERIES,
)


def read(reader: Reader) -> None:
    """Record types, routines, operators and the other classes that are not part of a table."""
    types.read(reader)
    for query in (*QUERIES, *replication.queries(reader.version)):
        run(reader, query)
