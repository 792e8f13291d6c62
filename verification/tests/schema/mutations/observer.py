"""``pg_dump -s`` as a second observer: what it shows of a case, it shows without any reader of ours.

It stays an observer and never gives the verdict: where it is blind, or alarmed by what is harmless, the
case says why, and a reason that is missing or no longer true is a fault.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final, Self

from verification.postgres.server import Database, Server
from verification.tests.schema.mutations.cases import Harmless, Mutation
from verification.tests.schema.mutations.installation import Base
from verification.tests.schema.mutations.runner import DROP_SUBSCRIPTIONS

RANDOM: Final = (b"\\restrict ", b"\\unrestrict ")
"""Lines with a new random word in each dump."""
NEVER_CLONED: Final = ("SUBSCRIPTION", "DATABASE")
"""What stands in catalogs of the whole server, so that a copy of a database lacks it."""


class Observer:
    """One base on a server, and ``pg_dump`` of the server's version."""

    def __init__(self, server: Server, base: Base) -> None:
        self.server = server
        self.base = base

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "template" in self.__dict__:
            self.server.drop_database(self.template.name)

    def faults(self, case: Mutation | Harmless) -> list[str]:
        """Tell what the case has wrong about ``pg_dump``; no line means that it is right."""
        shown = self.shows(case)
        if isinstance(case, Harmless):
            if shown and not case.pg_dump_alarm:
                return ["pg_dump -s shows a difference: the case must say why, in pg_dump_alarm"]
            return ["pg_dump -s shows no difference: pg_dump_alarm is stale"] * bool(
                case.pg_dump_alarm and not shown
            )
        if not shown and not case.pg_dump_blind:
            return ["pg_dump -s shows nothing: the case must say why, in pg_dump_blind"]
        return ["pg_dump -s shows the change: pg_dump_blind is stale"] * bool(case.pg_dump_blind and shown)

    def shows(self, case: Mutation | Harmless) -> bool:
        """Tell whether the dump's text differs after the case."""
        given = case.given if isinstance(case, Mutation) else ""
        whole = any(word in (case.sql + given).upper() for word in NEVER_CLONED)
        with self._database(whole=whole) as database:
            if given:
                database.execute(given)
            before = self._dump(database) if given or whole else self._dump_of_template
            for statement in case.sql.splitlines() if case.autocommit else [case.sql]:
                database.execute(statement)
            return before != self._dump(database)

    @cached_property
    def template(self) -> Database:
        """A database of the base, to clone."""
        database = self.base.install(self.server)
        database.execute(DROP_SUBSCRIPTIONS)
        return database

    @cached_property
    def _dump_of_template(self) -> list[bytes]:
        return self._dump(self.template)

    @contextmanager
    def _database(self, *, whole: bool) -> Iterator[Database]:
        database = self.base.install(self.server) if whole else self._clone()
        try:
            yield database
        finally:
            database.execute(DROP_SUBSCRIPTIONS)
            self.server.drop_database(database.name)

    def _clone(self) -> Database:
        return self.server.create_database(template=self.template.name)

    def _dump(self, database: Database) -> list[bytes]:
        lines = self.server.run_tool("pg_dump", "--schema-only", "--dbname", database.name).splitlines()
        return [line for line in lines if not line.startswith(RANDOM)]
