"""Databases changed by a case, opened for psycopg2 and SQLAlchemy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from verification.postgres.server import Database, Server
from verification.tests.schema.mutations.cases import Case
from verification.tests.schema.mutations.installation import DROP_SUBSCRIPTIONS, install


class OpenDatabase:
    """One database through one transaction, for psycopg2 and for SQLAlchemy: what is not committed is seen."""

    def __init__(self, database: Database) -> None:
        self.psycopg: Any = database.connect()
        self.psycopg.autocommit = False
        engine = create_engine(
            "postgresql+psycopg2://",
            creator=lambda: self.psycopg,
            poolclass=StaticPool,
            pool_reset_on_return=None,
        )
        self.sqlalchemy: Connection = engine.connect()

    def run(self, sql: str) -> None:
        """Run statements in the open transaction."""
        with self.psycopg.cursor() as cursor:
            cursor.execute(sql)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Roll back what happens in a ``with`` block, even after an error."""
        self.run("SAVEPOINT detector")
        try:
            yield
        finally:
            self.run("ROLLBACK TO detector")

    def close(self) -> None:
        """Roll back and disconnect."""
        self.psycopg.rollback()
        self.psycopg.close()


class CaseDatabases:
    """The base on one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        # Nobody is ever connected to it, so it can be cloned at any time.
        self._template = install(server)
        self.view = OpenDatabase(install(server))

    @contextmanager
    def committed(self, scripts: Sequence[str], *, anew: bool) -> Iterator[Database]:
        """Return a database where the scripts were committed: a clone of the base, or the base installed again.

        A clone lacks what is in shared catalogs: the subscription and the settings of the database.
        """
        server, template = self._server, self._template.name
        database = install(server) if anew else server.create_database(template=template)
        try:
            for script in scripts:
                database.execute(script)
            yield database
        finally:
            with suppress(psycopg2.Error):
                database.execute(DROP_SUBSCRIPTIONS)
            self._server.drop_database(database.name)


def given(case: Case) -> list[str]:
    """Return what makes the case's left side of the base, if anything."""
    return [case.given] if case.given else []
