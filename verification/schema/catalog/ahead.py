"""Runs the queries of a reading ahead of the work on their rows: server and client work at the same time."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Queue
from typing import Any, Final

import psycopg2

DEPTH: Final = 4
"""How many results may wait for the reader: enough that the server need not, few enough to keep memory low."""
_PATIENCE: Final = 0.01

Rows = list[tuple[Any, ...]]


class Rehearsal:
    """Stands for a cursor of a database with nothing in it, and notes what it is asked.

    A reading asks the same of every database, however much is in it, so this is what it will ask.
    """

    description: Sequence[Any] = ()

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: str) -> None:
        """Note a statement."""
        self.statements.append(statement)

    def fetchall(self) -> Rows:
        """Give no rows."""
        return []


class Ahead:
    """Stands for a cursor: gives what was asked of the server already."""

    def __init__(self, cursor: Any, statements: Sequence[str]) -> None:
        self.description: Sequence[Any] = ()
        self._cursor = cursor
        self._statements = statements
        self._rows: Rows = []
        self._results: Queue[tuple[str, Sequence[Any], Rows] | BaseException] = Queue(DEPTH)
        self._stopped = False
        self._thread = threading.Thread(target=self._ask, name="catalog queries", daemon=True)
        self._thread.start()

    def execute(self, statement: str) -> None:
        """Wait for the statement's rows; it must be the next of those that were foretold."""
        result = self._results.get()
        if isinstance(result, BaseException):
            raise result
        asked, self.description, self._rows = result
        if asked != statement:
            raise RuntimeError(f"the reading asks for something else than it has foretold: {statement}")

    def fetchall(self) -> Rows:
        """Give the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    def finish(self) -> None:
        """Let the asking end; what nobody took is dropped."""
        while self._thread.is_alive():
            while not self._results.empty():
                self._results.get_nowait()
            self._thread.join(_PATIENCE)

    def stop(self) -> None:
        """End the asking, in the middle of a query if need be."""
        self._stopped = True
        if self._thread.is_alive() and not self._cursor.connection.closed:
            with suppress(psycopg2.Error):
                self._cursor.connection.cancel()
        self.finish()

    def _ask(self) -> None:
        try:
            for statement in self._statements:
                if self._stopped:
                    return
                self._cursor.execute(statement)
                self._results.put((statement, self._cursor.description, self._cursor.fetchall()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the rows are waited for
            self._results.put(error)


@contextmanager
def ahead(cursor: Any, statements: Sequence[str]) -> Iterator[Ahead]:
    """Ask the statements one after another in a thread of their own, for the length of a ``with`` block."""
    asked = Ahead(cursor, statements)
    try:
        yield asked
    except BaseException:
        asked.stop()
        raise
    asked.finish()
