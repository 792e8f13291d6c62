"""The two readers of one database: forms of print that are no disagreement."""

from verification.postgres.server import Server
from verification.schema import catalog, inspection, witness

DATABASE = """
    CREATE TABLE person (email varchar(80), first text, last text, born date);
    CREATE UNIQUE INDEX email_once ON person (lower(email));
    CREATE INDEX by_name ON person ((first || ' ' || last), upper(((last))::varchar));
    CREATE INDEX by_month ON person (((extract(year FROM born) + 1) * 12)) WHERE lower(email) <> 'x'::varchar;
    CREATE TABLE "Group" ("Name" varchar(9) CHECK (lower("Name") = "Name"));
    CREATE INDEX "By Name" ON "Group" (lower("Name") DESC NULLS LAST, "Name");
"""


def test_expressions_with_casts_are_read_alike(server: Server) -> None:
    """Casts and nested operators are printed with other parentheses by each reader, and are one thing."""
    database = server.create_database()
    database.execute(DATABASE)

    found = witness.disagreements(catalog.read(database.url), inspection.read(database.url))

    assert found == []


def test_a_parenthesis_that_matters_is_a_difference_for_both(server: Server) -> None:
    """(a + b) * 2 is not a + b * 2, for the catalog and for the inspection by itself."""
    left, right = server.create_database(), server.create_database()
    for database, expression in ((left, "(a + b) * 2"), (right, "a + (b * 2)")):
        database.execute(f"CREATE TABLE t (a int, b int); CREATE INDEX i ON t (({expression}))")

    seen = inspection.compare_readings(inspection.read(left.url), inspection.read(right.url))

    assert [(each.kind, each.object, each.attribute) for each in seen] == [("index", "public.t.i", "keys")]
