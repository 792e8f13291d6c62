"""The catalog reader: pg_catalog -> the schema model, in a number of queries that does not depend on size.

In: a URL or an open connection. Out: a ``Schema`` with every object of the database; an object of a
class that no module here knows becomes ``not_compared``, which is never equal to anything.
Names follow https://www.postgresql.org/docs/current/catalogs.html.

``fetch`` returns the rows of all queries, ``schema`` what they describe, ``same_rows`` whether two databases return the
same, which makes their schemas equal. Contract of the modules that read (everything that ``reading.collect`` calls):

- which statements a module asks for depends on the major version alone, never on rows: ``reading.asked`` learns
  them by running all modules on no rows. A reader that breaks this gets ``KeyError``;
- a schema does not depend on the OIDs of users' objects: a column with an OID has the type ``oid``, or ``oidvector``,
  and serves to find other rows; a statement's ORDER BY makes two equal databases return rows in the same order.
"""

from .equal_rows import same as same_rows
from .reading import fetch, read, schema
from .unknown import possible as unknown_possible

__all__ = ["fetch", "read", "same_rows", "schema", "unknown_possible"]
