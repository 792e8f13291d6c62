"""Runs the queries of a reading prefetched of the work on their rows: server and client work at the same time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Final

import psycopg2

DEPTH: Final = 32
"""How many results may wait for the reader: enough that the server need not, few enough to keep memory low."""

Rows = list[tuple[Any, ...]]


class RecordingCursor:
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
        """Return no rows."""
        return []


class PrefetchCursor:
    """Stands for a cursor: gives what was asked of the server already.

    Every session takes the next statement that none has taken, so they share the work as it comes.
    """

    def __init__(self, statements: Sequence[str]) -> None:
        self.description: Sequence[Any] = ()
        self._statements = statements
        self._rows: Rows = []
        self._results: dict[int, tuple[Sequence[Any], Rows] | BaseException] = {}
        self._taken = self._wanted = 0
        self._stopped = False
        self._changed = threading.Condition()
        self._cursors: list[Any] = []
        self._threads: list[threading.Thread] = []

    def begin(self, session: Callable[[], AbstractContextManager[Any]]) -> None:
        """Have one more session ask, in a thread of its own. One that does not come about is no error."""
        thread = threading.Thread(target=self._work, args=(session,), name="catalog queries", daemon=True)
        self._threads.append(thread)
        thread.start()

    def execute(self, statement: str) -> None:
        """Wait for the statement's rows; it must be the next of those that were foretold."""
        number = self._wanted
        if self._statements[number] != statement:
            raise RuntimeError(f"the reading asks for something else than it has foretold: {statement}")
        with self._changed:
            self._changed.wait_for(lambda: number in self._results)
            result = self._results.pop(number)
            self._wanted += 1
            self._changed.notify_all()
        if isinstance(result, BaseException):
            raise result
        self.description, self._rows = result

    def fetchall(self) -> Rows:
        """Return the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    def finish(self) -> None:
        """Let the asking end."""
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """End the asking, in the middle of a query if need be."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            for cursor in self._cursors:
                if not cursor.connection.closed:
                    with suppress(psycopg2.Error):
                        cursor.connection.cancel()
        self.finish()

    def _work(self, session: Callable[[], AbstractContextManager[Any]]) -> None:
        try:
            with session() as cursor:
                self._ask(cursor)
        except psycopg2.Error:
            return  # no second session to be had: the first one asks alone

    def _ask(self, cursor: Any) -> None:
        self._cursors.append(cursor)
        while (number := self._take()) is not None:
            result: tuple[Sequence[Any], Rows] | BaseException
            try:
                cursor.execute(self._statements[number])
                result = (cursor.description, cursor.fetchall())
            except BaseException as error:  # noqa: BLE001 - it is raised again where the rows are waited for
                result = error
            with self._changed:
                self._results[number] = result
                self._changed.notify_all()

    def _take(self) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._taken - self._wanted < DEPTH)
            if self._stopped or self._taken == len(self._statements):
                return None
            self._taken += 1
            return self._taken - 1


@contextmanager
def prefetched(
    cursor: Any, statements: Sequence[str], second: Callable[[], AbstractContextManager[Any]] | None = None
) -> Iterator[PrefetchCursor]:
    """Ask the statements in threads of their own, for the length of a ``with`` block.

    ``second`` opens one more session, which sees the same.
    """
    asked = PrefetchCursor(statements)
    asked.begin(lambda: nullcontext(cursor))
    if second:
        asked.begin(second)
    try:
        yield asked
    except BaseException:
        asked.stop()
        raise
    asked.finish()
