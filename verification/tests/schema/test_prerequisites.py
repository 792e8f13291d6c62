"""The script runs as a whole, whatever it leaves to the user: what leans on that is named and not begun.

Reported of other tools: cgwire/zou#1066 and djrobstep/migra#124 (types), stripe/pg-schema-diff#270 and #280 (views,
functions), MarquezProject/marquez#2298; the rest is of the same kind.
"""

from typing import Final

import pytest

from verification.postgres.server import Server
from verification.schema import catalog
from verification.schema.comparison.compare import compare
from verification.schema.ddl import generator

pytestmark = pytest.mark.postgres

BASE: Final = """
    CREATE TYPE state AS ENUM ('new');
    CREATE TABLE "Item" (id int PRIMARY KEY, state state, note text, name varchar(9));
"""
PLAIN: Final = "CREATE TABLE plain (id int PRIMARY KEY, note text DEFAULT 'a.b')"
CASES: Final = {
    "a table with a new type, and one that refers to it": (
        "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE kinds (id int PRIMARY KEY, kind kind);"
        'CREATE TABLE uses (id int, kind_id int REFERENCES kinds); ALTER TABLE "Item" ADD kind_id int REFERENCES kinds',
        {"type public.kind", "table public.kinds", "constraint public.uses.uses_kind_id_fkey",
         'constraint public."Item"."Item_kind_id_fkey"'},
    ),
    "a column of a new domain, and an index on it": (
        'CREATE DOMAIN "Email" AS text; ALTER TABLE "Item" ADD mail "Email"; CREATE INDEX mails ON "Item" (mail)',
        {'type public."Email"', 'column public."Item".mail'},
    ),
    "checks, defaults and generated columns that call a new function": (
        "CREATE FUNCTION ok(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';"
        'ALTER TABLE "Item" ADD CONSTRAINT fine CHECK (ok(id)), ADD good boolean GENERATED ALWAYS AS (ok(id)) STORED;'
        'CREATE INDEX oks ON "Item" (id) WHERE ok(id)',
        {"function public.ok(integer)", 'constraint public."Item".fine', 'column public."Item".good',
         'index public."Item".oks'},
    ),
    "a schema of its own": (
        "CREATE SCHEMA stock; CREATE TABLE stock.shelf (id int PRIMARY KEY)",
        {"schema stock"},
    ),
    "a collation": (
        "CREATE COLLATION plain_order (provider = libc, locale = 'C'); "
        'ALTER TABLE "Item" ALTER note TYPE text COLLATE plain_order',
        {"collation public.plain_order", 'column public."Item".note'},
    ),
    "a label that a check and a default name": (
        "ALTER TYPE state ADD VALUE 'old'",
        {"type public.state"},
    ),
    "what an extension brings": (
        "CREATE EXTENSION pg_trgm; ALTER TABLE \"Item\" ADD CONSTRAINT near CHECK (note % 'b');"
        'CREATE INDEX notes ON "Item" USING gin (note gin_trgm_ops)',
        {"extension pg_trgm", 'constraint public."Item".near', 'index public."Item".notes'},
    ),
    "an index of a column whose type stays": (
        'CREATE TYPE kind AS ENUM (\'a\'); ALTER TABLE "Item" ALTER name TYPE kind USING NULL;'
        'CREATE INDEX names ON "Item" (name)',
        {"type public.kind", 'column public."Item".name', 'index public."Item".names'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_stands_on_something_left_to_the_user_is_not_begun(name: str, server: Server) -> None:
    """The script runs; the rest is what it named, and the table that needs nothing is there."""
    changes, left_out = CASES[name]
    with server.database() as one, server.database() as other:
        for each in (one, other):
            each.execute(BASE)
        other.execute(PLAIN)
        for statement in changes.split(";"):
            other.execute(statement)
        if name.startswith("a label"):
            other.execute("""ALTER TABLE "Item" ALTER state SET DEFAULT 'old', ADD CHECK (state <> 'old')""")
            left_out |= {'column public."Item".state', 'constraint public."Item"."Item_state_check"'}
        ours, theirs = catalog.read(one.url), catalog.read(other.url)
        script = generator.generate(ours, theirs)
        assert {f"{each.kind} {each.object}" for each in script.missing} == left_out
        one.execute(";".join(script.statements))
        rest = {f"{each.kind} {each.object}" for each in compare(catalog.read(one.url), theirs)}
    assert rest == left_out
