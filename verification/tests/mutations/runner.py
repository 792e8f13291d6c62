"""Runs a case on the base database and reads what has become of it; the base itself stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.model import Schema

BASE: Final = Path(__file__).with_name("base.sql")


class Runnable(Protocol):
    """Any case."""

    @property
    def sql(self) -> str: ...
    @property
    def autocommit(self) -> bool: ...


@contextmanager
def base_database(server: Server) -> Iterator[Database]:
    """Keep a database with an object of every class.

    A clone would lack what shared catalogs hold (the subscription, the settings), and a database with
    a subscription refuses to be dropped.
    """
    with server.database() as database:
        database.execute(BASE.read_text())
        try:
            yield database
        finally:
            database.execute("DROP SUBSCRIPTION IF EXISTS inbox")


def mutated(database: Database, case: Runnable) -> Schema:
    """Give the schema after the case: in a transaction that is rolled back, or in a database of its own."""
    if case.autocommit:
        with base_database(database.server) as own:
            for statement in case.sql.splitlines():
                own.execute(statement)
            return catalog.read(own.url)
    connection = database.connect()
    try:
        connection.autocommit = False
        with connection.cursor() as cursor:
            cursor.execute(case.sql)
        return catalog.read(connection)
    finally:
        connection.rollback()
        connection.close()
