"""The results of SQLAlchemy's inspector as plain entries, with the catalog model's names.

https://docs.sqlalchemy.org/en/21/core/reflection.html
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias, TypeVar

from sqlalchemy.dialects.postgresql import DOMAIN, dialect
from sqlalchemy.dialects.postgresql.base import PGInspector, ReflectedDomain
from sqlalchemy.engine.interfaces import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedConstraint,
    ReflectedForeignKeyConstraint,
    ReflectedIdentity,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
)
from sqlalchemy.types import ARRAY, BigInteger, NullType, SmallInteger, String, TypeEngine

from ..model import inspected_forms
from ..model.identity import Identity

T = TypeVar("T")
InspectedEntry = tuple[Identity, dict[str, object]]
"""Identity with names that are never quoted, and attributes."""
PerTable: TypeAlias = Mapping[tuple[str | None, str], T]

UNREAD: Final = object()
"""Placeholder for a type or text that SQLAlchemy cannot parse, until the reader queries it by name."""

_DIALECT: Final = dialect()  # type: ignore[no-untyped-call]


def relation_kinds(inspector: PGInspector, schema: str) -> dict[str, str]:
    """Return name -> kind of each relation in the schema; ordinary and partitioned tables are ``table``."""
    return {
        **dict.fromkeys(inspector.get_table_names(schema=schema), "table"),
        **dict.fromkeys(inspector.get_foreign_table_names(schema=schema), "foreign_table"),
        **dict.fromkeys(inspector.get_view_names(schema=schema), "view"),
        **dict.fromkeys(inspector.get_materialized_view_names(schema=schema), "materialized_view"),
    }


def relations(
    inspector: PGInspector,
    schema: str,
    kinds: Mapping[str, str],
    columns: PerTable[list[ReflectedColumn]],
    comments: PerTable[ReflectedTableComment],
) -> Iterator[InspectedEntry]:
    """Yield tables and views: comment, names of the columns, and the definition of views."""
    for name, kind in kinds.items():
        attributes: dict[str, object] = {
            "comment": comments[schema, name]["text"] if (schema, name) in comments else None,
            "column_order": [column["name"] for column in columns.get((schema, name), ())],
        }
        if kind in {"view", "materialized_view"}:
            attributes["definition"] = inspector.get_view_definition(name, schema=schema)
        yield Identity(kind, schema, name=name), attributes


def columns(per_table: PerTable[list[ReflectedColumn]], kinds: Mapping[str, str]) -> Iterator[InspectedEntry]:
    """Yield the columns of tables; those of views are part of the view."""
    for (schema, table), reflected in per_table.items():
        if kinds.get(table) in {"table", "foreign_table"}:
            for column in reflected:
                yield Identity("column", schema or "", table, column["name"]), _column(column)


def _column(column: ReflectedColumn) -> dict[str, object]:
    kind = column["type"]
    collation = _take_collation(kind)
    attributes: dict[str, object] = {
        "type": _type_name(kind),
        "collation": collation,
        "not_null": not column["nullable"],
        "default": column["default"],
        "comment": column.get("comment"),
        "identity": None,
        "generated": None,
    }
    if isinstance(kind, DOMAIN):
        # SQLAlchemy returns the domain's collation, default and NOT NULL as the column's.
        del attributes["collation"]
        attributes["not_null"] = None if kind.not_null else attributes["not_null"]
        attributes["default"] = None if column["default"] == kind.default else column["default"]
    elif inspected_forms.is_null(column["default"], attributes["type"]):
        attributes["default"] = None
    if identity := column.get("identity"):
        attributes["identity"] = "always" if identity["always"] else "by default"
        attributes |= _identity_options(kind, identity)
    if computed := column.get("computed"):
        attributes["generated"] = computed["sqltext"]
        attributes["generated_kind"] = "stored" if computed.get("persisted") else "virtual"
    return attributes


def _identity_options(kind: TypeEngine[object], identity: ReflectedIdentity) -> dict[str, object]:
    """Return the options of an identity column; a limit that is its type's default is None."""
    if isinstance(kind, SmallInteger):
        bits = 16
    elif isinstance(kind, BigInteger):
        bits = 64
    else:
        bits = 32
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    ascends = identity["increment"] > 0
    minimum, maximum = (1, highest) if ascends else (lowest, -1)
    return {
        "identity_start": identity["start"],
        "identity_increment": identity["increment"],
        "identity_minimum": None if identity["minvalue"] == minimum else identity["minvalue"],
        "identity_maximum": None if identity["maxvalue"] == maximum else identity["maxvalue"],
        "identity_cycle": identity["cycle"],
        "identity_cache": identity["cache"],
    }


def _take_collation(kind: TypeEngine[object]) -> str | None:
    """Return the collation of a type and remove it, so that the type's name does not include it."""
    while isinstance(kind, ARRAY):
        kind = kind.item_type
    collation: str | None = getattr(kind, "collation", None)
    if collation is None or isinstance(kind, DOMAIN):
        return collation
    schema = getattr(kind, "collation_schema", None)
    kind.collation = None  # type: ignore[attr-defined]
    return f"{schema}.{collation}" if schema else collation


def _type_name(kind: TypeEngine[object]) -> object:
    item: TypeEngine[object] = kind
    while isinstance(item, ARRAY):
        item = item.item_type
    # SQLAlchemy returns String for both name and "char".
    unread = isinstance(item, NullType) or type(item) is String
    return UNREAD if unread else kind.compile(dialect=_DIALECT)


def _constraint(
    schema: str | None, table: str, reflected: ReflectedConstraint, **attributes: object
) -> InspectedEntry:
    identity = Identity("constraint", schema or "", table, reflected["name"] or "")
    return identity, {"comment": reflected.get("comment"), **attributes}


def _index_options(reflected: ReflectedPrimaryKeyConstraint | ReflectedUniqueConstraint) -> dict[str, object]:
    """Return what a primary key or a unique constraint has of its index: included columns, nulls not distinct."""
    options = reflected.get("dialect_options", {})
    return {key.removeprefix("postgresql_"): value for key, value in options.items()}


def primary_keys(per_table: PerTable[ReflectedPrimaryKeyConstraint]) -> Iterator[InspectedEntry]:
    """Yield the primary keys: columns in order and included columns."""
    for (schema, table), reflected in per_table.items():
        if reflected["name"]:
            columns = reflected["constrained_columns"]
            yield _constraint(
                schema, table, reflected, kind="primary key", columns=columns, **_index_options(reflected)
            )


def unique_constraints(per_table: PerTable[list[ReflectedUniqueConstraint]]) -> Iterator[InspectedEntry]:
    """Yield the unique constraints: columns in order, included columns, NULLS NOT DISTINCT."""
    for (schema, table), constraints in per_table.items():
        for reflected in constraints:
            columns = reflected["column_names"]
            yield _constraint(
                schema, table, reflected, kind="unique", columns=columns, **_index_options(reflected)
            )


def foreign_keys(per_table: PerTable[list[ReflectedForeignKeyConstraint]]) -> Iterator[InspectedEntry]:
    """Yield the foreign keys: columns of both tables, actions, MATCH, DEFERRABLE."""
    for (schema, table), constraints in per_table.items():
        for reflected in constraints:
            options = reflected.get("options", {})
            yield _constraint(
                schema,
                table,
                reflected,
                kind="foreign key",
                columns=reflected["constrained_columns"],
                target=f"{reflected['referred_schema']}.{reflected['referred_table']}",
                target_columns=reflected["referred_columns"],
                on_update=options.get("onupdate", "NO ACTION"),
                on_delete=options.get("ondelete", "NO ACTION"),
                match=options.get("match", "SIMPLE"),
                deferrable=bool(options.get("deferrable")),
                initially_deferred=options.get("initially") == "DEFERRED",
            )


def check_constraints(per_table: PerTable[list[ReflectedCheckConstraint]]) -> Iterator[InspectedEntry]:
    """Yield the check constraints: expression, NOT VALID, NO INHERIT; one that SQLAlchemy cannot parse is unread."""
    for (schema, table), constraints in per_table.items():
        for reflected in constraints:
            if not reflected["sqltext"]:
                yield _constraint(schema, table, reflected, kind="check", expression=UNREAD)
                continue
            options = reflected.get("dialect_options", {})
            yield _constraint(
                schema,
                table,
                reflected,
                kind="check",
                expression=reflected["sqltext"],
                valid=not options.get("not_valid"),
                no_inherit=bool(options.get("no_inherit")),
            )


def exclusion_constraints(
    per_table: PerTable[list[ReflectedIndex]], uniques: PerTable[list[ReflectedUniqueConstraint]]
) -> Iterator[InspectedEntry]:
    """Yield the exclusion constraints; SQLAlchemy returns only their indexes."""
    for (schema, table), indexes_of_table in per_table.items():
        unique = {constraint["name"] for constraint in uniques.get((schema, table), ())}
        for reflected in indexes_of_table:
            if reflected.get("duplicates_constraint") and reflected["name"] not in unique:
                identity, attributes = _index(schema, table, reflected)
                del attributes["unique"]  # a property of the index alone
                yield identity.like("constraint"), {"kind": "exclusion", **attributes}


def indexes(per_table: PerTable[list[ReflectedIndex]]) -> Iterator[InspectedEntry]:
    """Yield the indexes that belong to no constraint; a constraint and its index are one object."""
    for (schema, table), indexes_of_table in per_table.items():
        for reflected in indexes_of_table:
            if not reflected.get("duplicates_constraint"):
                yield _index(schema, table, reflected)


def _index(schema: str | None, table: str, reflected: ReflectedIndex) -> InspectedEntry:
    options = reflected.get("dialect_options", {})
    keys = reflected.get("expressions") or [str(name) for name in reflected["column_names"]]
    classes, sorting = options.get("postgresql_ops", {}), reflected.get("column_sorting", {})
    return Identity("index", schema or "", table, reflected["name"] or ""), {
        "keys": keys,
        "operator_classes": [classes.get(key) for key in keys],
        "order": [list(sorting[key]) if key in sorting else [] for key in keys],
        "unique": reflected["unique"],
        "method": options.get("postgresql_using", "btree"),
        "predicate": options.get("postgresql_where"),
        "include": options.get("postgresql_include", []),
        "nulls_not_distinct": bool(options.get("postgresql_nulls_not_distinct")),
        "storage_parameters": options.get("postgresql_with", {}),
        "valid": not options.get("postgresql_invalid"),
    }


def types(inspector: PGInspector, schemas: Collection[str]) -> Iterator[InspectedEntry]:
    """Yield the enums and domains of these schemas, and the check constraints of the domains."""
    for enum in inspector.get_enums(schema="*"):
        if enum["schema"] in schemas:
            yield Identity("type", enum["schema"], name=enum["name"]), {"values": list(enum["labels"])}
    for domain in inspector.get_domains(schema="*"):
        if domain["schema"] in schemas:
            identity = Identity("type", domain["schema"], name=domain["name"])
            yield identity, _domain(domain)
            for check in domain["constraints"]:
                yield identity.part("constraint", check["name"] or ""), _domain_check(check["check"])


def _domain(domain: ReflectedDomain) -> dict[str, object]:
    return {
        "base_type": domain["type"],
        "collation": domain.get("collation"),
        "default": domain["default"],
        "not_null": not domain["nullable"],
    }


def _domain_check(text: str) -> dict[str, object]:
    """Return a domain's check constraint.

    SQLAlchemy cuts ``CHECK (`` and the last character off ``pg_get_constraintdef``, and so leaves
    ``) NOT VALI`` behind the expression of a constraint that is NOT VALID.
    """
    return {
        "kind": "check",
        "expression": text.removesuffix(_CUT_NOT_VALID),
        "valid": not text.endswith(_CUT_NOT_VALID),
    }


_CUT_NOT_VALID: Final = ") NOT VALI"
