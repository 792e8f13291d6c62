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
    for statement, (_, types, ours) in left.of.items():
        theirs = right.of[statement].rows
        if len(ours) != len(theirs):
            return False
        for type_code, *columns in zip(types, zip(*ours), zip(*theirs), strict=False):  # noqa: B905
            if type_code == OID:
                pairs.update(zip(*columns, strict=True))
            elif type_code == OID_VECTOR:
                pairs.update(chain.from_iterable(starmap(_in_vectors, set(zip(*columns, strict=True)))))
            elif columns[0] != columns[1]:
                return False
    return _is_renaming(pairs)


def _in_vectors(ours: str, theirs: str) -> "zip_longest[Pair]":
    return zip_longest(map(int, ours.split()), map(int, theirs.split()))


def _is_renaming(pairs: set[Pair]) -> bool:
    return len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs) and all(
        ours == theirs or (ours and theirs and min(ours, theirs) >= FIRST_USER_OID) for ours, theirs in pairs
    )
