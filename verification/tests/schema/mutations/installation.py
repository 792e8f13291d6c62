"""The database that the cases change, made on a server of any version."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from verification.postgres import driver
from verification.postgres.server import Database, Server
from verification.tests.schema.mutations.cases import Case

HERE: Final = Path(__file__).parent
ROLES: Final = ("mutation_reader", "mutation_owner")
TABLESPACE: Final = "mutation_space"
VERSIONS: Final = range(15, 19)
"""Versions that may have a script of their own, ``since_<version>.sql``."""
ALREADY_THERE: Final = (driver.errors.DuplicateObject, driver.errors.UniqueViolation)
DROP_SUBSCRIPTIONS: Final = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT subname FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    LOOP
        EXECUTE format('ALTER SUBSCRIPTION %I DISABLE', name);
        EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', name);
        EXECUTE format('DROP SUBSCRIPTION %I', name);
    END LOOP;
END $$
"""


def install(server: Server) -> Database:
    """Return a new database with the base in it; the roles and the tablespace stay with the server."""
    for role in ROLES:
        _create_once(server, f"CREATE ROLE {role}")
    space = f"CREATE TABLESPACE {TABLESPACE} LOCATION ''"
    _create_once(server, "SET allow_in_place_tablespaces = on", space)
    database = server.create_database()
    later = (HERE / f"since_{version}.sql" for version in VERSIONS if version <= server.major)
    for script in (HERE / "base.sql", *(path for path in later if path.exists())):
        database.execute(script.read_text(encoding="utf-8"))
    return database


def remove(database: Database) -> None:
    """Drop a database of the base; with a subscription in it PostgreSQL refuses to."""
    database.execute(DROP_SUBSCRIPTIONS)
    database.server.drop_database(database.name)


def can_run(case: Case, server: Server) -> bool:
    """Whether the version and the build of a server know what the case is made of."""
    return server.major >= case.since and (not case.needs or case.needs in _built_with(server))


def _create_once(server: Server, *statements: str) -> None:
    connection: Any = Database(server, "postgres").connect()
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except ALREADY_THERE:
        pass
    finally:
        connection.close()


@cache
def _built_with(server: Server) -> frozenset[str]:
    """Return what the server was built with, in the words of ``Case.needs``."""
    words = set()
    if Database(server, "postgres").execute("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'"):
        words.add("icu")
    compressions = "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"
    if "lz4" in Database(server, "postgres").execute(compressions)[0][0]:
        words.add("lz4")
    return frozenset(words)
