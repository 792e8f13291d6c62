"""A database in the state that a case has made, and the ways in which a detector can look at it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from verification.postgres.server import Database, Server
from verification.tests.schema.mutations.cases import Harmless, Mutation
from verification.tests.schema.mutations.installation import Base
from verification.tests.schema.mutations.runner import DROP_SUBSCRIPTIONS


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
    """One base on one server."""

    def __init__(self, server: Server, base: Base) -> None:
        self._server, self._base = server, base
        # Nobody is ever connected to it, so it can be cloned at any time.
        self._template = base.install(server)
        self.view = View(base.install(server))

    @contextmanager
    def committed(self, scripts: Sequence[str], *, anew: bool) -> Iterator[Database]:
        """Give a database where the scripts were run for good: a clone of the base, or the base made anew.

        A clone lacks what the shared catalogs hold of the base: its subscription, the database's settings.
        """
        if anew:
            database = self._base.install(self._server)
        else:
            database = self._server.create_database(template=self._template.name)
        try:
            for script in scripts:
                database.execute(script)
            yield database
        finally:
            with suppress(psycopg2.Error):
                database.execute(DROP_SUBSCRIPTIONS)
            self._server.drop_database(database.name)


def given(case: Mutation | Harmless) -> list[str]:
    """Give what makes the case's left side of the base, if anything."""
    script = case.given if isinstance(case, Mutation) else ""
    return [script] if script else []


def statements(case: Mutation | Harmless) -> list[str]:
    """Give what makes its right side of its left."""
    return case.sql.splitlines() if case.autocommit else [case.sql]
