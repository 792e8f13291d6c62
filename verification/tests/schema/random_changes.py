"""Changes of a random schema, each of which is a difference."""

from collections.abc import Iterator

from verification.tests.schema.random_schemas import TEXTS, Sketch, Table


def changes(sketch: Sketch) -> list[str]:
    """Return every change that can be made to a schema."""
    found = [
        "ALTER TYPE shop.\"Mood\" RENAME VALUE 'bad' TO 'worse'",
        "ALTER TYPE shop.\"Mood\" ADD VALUE 'best' BEFORE 'good'",
        "ALTER DOMAIN shop.amount ADD CONSTRAINT small CHECK (VALUE < 1000)",
        "ALTER DOMAIN shop.amount SET DEFAULT 3",
        "ALTER TYPE shop.point ALTER ATTRIBUTE label TYPE character varying(11)",
        "CREATE TABLE shop.another (id integer)",
        "COMMENT ON TYPE shop.point IS 'where'",
        'ALTER SCHEMA "Odd name" RENAME TO odd',
        "GRANT USAGE ON SCHEMA shop TO pg_read_all_data",
        "CREATE OR REPLACE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER FUNCTION shop.note() SECURITY DEFINER",
    ]
    for table in sketch.tables:
        found += _of_table(table)
    for name, source in sketch.views:
        kind, _, view = name.rpartition(" ")
        found += [
            f"DROP {name}",
            f"COMMENT ON {name} IS 'seen'",
            f"ALTER {name} RENAME TO other",
            f"DROP {name}; CREATE {kind} {view} AS SELECT count(*) AS id FROM {source}",
            f"GRANT SELECT ON {view} TO pg_read_all_data",
        ]
    for name in sketch.sequences:
        found += [f"ALTER SEQUENCE {name} INCREMENT -3 MINVALUE -60", f"DROP SEQUENCE {name}"]
    for name in sketch.functions:
        found += [f"ALTER FUNCTION {name} VOLATILE COST 21", f"DROP FUNCTION {name}"]
    for name in sketch.partitions:
        found += [f"ALTER TABLE shop.ledger DETACH PARTITION {name}", f"DROP TABLE {name}"]
    return found


def _of_table(table: Table) -> Iterator[str]:
    alter = f"ALTER TABLE {table.name}"
    yield f"DROP TABLE {table.name} CASCADE"
    yield f"{alter} RENAME TO renamed"
    yield f"{alter} ADD COLUMN one_more integer"
    yield f"{alter} SET (fillfactor = 55)"
    yield f"{alter} SET UNLOGGED" if not table.constraints else f"{alter} REPLICA IDENTITY FULL"
    yield f"{alter} ENABLE ROW LEVEL SECURITY"
    yield f"{alter} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY mine ON {table.name} USING (id IS NOT NULL)"
    yield f"CREATE INDEX one_more ON {table.name} (id)"
    yield f"{alter} ADD CONSTRAINT one_more CHECK (id IS NOT NULL)"
    yield f"{alter} ALTER COLUMN id SET STATISTICS 77"
    yield f"GRANT SELECT (id) ON {table.name} TO pg_read_all_data"
    yield f"COMMENT ON TABLE {table.name} IS 'something else'"
    yield f"CREATE STATISTICS shop.related ON id, {table.columns[0].name} FROM {table.name}"
    for column in table.columns:
        yield f"{alter} DROP COLUMN {column.name} CASCADE"
        yield f"{alter} RENAME COLUMN {column.name} TO renamed"
        yield f"COMMENT ON COLUMN {table.name}.{column.name} IS 'a remark'"
        if column.generated:
            continue
        yield f"{alter} ALTER COLUMN {column.name} {'DROP' if column.not_null else 'SET'} NOT NULL"
        if column.default:
            yield f"{alter} ALTER COLUMN {column.name} DROP DEFAULT"
        if column.type in TEXTS:
            yield f"{alter} ALTER COLUMN {column.name} SET DEFAULT 'something else'"
            yield f"{alter} ALTER COLUMN {column.name} SET STORAGE EXTERNAL"
    for name in table.constraints:
        yield f"{alter} DROP CONSTRAINT {name} CASCADE"
        yield f"{alter} RENAME CONSTRAINT {name} TO renamed"
    for name in table.indexes:
        yield f"DROP INDEX {name}"
        yield f"ALTER INDEX {name} RENAME TO renamed"
        yield f"ALTER INDEX {name} SET (fillfactor = 61)"
    for name in table.triggers:
        yield f"{alter} DISABLE TRIGGER {name}"
        yield f"DROP TRIGGER {name} ON {table.name}"
        yield f"ALTER TRIGGER {name} ON {table.name} RENAME TO renamed"
