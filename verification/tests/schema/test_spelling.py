"""Expressions that PostgreSQL prints otherwise after a dump and restore: equal for ``diff``, whatever they stand in.

Reported to other tools as differences that come back after each run: pgplex/pgschema#473, sqldef/sqldef#1295,
pgadmin-org/pgadmin4#7335 (IN lists on varchar), SweetSophia/noosphere#297 (BETWEEN within AND),
winebarrel/pistachio#474 (trigger conditions, policies, generated columns), fmguerreiro/pgmold#40 (views),
winebarrel/pistachio#507 (exclusion constraints), pgplex/pgschema#449 (WITH CHECK of policies).
"""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.comparison.compare import compare
from verification.schema.comparison.difference import Difference
from verification.schema.ddl import generator
from verification.schema.spelling import unified

pytestmark = pytest.mark.postgres

STATES: Final = "status IN ('new', 'acknowledged', 'it''s done')"
WITHIN: Final = (
    "length(status) BETWEEN 1 AND 20 AND status <> '' AND (size > 0 AND size < 9 OR NOT (status IS NULL))"
)
OTHERS: Final = WITHIN.replace("status", "o.status").replace("size", "o.size")
WRITTEN: Final = f"""
    CREATE TABLE "Order" (id int, status varchar(20) DEFAULT 'new', size int, "Kind of" char(3),
        wide varchar(9) COLLATE "C",
        is_open boolean GENERATED ALWAYS AS ({STATES}) STORED,
        CONSTRAINT listed CHECK ({STATES}), CONSTRAINT bounded CHECK ({WITHIN}),
        CONSTRAINT kinds CHECK ("Kind of" IN ('a', 'b')), CONSTRAINT wide CHECK (wide NOT IN ('a', 'b')));
    CREATE INDEX open ON "Order" (size) WHERE {STATES};
    CREATE INDEX expressed ON "Order" (({STATES}), size);
    CREATE POLICY seen ON "Order" USING ({STATES} AND id IN (SELECT o.id FROM "Order" o WHERE {OTHERS}));
    CREATE POLICY added ON "Order" FOR INSERT WITH CHECK ({STATES} OR {WITHIN});
    CREATE EXTENSION btree_gist;
    ALTER TABLE "Order" ADD CONSTRAINT apart EXCLUDE USING gist (size WITH =) WHERE ({STATES} AND {WITHIN});
    CREATE STATISTICS counted ON ({STATES}), size FROM "Order";
    CREATE DOMAIN label AS varchar(9) CHECK (VALUE IN ('a', 'b'));
    CREATE VIEW listed AS SELECT id, CASE WHEN {STATES} THEN 1 END AS n FROM "Order" WHERE {WITHIN};
    CREATE MATERIALIZED VIEW kept AS SELECT id FROM "Order" WHERE {STATES};
    CREATE TRIGGER changed BEFORE UPDATE ON "Order" FOR EACH ROW WHEN (NEW.{STATES} AND OLD.size > 0)
        EXECUTE FUNCTION suppress_redundant_updates_trigger();
"""


@pytest.fixture(scope="module")
def written(server: Server) -> Iterator[Database]:
    """A database as it was first made."""
    with server.database() as made:
        made.execute(WRITTEN)
        yield made


@pytest.fixture(scope="module")
def dump(server: Server, written: Database) -> str:
    """What ``pg_dump`` writes of it, without the commands of psql."""
    text = server.run_tool("pg_dump", "--inserts", "-O", "-d", written.name).decode()
    return re.sub(r"(?m)^\\.*$", "", text)


@pytest.fixture(scope="module")
def restored(server: Server, dump: str) -> Iterator[Database]:
    """The database after a dump and restore."""
    with server.database() as made:
        made.execute(dump)
        yield made


def differences(left: Database, right: Database, *asked: Database) -> list[Difference]:
    """Compare two databases, having asked some for spellings."""
    ours, theirs = catalog.read(left.url), catalog.read(right.url)
    return compare(unified(ours, theirs, [each.url for each in asked]), theirs)


def test_what_a_restore_prints_otherwise_is_equal(written: Database, restored: Database) -> None:
    """Unasked, each of these objects differs in its text; asked, none does, and ``diff`` writes no script."""
    unasked = differences(written, restored)
    assert {(each.kind, each.object.rpartition(".")[2]) for each in unasked} >= {
        ("column", "is_open"), ("constraint", "listed"), ("constraint", "bounded"), ("index", "open"),
        ("index", "expressed"), ("policy", "seen"), ("view", "listed"), ("materialized_view", "kept"),
        ("trigger", "changed"), ("policy", "added"), ("constraint", "apart"), ("statistics", "counted"),
    }  # fmt: skip

    assert differences(written, restored, restored) == []
    assert differences(restored, written, written) == []
    ours, theirs = catalog.read(written.url), catalog.read(restored.url)
    assert generator.generate(unified(ours, theirs, [written.url]), theirs).statements == []


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        ("'acknowledged'", "constraint", "listed"),
        (">= 1", "constraint", "bounded"),
        ("acknowledged", "index", "open"),
    ],
)
def test_another_expression_stays_a_difference(
    server: Server, written: Database, dump: str, change: str, kind: str, name: str
) -> None:
    """One label, one limit: after a restore they are still seen, in the spelling of each side."""
    changed = {"'acknowledged'": "'noticed'", ">= 1": ">= 2", "acknowledged": "noticed"}[change]
    pattern = rf"((?:CONSTRAINT|INDEX) {name} .*){re.escape(change)}"
    with server.database() as other:
        other.execute(re.sub(pattern, rf"\g<1>{changed}", dump))
        found = differences(written, other, written, other)
    assert [(each.kind, each.object) for each in found] == [(kind, f'public."Order".{name}')]
    assert changed in str(found[0].right)
    assert change in str(found[0].left)


def test_a_renamed_constraint_of_another_spelling_is_renamed(
    server: Server, written: Database, dump: str
) -> None:
    """The name is the difference, not the text."""
    with server.database() as other:
        other.execute(dump.replace("CONSTRAINT bounded", "CONSTRAINT limits"))
        found = differences(written, other, other)
    assert [(each.attribute, each.left, each.right) for each in found] == [("name", "bounded", "limits")]


def test_what_one_database_cannot_say_another_is_asked(
    server: Server, written: Database, restored: Database
) -> None:
    """A database without the tables of a view, and one that is gone; with nobody to ask the texts stay."""
    with server.database() as empty:
        gone = Database(server, f"{empty.name}_gone")
        assert {each.kind for each in differences(written, restored, gone, empty)} == {
            "view", "materialized_view", "policy",
        }  # fmt: skip
        assert differences(written, restored, gone, empty, written) == []
