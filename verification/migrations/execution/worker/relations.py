"""The files of the tables: which a statement has replaced, emptied or added, and what they take of the disk."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

TABLES = """
    SELECT c.oid::bigint, n.nspname || '.' || c.relname, c.reltuples::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND c.relname <> 'django_migrations'
"""
# By files: a change of a type that keeps the values makes new entries of the indexes, which keep their files.
RELATIONS = """
    SELECT json_agg(json_build_array(
               c.oid::bigint, pg_relation_filenode(c.oid),
               (SELECT json_agg(json_build_array(pg_relation_filenode(i.indexrelid), pg_relation_size(i.indexrelid)))
                FROM pg_index i WHERE i.indrelid = c.oid),
               pg_relation_size(c.oid), pg_table_size(c.oid)))::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""


class _Relation(NamedTuple):
    """One table at one time."""

    node: int
    indexes: dict[int, int]
    """File -> bytes."""
    rows: int
    """Bytes of its rows."""
    size: int
    """Bytes without the indexes."""

    def grown(self, before: _Relation | None) -> int:
        """Return the bytes of files that are new, and what the others grew by."""
        same = before is not None and before.node == self.node
        rows = max(0, self.size - before.size) if before is not None and same else self.size
        old = before.indexes if before is not None else {}
        return rows + sum(max(0, size - old.get(node, 0)) for node, size in self.indexes.items())


class Relations:
    """The tables of a database as they were last seen."""

    def __init__(self, cursor: Any) -> None:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        self.names = {oid: name for oid, name, _ in tables}
        """Of those that are there now: oid -> qualified name."""
        self.estimates = {oid: rows for oid, _, rows in tables}
        """The planner's number of their rows."""
        self._seen = _read(cursor)

    def compare(self, entry: dict[str, Any], cursor: Any) -> None:
        """Add to the record of a statement what has changed since the last time."""
        now = _read(cursor)
        for oid, relation in now.items():
            before = self._seen.get(oid)
            entry["disk"] += relation.grown(before)
            if before is None:
                continue
            if relation.node != before.node:
                if relation.rows or before.rows:  # what was empty before costs and loses nothing
                    entry["rewritten" if relation.rows else "emptied"].append(oid)
            elif relation.indexes.keys() - before.indexes.keys():
                entry["indexed"].append(oid)
        self._seen = now


def _read(cursor: Any) -> dict[int, _Relation]:
    cursor.execute(RELATIONS)
    return {
        oid: _Relation(node, dict(indexes or ()), rows, size)
        for oid, node, indexes, rows, size in json.loads(cursor.fetchone()[0] or "[]")
    }
