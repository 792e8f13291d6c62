"""All object classes that one query each can read, in the order in which they need each other."""

from typing import Final

from verification.schema.catalog import foreign, operators, replication, routines, text_search, types
from verification.schema.catalog.query import Query, run
from verification.schema.catalog.reader import Reader

QUERIES: Final[tuple[Query, ...]] = (
    *operators.QUERIES,
    *routines.QUERIES,
    *text_search.QUERIES,
    *foreign.QUERIES,
)


def read(reader: Reader) -> None:
    """Record types, routines, operators and whatever else stands beside the tables."""
    types.read(reader)
    for query in (*QUERIES, *replication.queries(reader.version)):
        run(reader, query)
