"""Read a database with SQLAlchemy's inspection, independently of the catalog reader.

It returns less than the catalog reader; ``cross_check`` compares the two. Known faults of the inspection
are corrected here: entries are keyed by name instead of listed, expressions are read with an empty search
path, and a type or a constraint text that SQLAlchemy cannot parse is queried by name, where SQLAlchemy
would omit it with a warning.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Final, TypedDict, cast

from sqlalchemy import Connection, create_engine, exc, inspect, text
from sqlalchemy.dialects.postgresql.base import PGInspector
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope
from sqlalchemy.pool import NullPool

from ...errors import CannotRun
from ...postgres import driver
from ...postgres.url import connect
from ..comparison.difference import Difference
from ..model.identity import Identity
from . import entries

Inspection = Mapping[Identity, Mapping[str, object]]
"""Identity, never quoted -> attribute -> plain value; the names of kinds and attributes are the catalog model's."""

COLUMN_ORDER: Final = "column_order"
"""Not compared: a squash changes the order of a table's columns by design, and a view's is in its definition."""

_SCHEMAS: Final = text(
    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1"
)
_OWNED_ELSEWHERE: Final = text(
    # Objects of extensions and sequences of identity columns: part of the extension and of the column.
    """SELECT n.nspname || '.' || c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
       JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE d.classid = 'pg_class'::regclass AND (d.deptype = 'e' OR d.deptype = 'i' AND c.relkind = 'S')
       UNION ALL
       SELECT n.nspname || '.' || t.typname FROM pg_depend d JOIN pg_type t ON t.oid = d.objid
       JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE d.classid = 'pg_type'::regclass AND d.deptype = 'e'"""
)
_TYPES: Final = text(
    """SELECT n.nspname || '.' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY(:schemas)"""
)
_CHECKS: Final = text(
    """SELECT n.nspname || '.' || c.relname || '.' || o.conname, pg_get_expr(o.conbin, o.conrelid, true)
       FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE o.contype = 'c' AND n.nspname = ANY(:schemas)"""
)
_READ_BY_NAME: Final = re.compile(
    # Warnings about what is queried by name afterwards; any other warning ends the run.
    r"Did not recognize type '|Could not parse CHECK constraint text"
)


def read(url: str) -> Inspection:
    """Read all schemas of one database except for PostgreSQL's own.

    The number of queries for a schema is constant, plus one for each view. Raises ``CannotRun`` if the
    database cannot be reached or read, or if SQLAlchemy warns that it omits something.
    """
    engine = create_engine(f"postgresql+{driver.NAME}://", creator=lambda: _connect(url), poolclass=NullPool)
    try:
        with engine.connect() as connection, _warnings_as_errors():
            return _read(connection.execution_options(isolation_level="REPEATABLE READ"))
    except exc.SQLAlchemyError as error:
        raise CannotRun(f"inspection: the database cannot be read: {_first_line(error)}") from None
    finally:
        engine.dispose()


def read_open(connection: Connection) -> Inspection:
    """Read through an open connection, with its uncommitted changes. Its search path must be empty."""
    with _warnings_as_errors():
        return _read(connection)


def _connect(url: str) -> driver.Connection:
    try:
        connection: driver.Connection = connect(url)
    except driver.Error as error:
        raise CannotRun(f"inspection: cannot connect: {_first_line(error)}") from None
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', false)")
    connection.commit()
    return connection


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextmanager
def _warnings_as_errors() -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", exc.SAWarning)
        yield
    for warning in caught:
        if issubclass(warning.category, exc.SAWarning) and not _READ_BY_NAME.match(str(warning.message)):
            raise CannotRun(f"inspection: SQLAlchemy omits something: {warning.message}")


def _read(connection: Connection) -> Inspection:
    schemas = list(connection.scalars(_SCHEMAS))
    owned_elsewhere = set(connection.scalars(_OWNED_ELSEWHERE))
    inspector = cast("PGInspector", inspect(connection))
    inspection: dict[Identity, dict[str, object]] = {
        Identity("schema", name=schema): {} for schema in schemas
    }
    in_schemas = chain.from_iterable(_read_schema(inspector, schema) for schema in schemas)
    for key, attributes in chain(in_schemas, entries.types(inspector, schemas)):
        if owned_elsewhere.isdisjoint({str(key), key.container}):
            inspection[key] = attributes
    _read_by_name(connection, schemas, inspection)
    return dict(sorted(inspection.items()))


class _Everything(TypedDict):
    schema: str
    kind: ObjectKind
    scope: ObjectScope


def _read_schema(inspector: PGInspector, schema: str) -> Iterator[entries.InspectedEntry]:
    what: _Everything = {"schema": schema, "kind": ObjectKind.ANY, "scope": ObjectScope.ANY}
    kinds = entries.relation_kinds(inspector, schema)
    columns = inspector.get_multi_columns(**what)
    yield from entries.relations(inspector, schema, kinds, columns, inspector.get_multi_table_comment(**what))
    yield from entries.columns(columns, kinds)
    uniques = inspector.get_multi_unique_constraints(**what)
    indexes = inspector.get_multi_indexes(**what)
    yield from entries.primary_keys(inspector.get_multi_pk_constraint(**what))
    yield from entries.foreign_keys(inspector.get_multi_foreign_keys(**what))
    yield from entries.unique_constraints(uniques)
    yield from entries.check_constraints(inspector.get_multi_check_constraints(**what))
    yield from entries.exclusion_constraints(indexes, uniques)
    yield from entries.indexes(indexes)
    for name in inspector.get_sequence_names(schema=schema):
        yield Identity("sequence", schema, name=name), {}


def _read_by_name(
    connection: Connection, schemas: list[str], inspection: Mapping[Identity, dict[str, object]]
) -> None:
    """Query what SQLAlchemy could not parse, by name."""
    for kind, attribute, query in (("column", "type", _TYPES), ("constraint", "expression", _CHECKS)):
        unread = {
            key: attributes
            for key, attributes in inspection.items()
            if attributes.get(attribute) is entries.UNREAD
        }
        if unread:
            rows = connection.execute(query, {"schemas": schemas})
            texts: dict[str, str] = {name: text for name, text in rows}  # noqa: C416 - rows of two are no pairs to mypy
            for key, attributes in unread.items():
                attributes[attribute] = texts[str(key)]
            if any(attributes[attribute] is entries.UNREAD for attributes in unread.values()):
                raise CannotRun(f"inspection: a {kind}'s {attribute} could not be read")


def compare_inspections(left: Inspection, right: Inspection) -> list[Difference]:
    """Return the differences of two inspections; parts of an added or removed table are not reported again."""
    whole = {(key.schema, key.name) for key in left.keys() ^ right.keys() if not key.relation}
    differences = []
    for key in sorted(left.keys() | right.keys()):
        if not key.relation or (key.schema, key.relation) not in whole:
            differences += _compare(key, left.get(key), right.get(key))
    return differences


def _compare(
    key: Identity, left: Mapping[str, object] | None, right: Mapping[str, object] | None
) -> list[Difference]:
    if left is None:
        return [Difference.of(key, "added", right=dict(right or {}))]
    if right is None:
        return [Difference.of(key, "removed", left=dict(left))]
    return [
        Difference.of(key, "changed", attribute, left.get(attribute), right.get(attribute))
        for attribute in sorted(left.keys() | right.keys())
        if attribute != COLUMN_ORDER and left.get(attribute) != right.get(attribute)
    ]
