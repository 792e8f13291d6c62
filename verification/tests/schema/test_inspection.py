"""The second reader and the catalog reader over one database: alike in all that both can see."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.inspection import cross_check, reading
from verification.schema.model.schema import Schema
from verification.tests.schema.mutations.installation import install, remove

pytestmark = pytest.mark.postgres

TYPES: Final = (
    "smallint", "integer", "bigint", "numeric", "numeric(12)", "numeric(12,2)", "real", "double precision", "money",
    "text", "varchar", "varchar(40)", "char(3)", "char", '"char"', "name", "bytea", "boolean", "uuid", "oid",
    "date", "time", "time(3)", "timetz", "timestamp", "timestamp(3)", "timestamptz", "timestamptz(0)",
    "interval", "interval(2)", "interval day to second", "interval year", "bit", "bit(5)", "varbit", "varbit(7)",
    "json", "jsonb", "jsonpath", "xml", "inet", "cidr", "macaddr", "macaddr8", "point", "line", "lseg", "box",
    "path", "polygon", "circle", "tsvector", "tsquery", "regclass", "regtype", "pg_lsn", "txid_snapshot",
    "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "int4multirange", "datemultirange",
)  # fmt: skip
MORE: Final = """
CREATE SCHEMA "Odd one";
CREATE TYPE "Odd one"."Mood" AS ENUM ('so, so', 'it''s');
CREATE DOMAIN "Odd one".code AS varchar(8) COLLATE "C" NOT NULL DEFAULT 'x' CHECK (VALUE <> '');
CREATE TABLE "Odd one"."Table" (
    "Key" integer GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 3 CACHE 9 CYCLE) PRIMARY KEY,
    mood "Odd one"."Mood"[] DEFAULT ARRAY['so, so'::"Odd one"."Mood"], code "Odd one".code,
    label varchar(9) COLLATE "C", period tstzrange, room integer, twice integer GENERATED ALWAYS AS (room * 2) STORED,
    EXCLUDE USING gist (int4range(room, room, '[]') WITH =, period WITH &&) WHERE (room > 0),
    CONSTRAINT u UNIQUE (room) INCLUDE (label), CONSTRAINT c CHECK ((room > 1 OR room < -5) AND label <> '()'),
    CONSTRAINT f FOREIGN KEY (room) REFERENCES "Odd one"."Table" MATCH FULL ON UPDATE CASCADE ON DELETE SET DEFAULT
        DEFERRABLE INITIALLY DEFERRED NOT VALID);
CREATE INDEX i ON "Odd one"."Table" (lower(label) text_pattern_ops DESC NULLS LAST, room NULLS FIRST, "Key")
    INCLUDE (code) WITH (fillfactor = 70) WHERE room IS NOT NULL;
CREATE INDEX twice ON "Odd one"."Table" (label, label text_pattern_ops DESC);
CREATE INDEX hashed ON "Odd one"."Table" USING hash (label);
COMMENT ON TABLE "Odd one"."Table" IS 'it''s';
COMMENT ON COLUMN "Odd one"."Table"."Key" IS 'key';
COMMENT ON CONSTRAINT c ON "Odd one"."Table" IS 'checked';
CREATE VIEW "Odd one".v AS SELECT "Key" FROM "Odd one"."Table";
"""
EXPRESSIONS: Final = """
    CREATE TABLE person (email varchar(80), first text, last text, born date);
    CREATE UNIQUE INDEX email_once ON person (lower(email));
    CREATE INDEX by_name ON person ((first || ' ' || last), upper(((last))::varchar));
    CREATE INDEX by_month ON person (((extract(year FROM born) + 1) * 12)) WHERE lower(email) <> 'x'::varchar;
    CREATE TABLE "Group" ("Name" varchar(9) CHECK (lower("Name") = "Name"));
    CREATE INDEX "By Name" ON "Group" (lower("Name") DESC NULLS LAST, "Name");
"""
COUNTERFEITS: Final[dict[str, Any]] = {"identity_start": 77, "identity_increment": 77, "identity_cache": 77}
"""Values that no object of the test has; a text elsewhere."""


@pytest.fixture(scope="module")
def odd(server: Server) -> Iterator[Database]:
    """A database of unusual names and of everything that both readers see."""
    database = server.create_database()
    database.execute(MORE)
    yield database
    server.drop_database(database.name)


@pytest.fixture(scope="module")
def readings(odd: Database) -> tuple[Schema, reading.Reading]:
    """What each reader says of it."""
    return catalog.read(odd.url), reading.read(odd.url)


def test_every_built_in_type_is_one_type_for_both(server: Server) -> None:
    """And so is an array of it: none is called a disagreement over its spelling."""
    database = server.create_database()
    columns = [f"c{number} {name}, a{number} {name}[]" for number, name in enumerate(TYPES)]
    database.execute(f"CREATE TABLE each ({', '.join(columns)})")

    found = cross_check.disagreements(catalog.read(database.url), reading.read(database.url))

    server.drop_database(database.name)
    assert [(each.object, each.attribute, each.left, each.right) for each in found] == []


def test_databases_with_every_class_of_object_are_read_alike(server: Server) -> None:
    """The base of the mutations holds one of everything."""
    database = install(server)

    found = cross_check.disagreements(catalog.read(database.url), reading.read(database.url))

    remove(database)
    assert [(each.object, each.attribute, each.left, each.right) for each in found] == []


def test_unusual_names_and_attributes_are_read_alike(readings: tuple[Schema, reading.Reading]) -> None:
    """Capitals, blanks, quotes, an exclusion constraint of an expression, every option of a foreign key."""
    assert cross_check.disagreements(*readings) == []


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        (kind, attribute)
        for kind, plain in cross_check.SHARED.items()
        for attribute in plain
        if kind != "foreign_table"
    ],
)
def test_each_shared_attribute_is_held_against_the_other_reader(
    readings: tuple[Schema, reading.Reading], kind: str, attribute: str
) -> None:
    """A reader that says something else about any one of them is contradicted, with both readings."""
    schema, reading = readings
    shown = [key for key, attributes in reading.items() if key[0] == kind and attribute in attributes]
    assert shown or kind == "materialized_view", "no object of the test database has it"

    for key in shown[:1]:
        honest = reading[key][attribute]
        lie = (not honest) if isinstance(honest, bool) else COUNTERFEITS.get(attribute, "another")
        lie = [lie] if isinstance(honest, list) else {"fillfactor": "1"} if isinstance(honest, dict) else lie
        found = cross_check.disagreements(schema, {**reading, key: {**reading[key], attribute: lie}})
        assert [(each.kind, each.attribute) for each in found] == [(kind, attribute)]
        assert found[0].left != found[0].right


def test_what_one_reader_misses_is_a_disagreement(readings: tuple[Schema, reading.Reading]) -> None:
    """Each table, column, constraint, index, view and type, missing on either side."""
    schema, reading = readings
    both = [key for key in reading if key[0] in cross_check.KINDS]
    assert {key[0] for key in both} >= {"table", "column", "constraint", "index", "view", "type"}

    for key in both:
        (found,) = cross_check.disagreements(schema, {each: reading[each] for each in reading if each != key})
        assert (found.attribute, found.left, found.right) == ("seen", True, False)
    for entry in [each for each in schema if each.kind == "index"]:
        less = replace(
            schema, entries={key: each for key, each in schema.entries.items() if each is not entry}
        )
        (found,) = cross_check.disagreements(less, reading)
        assert (found.attribute, found.left, found.right) == ("seen", False, True)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ('ALTER TABLE "Odd one"."Table" ALTER label TYPE varchar(10)', ("column", "type")),
        ('ALTER TABLE "Odd one"."Table" ALTER label TYPE varchar(9) COLLATE "POSIX"', ("column", "collation")),
        ('ALTER TABLE "Odd one"."Table" ALTER room SET DEFAULT 4', ("column", "default")),
        ('ALTER TABLE "Odd one"."Table" ALTER period SET NOT NULL', ("column", "not_null")),
        ('COMMENT ON TABLE "Odd one"."Table" IS NULL', ("table", "comment")),
        ('ALTER TABLE "Odd one"."Table" ALTER CONSTRAINT f NOT DEFERRABLE', ("constraint", "deferrable")),
        ('ALTER INDEX "Odd one".i SET (fillfactor = 71)', ("index", "storage_parameters")),
        ('DROP INDEX "Odd one".hashed', ("index", "")),
        ('CREATE OR REPLACE VIEW "Odd one".v AS SELECT 1 AS "Key"', ("view", "definition")),
        ("ALTER TYPE \"Odd one\".\"Mood\" ADD VALUE 'glad'", ("type", "values")),
        ('ALTER DOMAIN "Odd one".code DROP NOT NULL', ("type", "not_null")),
    ],
)  # fmt: skip
def test_the_inspection_alone_sees_a_change(
    server: Server, odd: Database, change: str, expected: tuple[str, str]
) -> None:
    """The second reader is a reader: without the catalog's help it finds what changed."""
    changed = server.create_database(template=odd.name)
    before = reading.read(changed.url)
    changed.execute(change)

    found = reading.compare_readings(before, reading.read(changed.url))

    server.drop_database(changed.name)
    assert expected in {(each.kind, each.attribute) for each in found}


def test_expressions_with_casts_are_read_alike(server: Server) -> None:
    """Casts and nested operators are printed with other parentheses by each reader, and are one thing."""
    database = server.create_database()
    database.execute(EXPRESSIONS)

    found = cross_check.disagreements(catalog.read(database.url), reading.read(database.url))

    assert found == []


def test_a_parenthesis_that_matters_is_a_difference_for_both(server: Server) -> None:
    """(a + b) * 2 is not a + b * 2, for the catalog and for the inspection by itself."""
    left, right = server.create_database(), server.create_database()
    for database, expression in ((left, "(a + b) * 2"), (right, "a + (b * 2)")):
        database.execute(f"CREATE TABLE t (a int, b int); CREATE INDEX i ON t (({expression}))")

    seen = reading.compare_readings(reading.read(left.url), reading.read(right.url))

    assert [(each.kind, each.object, each.attribute) for each in seen] == [("index", "public.t.i", "keys")]
