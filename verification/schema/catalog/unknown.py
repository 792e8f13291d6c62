"""Whether a database may hold an object that no reader knows, seen from the rows alone.

False is certain: then no reader calls ``not_compared``. True is not: a comment on a constraint, a function and the like
is taken for one on an unknown object, because only the readers find out what it is about.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from ..model.objects import Value
from . import comments, constraints, relations, types
from .database import MEMBERS
from .reader import FIRST_USER_OID, Results
from .reading import asked

ALWAYS_READ: Final = frozenset({"pg_database", "pg_extension", "pg_largeobject", "pg_rewrite"})
"""Catalogs of which a comment is always read, or never compared."""


def possible(results: Results) -> bool:
    """Return whether the schema of these rows may have an object that is ``not_compared``."""
    return not (
        _letters(results, relations.RELATIONS) <= {*relations.KINDS, *relations.PARTS}
        and _letters(results, constraints.statement(results.version))
        <= {*constraints.KINDS, constraints.NOT_NULL, constraints.TRIGGER}
        and _letters(results, types.TYPES) <= {*types.KINDS, types.PSEUDO, types.MULTIRANGE}
        and not any("not_compared" in _column(results, each, "kind") for each in results.of)
        and {catalog for (catalog,) in results.of[comments.UNKNOWN_CLASSES].rows}
        <= comments.WITHOUT_QUERY | asked(results.version).catalogs
        and all(_is_read(results))
    )


def _is_read(results: Results) -> Iterator[bool]:
    """Yield for each comment, label and dependence on an extension whether it surely is about an object that is read."""
    oids, letters = (_column(results, relations.RELATIONS, name) for name in ("oid", "letter"))
    read = {("pg_class", oid) for oid, letter in zip(oids, letters, strict=True) if letter in relations.KINDS}
    read |= {("pg_namespace", oid) for oid, *_ in results.of[relations.SCHEMAS].rows}
    for catalog, oid, *_ in chain(results.of[comments.COMMENTS].rows, results.of[comments.LABELS].rows):
        yield oid < FIRST_USER_OID or catalog in ALWAYS_READ or (catalog, oid) in read
    for *_, depends in results.of[MEMBERS].rows:
        yield not depends


def _letters(results: Results, statement: str) -> set[str]:
    return {str(letter) for letter in _column(results, statement, "letter")}


def _column(results: Results, statement: str, name: str) -> Sequence[Value]:
    """Return the values of a column; none, if the statement has no such column."""
    names, _, rows = results.of[statement]
    if name not in names:
        return ()
    place = names.index(name)
    return [row[place] for row in rows]
