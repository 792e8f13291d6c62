"""Whether two databases return the same rows, which is cheaper to see than whether their schemas are equal.

A schema is a function of the rows, and OIDs are no part of it: they are the names by which one row finds another.
Readers rely on that too: where an OID is itself the name of an object (a large object), the query returns it as text.
"""

from itertools import chain, starmap, zip_longest
from typing import TypeAlias

from .reader import FIRST_USER_OID, Results

OID, OID_VECTOR = 26, 30
"""OIDs of the types ``oid`` and ``oidvector``, which say where in a row an OID stands: pg_type.dat of PostgreSQL."""
Pair: TypeAlias = tuple[int | None, int | None]


def same(left: Results, right: Results) -> bool:
    """Return whether both readings return the same rows in the same order but for the OIDs of the same objects.

    So it is if all other values are equal, and if one-to-one OIDs stand in the same places, the server's own for
    themselves. False says nothing about the schemas.
    """
    if left.version != right.version:
        return False
    pairs: set[Pair] = set()
    for statement, (_, types, rows) in left.of.items():
        other_rows = right.of[statement].rows
        if len(rows) != len(other_rows):
            return False
        # Without rows there are no columns.
        columns = zip(types, zip(*rows, strict=True), zip(*other_rows, strict=True), strict=False)
        for type_code, ours, theirs in columns:
            if type_code == OID and ours == theirs:
                pairs.update((oid, oid) for oid in set(ours))
            elif type_code == OID:
                pairs.update(zip(ours, theirs, strict=True))
            elif type_code == OID_VECTOR:
                vectors = set(zip(ours, theirs, strict=True))
                pairs.update(chain.from_iterable(starmap(_in_vectors, vectors)))
            elif ours != theirs:
                return False
    return _is_renaming(pairs)


def _in_vectors(ours: str, theirs: str) -> "zip_longest[Pair]":
    return zip_longest(map(int, ours.split()), map(int, theirs.split()))


def _is_renaming(pairs: set[Pair]) -> bool:
    return len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs) and all(
        ours == theirs or (ours and theirs and min(ours, theirs) >= FIRST_USER_OID) for ours, theirs in pairs
    )
