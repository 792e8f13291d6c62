"""The bases that the cases stand on, made on a server of any version."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg2
import pytest

from verification.postgres.server import Database, Server
from verification.pytest_plugin import provider, server_pool
from verification.tests.schema.mutations.cases import Allowed, Harmless, Mutation

HERE: Final = Path(__file__).parent
ROLES: Final = ("mutation_reader", "mutation_owner")
TABLESPACE: Final = "mutation_space"
VERSIONS: Final = range(15, 19)
ALREADY_THERE: Final = (psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation)


@dataclass(frozen=True)
class Base:
    """One base: ``base.sql`` of a folder, and on newer servers ``since_<version>.sql`` beside it."""

    folder: Path
    shared: bool = False
    """Whether it wants roles and a tablespace, which are the server's and not a database's."""

    def scripts(self, major: int) -> list[str]:
        """Give the scripts that a server of this version understands, in order."""
        later = (self.folder / f"since_{version}.sql" for version in VERSIONS if version <= major)
        paths = (self.folder / "base.sql", *(path for path in later if path.exists()))
        return [path.read_text(encoding="utf-8") for path in paths]

    def install(self, server: Server) -> Database:
        """Make a database of this base; roles and tablespace stay for as long as the server."""
        if self.shared:
            _make_shared(server)
        database = server.create_database()
        for script in self.scripts(server.major):
            database.execute(script)
        return database


FIRST: Final = Base(HERE)
SECOND: Final = Base(HERE / "second", shared=True)


def _make_shared(server: Server) -> None:
    for role in ROLES:
        _unless_there(server, f"CREATE ROLE {role}")
    space = f"CREATE TABLESPACE {TABLESPACE} LOCATION ''"
    _unless_there(server, "SET allow_in_place_tablespaces = on", space)


def _unless_there(server: Server, *statements: str) -> None:
    connection: Any = Database(server, "postgres").connect()
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except ALREADY_THERE:
        pass
    finally:
        connection.close()


def can_run(case: Mutation | Harmless | Allowed, server: Server) -> bool:
    """Whether this server knows what the case is made of."""
    needs = case.needs if isinstance(case, Mutation) else ""
    return server.major >= case.since and (not needs or needs in _abilities(server))


def give_cases(metafunc: pytest.Metafunc, cases: Sequence[Mutation | Harmless | Allowed]) -> None:
    """Give a test the cases that the server can do; without one nothing of it runs."""
    if provider(metafunc.config) != "none" and not metafunc.config.getoption("collectonly"):
        server = server_pool(metafunc.config).plain()
        cases = [case for case in cases if can_run(case, server)]
    metafunc.parametrize("case", cases, ids=str)


@cache
def _abilities(server: Server) -> frozenset[str]:
    """Tell what the server was built with, in the words of ``Mutation.needs``."""
    found = set()
    if Database(server, "postgres").execute("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'"):
        found.add("icu")
    compressions = "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"
    if "lz4" in Database(server, "postgres").execute(compressions)[0][0]:
        found.add("lz4")
    return frozenset(found)
