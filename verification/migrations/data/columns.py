"""What the generator of rows asks a database: columns, keys and links of its tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .values import Column

_COLUMNS: Final = """
    SELECT c.oid, n.nspname, c.relname, a.attname,
           format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END,
                       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END),
           a.attnotnull OR t.typnotnull, a.attgenerated <> '',
           (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
            FROM pg_enum e WHERE e.enumtypid = t.oid)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY n.nspname, c.relname, a.attnum
"""
_KEYS: Final = """
    SELECT i.indrelid, i.indisprimary,
           (SELECT array_agg(a.attname::text ORDER BY k.place)
            FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE k.place <= i.indnkeyatts)
    FROM pg_index i WHERE i.indisunique AND i.indrelid >= 16384 ORDER BY i.indexrelid
"""
_LINKS: Final = """
    SELECT o.conrelid, a.attname::text, o.confrelid, f.attname::text
    FROM pg_constraint o
    JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1]
    JOIN pg_attribute f ON f.attrelid = o.confrelid AND f.attnum = o.confkey[1]
    WHERE o.contype = 'f' AND array_length(o.conkey, 1) = 1 AND o.conrelid >= 16384
"""


@dataclass
class Layout:
    """One table as far as the generator needs to know it."""

    schema: str
    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    generated: set[str] = field(default_factory=set)
    primary_key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Column -> table (qualified) and column that it points to."""

    @property
    def qualified(self) -> str:
        """Schema and name, as rows of evidence show it."""
        return f"{self.schema}.{self.name}"


def read_layouts(connection: Any, described: list[Mapping[str, Any]] | None = None) -> dict[str, Layout]:
    """Read every table; ``described`` (the worker's account of the models) adds choices and links.

    Returns qualified name -> layout, in the order of the names.
    """
    models = {table["table"].strip('"'): table for table in described or []}
    layouts: dict[int, Layout] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for oid, schema, table, name, kind, not_null, generated, labels in cursor.fetchall():
            layout = layouts.setdefault(oid, Layout(schema, table))
            layout.columns[name] = Column(
                name=name, type=kind, not_null=not_null, choices=tuple(labels or ())
            )
            if generated:
                layout.generated.add(name)
        cursor.execute(_KEYS)
        for oid, primary, names in cursor.fetchall():
            if oid in layouts and names:
                layouts[oid].uniques.append(tuple(names))
                if primary:
                    layouts[oid].primary_key = tuple(names)
        cursor.execute(_LINKS)
        for oid, name, target, target_name in cursor.fetchall():
            if oid in layouts and target in layouts:
                layouts[oid].links[name] = (layouts[target].qualified, target_name)
    found = {layout.qualified: layout for layout in layouts.values()}
    for layout in found.values():
        _add_model(layout, models.get(layout.name), found)
    return found


def _add_model(layout: Layout, model: Mapping[str, Any] | None, layouts: Mapping[str, Layout]) -> None:
    known = {column["name"]: column for column in model["columns"]} if model else {}
    single = {names[0] for names in layout.uniques if len(names) == 1}
    for name, column in layout.columns.items():
        fact = known.get(name, {})
        layout.columns[name] = Column(
            name=name,
            type=column.type,
            not_null=column.not_null,
            unique=name in single,
            primary_key=name in layout.primary_key,
            kind=fact.get("class", ""),
            choices=column.choices or tuple(str(choice) for choice in fact.get("choices", ())),
        )
        references = fact.get("references")
        if references and name not in layout.links:
            # A link without a constraint in the database (db_constraint=False).
            target = f"{layout.schema}.{references[0]}"
            if target in layouts:
                layout.links[name] = (target, references[1])
