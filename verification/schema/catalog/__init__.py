"""Reads pg_catalog into the model: every object class, in a number of queries that no size changes.

Names follow the system catalogs' documentation (https://www.postgresql.org/docs/current/catalogs.html).
"""

from verification.schema.catalog.reading import read

__all__ = ["read"]
