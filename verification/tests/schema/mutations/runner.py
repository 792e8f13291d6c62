"""Tries cases: on their base inside a transaction that is rolled back, or in a database of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol, Self

from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.model.schema import Schema
from verification.tests.schema.mutations.installation import Base

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
"""A database with a subscription refuses to be dropped."""


class Runnable(Protocol):
    """Any case."""

    @property
    def sql(self) -> str: ...
    @property
    def since(self) -> int: ...
    @property
    def autocommit(self) -> bool: ...


class Laboratory:
    """A server with one base on it: ``with Laboratory(server, base) as laboratory``."""

    def __init__(self, server: Server, base: Base) -> None:
        self.server = server
        self.base = base
        self.database = base.install(server)
        self.schema = catalog.read(self.database.url)
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.disconnect()
        self._drop(self.database)

    def sides(self, case: Runnable) -> tuple[Schema, Schema]:
        """Read the base as the case has it, and what has become of it; nothing stays."""
        if case.autocommit:
            with self.own_database(case) as own:
                return self.schema, catalog.read(own.url)
        given = getattr(case, "given", "")
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                before = self.schema
                if given:
                    cursor.execute(given)
                    before = catalog.read(connection)
                cursor.execute(case.sql)
                return before, catalog.read(connection)
        finally:
            connection.rollback()

    @contextmanager
    def own_database(self, case: Runnable | None = None) -> Iterator[Database]:
        """Keep a database of this base, changed for good by a case."""
        database = self.base.install(self.server)
        try:
            if case:
                self.apply(case, database)
            yield database
        finally:
            self._drop(database)

    @staticmethod
    def apply(case: Runnable, database: Database) -> None:
        """Run what the case is given and what it does, and commit."""
        if given := getattr(case, "given", ""):
            database.execute(given)
        for statement in case.sql.splitlines() if case.autocommit else [case.sql]:
            database.execute(statement)

    def disconnect(self) -> None:
        """Leave the base alone, so that it can be cloned or dropped."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> Any:
        if self._connection is None:
            self._connection = self.database.connect()
            self._connection.autocommit = False
        return self._connection

    def _drop(self, database: Database) -> None:
        database.execute(DROP_SUBSCRIPTIONS)
        self.server.drop_database(database.name)
