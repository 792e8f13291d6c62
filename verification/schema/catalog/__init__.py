"""The catalog reader: pg_catalog -> the schema model, in a number of queries that does not depend on size.

In: a URL or an open connection. Out: a ``Schema`` with every object of the database; an object of a
class that no module here knows becomes ``not_compared``, which is never equal to anything.
Names follow https://www.postgresql.org/docs/current/catalogs.html.

Contract of the modules that read (everything that ``reading.collect`` calls): the statements that a module
executes, and their order, depend on the major version of the server alone, never on rows that it has read.
``prefetch`` relies on it: it runs all readers once on ``RecordingCursor``, which returns no rows, to learn the
statements, and sends them from threads of their own while the readers work on the results. Therefore

- call ``reader.rows`` unconditionally (``reader.since`` may choose the SQL), never inside ``if rows:`` or in a
  loop over rows; use one query for all objects instead of one for each;
- pass no parameters, and use ``reader.cursor.description`` only after ``reader.rows``.

A reader that breaks this gets ``RuntimeError`` from ``PrefetchCursor.execute``.
"""

from .reading import read

__all__ = ["read"]
