"""The catalog reader: nothing passes it by, in a number of queries that no size changes."""

import threading
from collections.abc import Iterator
from contextlib import closing
from types import ModuleType
from typing import Final

import pytest

from verification.errors import CannotRun
from verification.postgres import driver
from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.catalog import comments, constraints, reading, relations, types
from verification.schema.catalog.reader import FIRST_USER_OID, Reader
from verification.schema.catalog.reading import collect
from verification.schema.comparison.compare import compare, compare_schemas
from verification.schema.model.schema import Schema

ONE_OF_EACH: Final = """
CREATE EXTENSION hstore;
CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TYPE pair AS (a integer, b text);
CREATE TYPE span AS RANGE (subtype = float8); CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE maker (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE DEFERRABLE);
CREATE TABLE item (id serial PRIMARY KEY, maker_id bigint REFERENCES maker, price numeric CHECK (price > 0),
    state mood, words tsvector, during tsrange, EXCLUDE USING gist (during WITH &&));
CREATE INDEX ON item (lower(price::text)) WHERE price > 1; CREATE INDEX ON item USING gin (words);
CREATE TRIGGER touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON item DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY mine ON item USING (price > 0); CREATE RULE quiet AS ON DELETE TO item DO INSTEAD NOTHING;
CREATE TABLE ledger (id integer, day date) PARTITION BY RANGE (day);
CREATE TABLE ledger_1 PARTITION OF ledger FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE ledger_2 PARTITION OF ledger DEFAULT; CREATE INDEX ON ledger (id);
CREATE TRIGGER touch AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE ledger ADD PRIMARY KEY (id, day);
CREATE TABLE entry (ledger_id integer, day date, FOREIGN KEY (ledger_id, day) REFERENCES ledger);
CREATE VIEW cheap AS SELECT id FROM item WHERE price < 5; CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM item;
CREATE STATISTICS facts ON price, maker_id FROM item; CREATE SEQUENCE numbers;
CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer);
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE OPERATOR CLASS odd_ops FOR TYPE integer USING hash AS OPERATOR 1 ===, FUNCTION 1 hashint4(integer);
CREATE CAST (mood AS integer) WITH INOUT; CREATE COLLATION plain FROM "C";
CREATE TEXT SEARCH CONFIGURATION search (COPY = english); CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
CREATE FOREIGN DATA WRAPPER archive; CREATE SERVER tape FOREIGN DATA WRAPPER archive OPTIONS (password 'unseen');
CREATE USER MAPPING FOR CURRENT_USER SERVER tape OPTIONS (user 'reader', password 'unseen');
CREATE FOREIGN TABLE old (id integer) SERVER tape; CREATE PUBLICATION feed FOR TABLE maker;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION watch();
"""
"""An object of each class, many of which make others behind the scenes."""

EVERY_OBJECT: Final = f"""
SELECT 'pg_class', oid FROM pg_class WHERE oid >= {FIRST_USER_OID} AND relnamespace <> 'pg_toast'::regnamespace
UNION SELECT 'pg_type', oid FROM pg_type WHERE oid >= {FIRST_USER_OID} AND typnamespace <> 'pg_toast'::regnamespace
UNION SELECT classid::regclass::text, objid FROM pg_depend WHERE objid >= {FIRST_USER_OID}
    AND NOT (classid = 'pg_class'::regclass AND objid::regclass::text LIKE 'pg_toast.%')
"""

WHOLES: Final = """
SELECT refclassid::regclass::text, refobjid, refobjsubid FROM pg_depend
WHERE classid = %s::regclass AND objid = %s AND (deptype = 'i'
    OR classid IN ('pg_attrdef'::regclass, 'pg_amop'::regclass, 'pg_amproc'::regclass))
"""
"""What an object is part of, as PostgreSQL itself says; defaults and members of families always are."""


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    with server.database() as made:
        made.execute(ONE_OF_EACH)
        yield made


def test_every_object_is_modelled_or_part_of_a_modelled_one(database: Database) -> None:
    """Fail closed: what pg_class, pg_type and pg_depend know is never passed by in silence."""
    reader = Reader(catalog.fetch(database.url))
    collect(reader)
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(EVERY_OBJECT)
        missed = []
        for address in cursor.fetchall():
            if (*address, 0) not in reader.addresses:
                cursor.execute(WHOLES, address)
                wholes = cursor.fetchall()
                if not any(whole in reader.addresses for whole in wholes):
                    missed.append((address, wholes))

    assert missed == []
    assert not [entry for entry in reader.entries.values() if entry.identity.kind == "not_compared"]


SHIFTED: Final = f"""
SELECT lo_unlink(lo_create(0)) FROM generate_series(1, 100);
CREATE TABLE last (old integer, n integer); {ONE_OF_EACH} DROP TABLE last;
"""
"""The same objects with other OIDs."""

ONE_OID: Final = (
    ("COMMENT ON TABLE {} IS 'a'", "maker", "item"),
    ("CREATE INDEX near ON {} (id)", "maker", "item"),
    ("CREATE INDEX near ON maker (name {})", "text_ops", "text_pattern_ops"),
    ("CREATE INDEX near ON maker (name COLLATE {})", '"C"', '"POSIX"'),
    ("CREATE TABLE near (n integer, CONSTRAINT f FOREIGN KEY (n) REFERENCES {})", "two", "item"),
    ("CREATE TRIGGER near AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION touch()", "maker", "two"),
    ("ALTER SEQUENCE numbers OWNED BY {}.id", "maker", "two"),
    ("ALTER EXTENSION hstore ADD TABLE {}", "maker", "two"),
    ("ALTER TABLE heir INHERIT {}", "three", "four"),
    ("SELECT lo_create({0}); COMMENT ON LARGE OBJECT {0} IS 'a'", "70001", "70002"),
    ("SELECT lo_create({0}); GRANT SELECT ON LARGE OBJECT {0} TO PUBLIC", "70001", "70002"),
)
"""Differences of two schemas that are one OID in the rows."""
MORE: Final = """
CREATE TABLE two (id integer PRIMARY KEY); CREATE TABLE three (id integer); CREATE TABLE four (id integer);
CREATE TABLE heir (id integer);
"""


@pytest.fixture(scope="module")
def shifted(server: Server) -> Iterator[Database]:
    with server.database() as made:
        made.execute(SHIFTED)
        yield made


def test_other_oids_are_the_same_rows(database: Database, shifted: Database) -> None:
    ours, theirs = catalog.fetch(database.url), catalog.fetch(shifted.url)

    assert ours.of != theirs.of
    assert catalog.same_rows(ours, theirs)
    assert catalog.schema(ours) == catalog.schema(theirs)


@pytest.mark.parametrize(("statement", "one", "other"), ONE_OID)
def test_another_object_in_one_place_is_another_row(
    database: Database, statement: str, one: str, other: str
) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute(MORE)
        cursor.execute("SAVEPOINT made")
        rows = []
        for name in (one, other):
            cursor.execute(statement.format(name))
            rows.append(catalog.fetch(connection))
            cursor.execute("ROLLBACK TO made")

    assert not catalog.same_rows(*rows)
    assert catalog.schema(rows[0]) != catalog.schema(rows[1])


def test_rows_of_known_objects_are_known(database: Database) -> None:
    assert not catalog.unknown_possible(catalog.fetch(database.url))


@pytest.mark.parametrize(
    ("module", "known", "name"),
    [
        (relations, "KINDS", "S"),
        (constraints, "KINDS", "x"),
        (types, "KINDS", "e"),
        (comments, "WITHOUT_QUERY", "pg_attrdef"),
    ],
)
def test_what_no_reader_knows_is_unknown_in_the_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch, module: ModuleType, known: str, name: str
) -> None:
    others = vars(module)[known]
    fewer = {key: others[key] for key in others if key != name} if known == "KINDS" else others - {name}
    monkeypatch.setattr(module, known, fewer)
    rows = catalog.fetch(database.url)

    assert [*catalog.schema(rows).of_kind("not_compared")]
    assert catalog.unknown_possible(rows)


@pytest.mark.parametrize(
    ("statement", "possible"),
    [
        ("COMMENT ON COLUMN item.price IS 'a'; COMMENT ON SCHEMA public IS 'b'", False),
        ("COMMENT ON CONSTRAINT item_pkey ON item IS 'a'", True),
        ("ALTER FUNCTION touch() DEPENDS ON EXTENSION hstore", True),
    ],
)
def test_what_only_the_readers_know_may_be_unknown(
    database: Database, statement: str, possible: bool
) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute(statement)

        assert catalog.unknown_possible(catalog.fetch(connection)) == possible


def test_secrets_never_enter_the_model(database: Database) -> None:
    assert "unseen" not in repr(catalog.read(database.url))


def test_an_open_transaction_is_read_and_kept(database: Database) -> None:
    """Changes that are not committed are part of what its owner asks for."""
    connection = driver.connect(database.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE fresh (id integer)")
            schema = catalog.read(connection)
            cursor.execute("SELECT count(*) FROM fresh")

        assert schema.get("table", "public.fresh")
        assert catalog.read(database.url).get("table", "public.fresh") is None
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("statement", "kind", "name", "attribute"),
    [
        (
            "ALTER FUNCTION hstore_to_json(hstore) COST 9",
            "function",
            "public.hstore_to_json(public.hstore)",
            "cost",
        ),
        (
            "REVOKE EXECUTE ON FUNCTION hstore_to_json(hstore) FROM PUBLIC",
            "grant",
            "function public.hstore_to_json(public.hstore) to PUBLIC",
            "privileges",
        ),
        (
            "ALTER EXTENSION hstore DROP FUNCTION hstore_to_json(hstore)",
            "function",
            "public.hstore_to_json(public.hstore)",
            "extension",
        ),
        (
            "REVOKE EXECUTE ON FUNCTION pg_sleep(double precision) FROM PUBLIC",
            "grant",
            "function pg_catalog.pg_sleep(double precision) to PUBLIC",
            "privileges",
        ),
    ],
)
def test_what_was_altered_of_an_extension_or_the_system_is_seen(
    database: Database, statement: str, kind: str, name: str, attribute: str
) -> None:
    before = catalog.read(database.url)
    connection = driver.connect(database.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        found = compare(before, catalog.read(connection))
    finally:
        connection.close()

    assert [(each.kind, each.object, each.attribute) for each in found] == [(kind, name, attribute)]


def test_two_versions_are_compared_with_a_word_about_it(database: Database) -> None:
    """What only one of the versions can tell is left out, and said."""
    schema = catalog.read(database.url)
    other = Schema(14 if schema.version != 14 else 18, schema.entries, schema.context)

    comparison = compare_schemas(schema, other)

    assert comparison.equal
    assert comparison.notes


@pytest.mark.parametrize("newer", [False, True])
def test_a_version_that_the_reader_does_not_know_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch, newer: bool
) -> None:
    """Newer or older than all known ones: what is not read cannot be called equal."""
    ours = database.server.major
    monkeypatch.setattr(reading, "VERSIONS", range(1, ours) if newer else range(ours + 1, 99))

    with pytest.raises(
        CannotRun, match=rf"the server is PostgreSQL {ours}, whose catalogs .*; use PostgreSQL"
    ):
        catalog.read(database.url)


def test_a_wrong_password_is_one_line_without_it(database: Database) -> None:
    url = database.url.replace(database.server.password, "never-shown") if database.server.password else ""
    with pytest.raises(CannotRun) as caught:
        catalog.read(url or "postgresql://nobody:never-shown@127.0.0.1:1/none")

    assert "never-shown" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_goes_away_halfway_is_one_line(database: Database) -> None:
    """A catalog is locked so that the reader is surely in the middle, then its connection is cut."""
    blocker = driver.connect(database.url)
    caught: list[BaseException] = []

    def read() -> None:
        try:
            catalog.read(database.url)
        except CannotRun as error:
            caught.append(error)

    with blocker.cursor() as cursor:
        cursor.execute("LOCK pg_policy IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=read)
        thread.start()
        cut = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
        )
        cut += " AND application_name = 'verification' AND wait_event_type = 'Lock'"
        while thread.is_alive() and not database.execute(cut)[0][0]:
            thread.join(0.01)
    thread.join(30)
    blocker.close()

    assert [type(error) for error in caught] == [CannotRun]
    assert "\n" not in str(caught[0])


def test_a_catalog_that_may_not_be_read_is_one_line(server: Server) -> None:
    with server.database() as closed:
        connection = closed.connect()
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE reader_of_nothing LOGIN")
            try:
                cursor.execute("REVOKE SELECT ON pg_policy FROM PUBLIC")
                cursor.execute("SET SESSION AUTHORIZATION reader_of_nothing")
                with pytest.raises(CannotRun, match="permission denied") as caught:
                    catalog.read(connection)
                cursor.execute("RESET SESSION AUTHORIZATION")
            finally:
                cursor.execute("RESET SESSION AUTHORIZATION")
                cursor.execute("DROP ROLE reader_of_nothing")
        connection.close()

    assert "\n" not in str(caught.value)


def test_an_expression_in_an_exclusion_constraint_is_read(server: Server) -> None:
    """Where a column's number would be stands 0: the expression is among the keys, and tells two apart."""
    readings = []
    for key in ("(room + 1)", "(room + 2)"):
        with server.database() as database:
            database.execute("CREATE EXTENSION btree_gist")
            database.execute(
                "CREATE TABLE stay (room integer, during tsrange,"
                f" CONSTRAINT free EXCLUDE USING gist ({key} WITH =, during WITH &&))"
            )
            readings.append(catalog.read(database.url))

    left, right = readings
    assert [(each.object, each.attribute) for each in compare(left, right)] == [("public.stay.free", "keys")]


def test_a_comment_on_a_large_object_is_seen_whatever_its_number(server: Server) -> None:
    """A large object may have a number below those of ordinary objects."""
    with server.database() as database:
        database.execute("SELECT lo_create(4242)")
        before = catalog.read(database.url)
        database.execute("COMMENT ON LARGE OBJECT 4242 IS 'a picture'")

        assert [each.kind for each in compare(before, catalog.read(database.url))] == ["comment"]
