"""Send the queries of a reading in advance, so that the server and this process work at the same time.

The readers must execute the same statements whatever the rows are: see the package's docstring. A large database is
read through two sessions with one snapshot, each of which takes the next statement: less time, more processor time.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from queue import SimpleQueue
from typing import TypeAlias

from ...postgres import driver
from .reader import Named

Rows: TypeAlias = list[driver.Row]
Description: TypeAlias = Sequence[Named] | None
Second: TypeAlias = Callable[[], AbstractContextManager[driver.Cursor]]
"""Opens a second session with the same snapshot."""


class RecordingCursor:
    """A cursor of an empty database that records the statements it is given."""

    description: Description = None

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: str) -> None:
        """Record a statement."""
        self.statements.append(statement)

    def fetchall(self) -> Rows:
        """Return no rows."""
        return []


class PrefetchCursor:
    """A cursor with the results of statements that threads execute in advance."""

    description: Description = None

    def __init__(self) -> None:
        self._results: deque[tuple[str, Future[tuple[Description, Rows]]]] = deque()
        self._rows: Rows = []
        self._sessions: list[driver.Cursor] = []
        self._free: SimpleQueue[driver.Cursor] = SimpleQueue()
        self._stopped = False

    def add(self, cursor: driver.Cursor) -> None:
        """Send statements through one more session."""
        self._sessions.append(cursor)
        self._free.put(cursor)

    def send(self, statements: Sequence[str], threads: ThreadPoolExecutor) -> None:
        """Send these statements."""
        self._results.extend((each, threads.submit(self._result, each)) for each in statements)

    def stop(self, threads: ThreadPoolExecutor) -> None:
        """Cancel the queries that run and those that wait."""
        self._stopped = True
        threads.shutdown(wait=False, cancel_futures=True)
        for cursor in self._sessions:
            with suppress(driver.Error):  # the connection is closed
                cursor.connection.cancel()

    def execute(self, statement: str) -> None:
        """Wait for the statement's result; raise what it raised. Statements must come in the recorded order."""
        expected, result = self._results.popleft()
        if statement != expected:
            raise RuntimeError(
                f"a reader executes another statement than it did on an empty cursor: {statement}"
            )
        self.description, self._rows = result.result()

    def fetchall(self) -> Rows:
        """Return the rows of the last statement, once."""
        rows, self._rows = self._rows, []
        return rows

    def _result(self, statement: str) -> tuple[Description, Rows]:
        cursor = self._free.get()
        try:
            if self._stopped:
                raise CancelledError
            cursor.execute(statement)
            return cursor.description, cursor.fetchall()
        finally:
            self._free.put(cursor)


@contextmanager
def prefetched(
    cursor: driver.Cursor, statements: Sequence[str], second: Second | None = None
) -> Iterator[PrefetchCursor]:
    """Send the statements in advance, in threads that end with the ``with`` block."""
    results = PrefetchCursor()
    results.add(cursor)
    with ExitStack() as sessions, ThreadPoolExecutor(2 if second else 1, "catalog queries") as threads:

        def open_second(second: Second) -> None:
            with suppress(driver.Error):  # no second session: the first one sends all statements
                results.add(sessions.enter_context(second()))

        if second:
            threads.submit(open_second, second)
        results.send(statements, threads)
        try:
            yield results
        except BaseException:
            results.stop(threads)
            raise
