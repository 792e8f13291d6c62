"""Keys of indexes: operator class and its parameters, collation, statistics target.

Most keys use the column's default collation and operator class. OIDs are compared first, and only
non-defaults are reported.
"""

from typing import Final, NamedTuple

from ..model.objects import Value
from .reader import FIRST_USER_OID, Reader, column_options

KEY_DETAILS: Final = f"""
SELECT k.attrelid AS index_oid, k.attnum AS place, COALESCE(NULLIF(t.typbasetype, 0), t.oid) AS base_type,
    t.typcollation AS collation, k.attoptions AS options, NULLIF(k.attstattarget, -1) AS statistics_target
FROM (
    SELECT a.* FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid WHERE i.indexprs IS NOT NULL
    UNION ALL
    SELECT a.* FROM pg_attribute a JOIN pg_index i ON i.indexrelid = a.attrelid
    WHERE a.attoptions IS NOT NULL AND i.indexprs IS NULL
) k
JOIN pg_type t ON t.oid = k.atttypid
WHERE k.attrelid >= {FIRST_USER_OID} AND k.attnum > 0
ORDER BY k.attrelid::regclass::text, k.attnum
"""
"""Properties in the key's own pg_attribute row: parameters of the operator class, type of an expression."""

OPERATOR_CLASSES: Final = """
SELECT o.oid, CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END
    || quote_ident(o.opcname) AS name, o.opcdefault AS is_default, o.opcintype AS accepted,
    t.typtype = 'p' AS is_pseudo
FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace JOIN pg_type t ON t.oid = o.opcintype
ORDER BY o.oid
"""

COLLATIONS: Final = "SELECT oid, oid::regcollation::text FROM pg_collation ORDER BY 1"

COERCED: Final = {1043: 25, 650: 869}
"""Type -> the type with the operator class that CREATE INDEX uses: text for varchar, inet for cidr."""

ATTRIBUTES: Final = ("operator_classes", "operator_class_parameters", "collations", "statistics_targets")


class Key(NamedTuple):
    """One row of ``KEY_DETAILS``, whose columns have these names."""

    index_oid: int
    place: int
    base_type: int
    collation: int
    options: list[str] | None
    statistics_target: int | None


class OperatorClass(NamedTuple):
    """One row of ``OPERATOR_CLASSES``, whose columns have these names."""

    oid: int
    name: str
    is_default: bool
    accepted: int
    """OID of the type."""
    is_pseudo: bool


class IndexKeys:
    """The properties of all index keys, from the catalogs."""

    def __init__(self, reader: Reader) -> None:
        self._types = reader.column_types
        self._classes = {each.oid: each for each in reader.named(OperatorClass, OPERATOR_CLASSES)}
        self._collations: dict[int, str] = dict(reader.rows(COLLATIONS))
        self._rows = {(each.index_oid, each.place): each for each in reader.named(Key, KEY_DETAILS)}
        self._with_rows = {index for index, _ in self._rows}
        self._names: dict[tuple[int, int], str | None] = {}
        self._known: dict[tuple[object, ...], dict[str, Value]] = {}

    def non_default(
        self, index: int, relation: int, numbers: tuple[int, ...], classes: str, collations: str
    ) -> dict[str, Value]:
        """Return attribute -> one value for each key, None for the default; attributes with defaults only are absent."""
        types = self._types.get(relation, {})
        if index in self._with_rows:
            return self._add_non_default(index, types, numbers, classes, collations)
        # Without rows of their own, keys with the same types have the same properties in every table.
        signature = (classes, collations, *[types.get(number) for number in numbers])
        known = self._known.get(signature)
        if known is None:
            known = self._known[signature] = self._add_non_default(index, types, numbers, classes, collations)
        return known

    def _add_non_default(
        self,
        index: int,
        types: dict[int, tuple[int, int]],
        numbers: tuple[int, ...],
        classes: str,
        collations: str,
    ) -> dict[str, Value]:
        keys: list[tuple[Value, ...]] = []
        for place, (number, operator_class, collation) in enumerate(
            zip(numbers, classes.split(), collations.split(), strict=False), 1
        ):
            row = self._rows.get((index, place))
            kind, natural = types.get(number) or ((row.base_type, row.collation) if row else (0, 0))
            key = (
                self._name(int(operator_class), kind if number else 0),
                (column_options(row.options) or None) if row else None,
                None if int(collation) in (0, natural) else self._collations[int(collation)],
                row.statistics_target if row else None,
            )
            keys.append(key)
        columns = zip(ATTRIBUTES, zip(*keys, strict=True), strict=False)
        return {name: values for name, values in columns if any(value is not None for value in values)}

    def _name(self, operator_class: int, kind: int) -> str | None:
        """Return an operator class's name, None if it is the default for the type; kind 0: an expression."""
        known = (operator_class, kind)
        if known not in self._names:
            found = self._classes[operator_class]
            usual = found.is_default and (
                not kind or found.is_pseudo or found.accepted in (kind, COERCED.get(kind))
            )
            self._names[known] = None if usual else found.name
        return self._names[known]
