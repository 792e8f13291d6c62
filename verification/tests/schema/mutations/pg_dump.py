"""``pg_dump -s`` as a second observer of the cases, which uses none of this project's readers.

It decides nothing about the comparison: where it shows nothing of a mutation, or something of a harmless
change, the case says why, and a reason that is missing or no longer true is a problem.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final, Self

from verification.postgres.server import Database, Server
from verification.tests.schema.mutations.cases import Case, Harmless, Mutation
from verification.tests.schema.mutations.installation import DROP_SUBSCRIPTIONS, install, remove

RANDOM: Final = (b"\\restrict ", b"\\unrestrict ")
"""Lines with a new random word in each dump."""
NEVER_CLONED: Final = ("SUBSCRIPTION", "DATABASE")
"""What stands in catalogs of the whole server, so that a copy of a database lacks it."""


class PgDump:
    """``pg_dump`` of the server's version, tried with cases: ``with PgDump(server) as pg_dump``."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.template = install(server)
        self.template.execute(DROP_SUBSCRIPTIONS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.drop_database(self.template.name)

    def problems(self, case: Case) -> list[str]:
        """Return what is wrong about the case, a line each; of an ``Allowed`` one nothing is known."""
        if isinstance(case, Mutation):
            shown = self._shows(case)
            return _problem("pg_dump_blind", case.pg_dump_blind, shown=shown, needed=not shown)
        if isinstance(case, Harmless):
            shown = self._shows(case)
            return _problem("pg_dump_alarm", case.pg_dump_alarm, shown=shown, needed=shown)
        return []

    def _shows(self, case: Case) -> bool:
        """Whether the text of the dump is another one after the case."""
        whole = any(word in (case.sql + case.given).upper() for word in NEVER_CLONED)
        with self._database(whole=whole) as database:
            if case.given:
                database.execute(case.given)
            before = self._dump(database) if case.given or whole else self._dump_of_template
            for statement in case.statements:
                database.execute(statement)
            return before != self._dump(database)

    @cached_property
    def _dump_of_template(self) -> list[bytes]:
        return self._dump(self.template)

    @contextmanager
    def _database(self, *, whole: bool) -> Iterator[Database]:
        database = install(self.server) if whole else self.server.create_database(template=self.template.name)
        try:
            yield database
        finally:
            remove(database)

    def _dump(self, database: Database) -> list[bytes]:
        lines = self.server.run_tool("pg_dump", "--schema-only", "--dbname", database.name).splitlines()
        return [line for line in lines if not line.startswith(RANDOM)]


def _problem(field: str, reason: str, *, shown: bool, needed: bool) -> list[str]:
    if needed == bool(reason):
        return []
    verdict = "must say why" if needed else "is no longer true"
    return [f"pg_dump -s shows {'a' if shown else 'no'} change: {field} {verdict}"]
