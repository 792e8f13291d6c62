"""``drift`` of databases with a history: what it says is true, and one cause is one line.

Each case is a live database as plain ``migrate`` made it, and what happened to it later, as reports tell of.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from verification.postgres.server import Database, Server
from verification.tests.migrations.project_copies import command, copy, variables

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

SETTINGS: Final = """
from settings import *
DATABASES["default"] = {{
    "ENGINE": "django.db.backends.postgresql", "NAME": "{name}", "USER": "{server.user}",
    "PASSWORD": "{server.password}", "HOST": "{server.host}", "PORT": "{server.port}", "OPTIONS": {options},
}}
"""
PATH: Final = {"options": "-c search_path=books,public"}
NAMED: Final = "DO $$ DECLARE n text; BEGIN {query}; EXECUTE format('{statement}', n); END $$"
INDEX: Final = (
    "SELECT indexname INTO n FROM pg_indexes WHERE indexdef LIKE '%books_book USING btree (shelf_id)'"
)
KEY: Final = (
    "SELECT conname INTO n FROM pg_constraint WHERE conrelid = 'books_book'::regclass AND contype = 'f'"
)
SERIAL: Final = """
    ALTER TABLE books_book ALTER id DROP IDENTITY; CREATE SEQUENCE {name} AS {type} OWNED BY books_book.id;
    ALTER TABLE books_book ALTER id SET DEFAULT nextval('{name}')
"""
Line = tuple[str, str, str]


class Live:
    """A project, and a database that plain Django migrated with its settings."""

    def __init__(
        self, server: Server, folder: Path, project: str, before: str, options: dict[str, str]
    ) -> None:
        self.server, self.folder = server, copy(project, folder)
        self.database = server.create_database()
        self.database.execute(before)
        self.write("live_settings", options)
        self.write("plain_settings", {})
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "-v", "0", "--settings", "live_settings"],
            cwd=self.folder, env={**variables(), "PYTHONPATH": str(self.folder)}, timeout=60, check=True,
        )  # fmt: skip

    def write(self, name: str, options: dict[str, str]) -> None:
        text = SETTINGS.format(name=self.database.name, server=self.server, options=options)
        (self.folder / f"{name}.py").write_text(text, encoding="utf-8")

    def drift(self, database: Database, *options: str, settings: str = "live_settings") -> list[Line]:
        """Return kind, object and what differs of each difference; the status must agree."""
        done = command(
            self.folder,
            self.server,
            "drift",
            "--settings",
            settings,
            "--format",
            "json",
            *options,
            database.url,
        )
        assert done.stderr == ""
        found = json.loads(done.stdout)["differences"]
        assert done.returncode == bool(found)
        return [(each["kind"], each["object"], each["attribute"] or each["change"]) for each in found]


@pytest.fixture(scope="module")
def library(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Live:
    return Live(server, tmp_path_factory.mktemp("library"), "library", "SELECT 1", {})


@pytest.fixture(scope="module")
def words(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Live:
    return Live(server, tmp_path_factory.mktemp("words"), "words", "SELECT 1", {})


@pytest.fixture(scope="module")
def path(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Live:
    return Live(server, tmp_path_factory.mktemp("path"), "library", "CREATE SCHEMA books", PATH)


RENAMED: Final = {
    # freelawproject/courtlistener#3558, dimagi/commcare-hq#13562: names that an older Django gave.
    "an index of Django 1.8": (
        NAMED.format(query=INDEX, statement="ALTER INDEX %I RENAME TO books_book_d6cba1ad"),
        ("index", r"public\.books_book\.books_book_shelf_id_\w+", "name"),
    ),
    # South, and Django before 1.7.
    "a foreign key of South": (
        NAMED.format(query=KEY, statement="ALTER TABLE books_book RENAME CONSTRAINT %I TO shelf_id_refs_id_39f2a9e1"),
        ("constraint", r"public\.books_book\.books_book_shelf_id_\w+", "name"),
    ),
    # Uninett/nav#1972: a name that PostgreSQL gives, or Django.
    "a unique constraint": (
        "ALTER TABLE books_shelf RENAME CONSTRAINT books_shelf_name_key TO books_shelf_name_uniq",
        ("constraint", r"public\.books_shelf\.books_shelf_name_key", "name"),
    ),
    # A table that was renamed: its sequence keeps its name.
    "the sequence of a table that was renamed": (
        "ALTER SEQUENCE books_book_id_seq RENAME TO books_volume_id_seq",
        ("column", r"public\.books_book\.id", "identity_sequence"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), RENAMED.values(), ids=RENAMED)
def test_names_of_older_versions(server: Server, library: Live, sql: str, expected: Line) -> None:
    """Each is one difference of the name, and none with ``--generated-names``."""
    with server.database(template=library.database.name) as live:
        live.execute(sql)
        ((kind, name, attribute),) = library.drift(live)
        assert (kind, attribute) == expected[::2]
        assert re.fullmatch(expected[1], name)
        assert library.drift(live, "--generated-names") == []


SHELF: Final = "public.books_shelf"
BOOK: Final = "public.books_book"
CASES: Final[dict[str, tuple[str, list[Line]]]] = {
    # Django ticket 28646: an index for LIKE too many, or one that never came.
    "an index for LIKE twice": (
        "CREATE INDEX isbn_like ON books_book (isbn varchar_pattern_ops)",
        [("index", f"{BOOK}.isbn_like", "added")],
    ),
    # PostHog/posthog#93452: what REINDEX CONCURRENTLY leaves when it is stopped.
    "_ccnew": (
        """CREATE INDEX book_title_idx_ccnew ON books_book (title, pages DESC);
        UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'book_title_idx_ccnew'::regclass""",
        [("index", f"{BOOK}.book_title_idx_ccnew", "added")],
    ),
    # dimitri/pgcopydb#498: constraints that were not valid where they came from.
    "not valid": (
        """ALTER TABLE books_book DROP CONSTRAINT book_pages_check;
        ALTER TABLE books_book ADD CONSTRAINT book_pages_check CHECK (pages >= 0) NOT VALID""",
        [("constraint", f"{BOOK}.book_pages_check", "valid")],
    ),
    # Django ticket 30511: keys from before 4.1, one of them wider than its sequence, one of another name.
    "serial of integer": (
        SERIAL.format(name="books_book_id_seq", type="integer"), [("column", f"{BOOK}.id", "identity")],
    ),
    "serial of another name": (
        SERIAL.format(name="volume_id_seq", type="bigint"), [("column", f"{BOOK}.id", "identity")],
    ),
    # A unique index made concurrently in place of the constraint.
    "a unique index": (
        """ALTER TABLE books_shelf DROP CONSTRAINT books_shelf_name_key;
        CREATE UNIQUE INDEX books_shelf_name_key ON books_shelf (name)""",
        [("constraint", f"{SHELF}.books_shelf_name_key", "kind")],
    ),
    # Columns that came and went, and another owner: migrations say nothing of either.
    "holes and owners": (
        """ALTER TABLE books_book ADD COLUMN x int; ALTER TABLE books_book DROP COLUMN x;
        DO $$ BEGIN CREATE ROLE long_lived; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        ALTER TABLE books_book OWNER TO long_lived""",
        [],
    ),
    # https://www.postgresql.org/docs/15/release-15.html: pg_upgrade keeps what everybody might do before.
    "made by PostgreSQL 14": (
        "GRANT CREATE ON SCHEMA public TO PUBLIC; ALTER SCHEMA public OWNER TO CURRENT_USER", [],
    ),
    # What AWS DMS and Debezium make on the source of a replication, by their documentation.
    "change data capture": (
        """CREATE TABLE awsdms_ddl_audit (c_key bigserial PRIMARY KEY, c_ddlqry text);
        CREATE PUBLICATION dbz_publication FOR ALL TABLES; ALTER TABLE books_book REPLICA IDENTITY FULL""",
        [
            ("publication", "dbz_publication", "added"),
            ("table", "public.awsdms_ddl_audit", "added"),
            ("table", BOOK, "replica_identity"),
        ],
    ),
    "tuned by hand": (
        """ALTER TABLE books_book SET (autovacuum_vacuum_scale_factor = 0.01);
        ALTER TABLE books_book ALTER title SET STATISTICS 500""",
        [("column", f"{BOOK}.title", "statistics_target"), ("table", BOOK, "storage_parameters")],
    ),
    # djrobstep/migra#113, ankane/pghero#366: extensions of the administrator.
    "an extension with its views": (
        "CREATE SCHEMA monitoring; CREATE EXTENSION pg_stat_statements SCHEMA monitoring",
        [("extension", "pg_stat_statements", "added"), ("schema", "monitoring", "added")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), CASES.values(), ids=CASES)
def test_what_happened_to_a_database(server: Server, library: Live, sql: str, expected: list[Line]) -> None:
    """Exactly these differences."""
    with server.database(template=library.database.name) as live:
        live.execute(sql)
        assert sorted(library.drift(live)) == expected


def test_extensions_in_another_schema(server: Server, words: Live) -> None:
    """vectorize-io/hindsight#4121, Zipstack/unstract#1706: no column and no index is another one."""
    with server.database(template=words.database.name) as live:
        live.execute("CREATE SCHEMA extensions; ALTER EXTENSION pg_trgm SET SCHEMA extensions")
        live.execute("ALTER EXTENSION hstore SET SCHEMA extensions")
        assert sorted(words.drift(live)) == [
            ("extension", "hstore", "schema"),
            ("extension", "pg_trgm", "schema"),
            ("schema", "extensions", "added"),
        ]


def test_restored_from_a_dump(server: Server, library: Live, words: Live) -> None:
    """SweetSophia/noosphere#297, planetscale/migration-scripts#75: a dump and a restore are no drift."""
    for project in (library, words):
        dump = server.run_tool("pg_dump", "--inserts", "-O", "-x", "-d", project.database.name).decode()
        with server.database() as live:
            live.execute(re.sub(r"(?m)^\\.*$", "", dump))
            assert project.drift(live) == []


PATHS: Final[dict[str, tuple[str, list[Line]]]] = {
    "as it was made": ("SELECT 1", []),
    # GeotrekCE/Geotrek-admin#1311: tables were moved, and the search_path with them.
    "a table in another schema": (
        "CREATE SCHEMA django; ALTER TABLE books.books_shelf SET SCHEMA django",
        [("schema", "django", "added"), ("table", "books.books_shelf", "schema")],
    ),
    # GeotrekCE/Geotrek-admin#1947: the record of migrations stands elsewhere; it is read there.
    "the record of migrations": (
        "ALTER TABLE books.django_migrations SET SCHEMA public",
        [("table", "books.django_migrations", "schema")],
    ),
    # django-tenants/django-tenants#705: one tenant more, and a table that hides another one.
    "tenants": (
        """CREATE SCHEMA acme; CREATE TABLE acme.books_shelf (LIKE books.books_shelf INCLUDING ALL);
        CREATE TABLE public.books_shelf (LIKE books.books_shelf INCLUDING ALL)""",
        [("schema", "acme", "added"), ("table", "public.books_shelf", "added")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), PATHS.values(), ids=PATHS)
def test_objects_in_the_schemas_of_a_search_path(
    server: Server, path: Live, sql: str, expected: list[Line]
) -> None:
    """What moved is one line, and migrations are not called unapplied."""
    with server.database(template=path.database.name) as live:
        live.execute(sql)
        assert sorted(path.drift(live)) == expected


def test_another_search_path_is_one_difference(server: Server, library: Live, path: Live) -> None:
    """Set for the role, or for the database: every table is in another schema, for one reason."""
    expected = [("schema", "public", "tables")]
    assert path.drift(path.database, settings="plain_settings") == expected
    # And the other way: the schema of the path was not there when the tables were made.
    assert path.drift(library.database) == [("schema", "books", "tables")]
    with server.database(template=path.database.name) as live:
        live.execute("DROP INDEX books.book_title_idx")
        assert sorted(path.drift(live, settings="plain_settings")) == [
            ("index", "books.books_book.book_title_idx", "removed"),
            *expected,
        ]
