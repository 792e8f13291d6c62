"""A database in the state that a case has made, and the ways in which a detector can look at it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from verification.postgres.server import Database, Server
from verification.tests.schema.mutations.cases import Case
from verification.tests.schema.mutations.installation import DROP_SUBSCRIPTIONS, install


class View:
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
        """Take back what happens in a ``with`` block, whatever state it leaves the transaction in."""
        self.run("SAVEPOINT detector")
        try:
            yield
        finally:
            self.run("ROLLBACK TO detector")

    def close(self) -> None:
        """Leave the database as it was."""
        self.psycopg.rollback()
        self.psycopg.close()


class Stage:
    """The base on one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        # Nobody is ever connected to it, so it can be cloned at any time.
        self._template = install(server)
        self.view = View(install(server))

    @contextmanager
    def committed(self, scripts: Sequence[str], *, anew: bool) -> Iterator[Database]:
        """Give a database where the scripts were run for good: a clone of the base, or the base made anew.

        A clone lacks what the shared catalogs hold of the base: its subscription, the database's settings.
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
    """Give what makes the case's left side of the base, if anything."""
    return [case.given] if case.given else []
