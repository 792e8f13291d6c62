"""Send the queries of a reading in advance, so that the server and this process work at the same time.

The readers must execute the same statements whatever the rows are: see the package's docstring.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Final

from ...postgres import driver
from .reader import Named

DEPTH: Final = 32
"""Results that may wait for the reader: enough to keep the server busy, few enough to keep memory low."""

Result = list[driver.Row]
Description = Sequence[Named] | None


class RecordingCursor:
    """A cursor of an empty database that records the statements it is given."""

    description: Description = None

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: str) -> None:
        """Record a statement."""
        self.statements.append(statement)

    def fetchall(self) -> Result:
        """Return no rows."""
        return []


class PrefetchCursor:
    """A cursor with the results of statements that are sent in advance, by one or two sessions.

    Each session takes the next statement that no other has taken.
    """

    def __init__(self, statements: Sequence[str]) -> None:
        self.description: Description = None
        self._statements = statements
        self._rows: Result = []
        self._results: dict[int, tuple[Description, Result] | BaseException] = {}
        self._taken = self._wanted = 0
        self._stopped = False
        self._changed = threading.Condition()
        self._cursors: list[driver.Cursor] = []
        self._threads: list[threading.Thread] = []

    def begin(self, session: Callable[[], AbstractContextManager[driver.Cursor]]) -> None:
        """Send statements through one more session, in a thread. A session that cannot be opened is no error."""
        thread = threading.Thread(target=self._work, args=(session,), name="catalog queries", daemon=True)
        self._threads.append(thread)
        thread.start()

    def execute(self, statement: str) -> None:
        """Wait for the statement's result. Statements must be executed in the recorded order."""
        number = self._wanted
        if self._statements[number] != statement:
            raise RuntimeError(
                f"a reader executes another statement than it did on an empty cursor: {statement}"
            )
        with self._changed:
            self._changed.wait_for(lambda: number in self._results)
            result = self._results.pop(number)
            self._wanted += 1
            self._changed.notify_all()
        if isinstance(result, BaseException):
            raise result
        self.description, self._rows = result

    def fetchall(self) -> Result:
        """Return the rows of the last statement, once."""
        rows, self._rows = self._rows, []
        return rows

    def finish(self) -> None:
        """Wait for the threads to end."""
        for thread in self._threads:
            thread.join()

    def stop(self) -> None:
        """Cancel running queries and wait for the threads to end."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            for cursor in self._cursors:
                if not cursor.connection.closed:
                    with suppress(driver.Error):
                        cursor.connection.cancel()
        self.finish()

    def _work(self, session: Callable[[], AbstractContextManager[driver.Cursor]]) -> None:
        try:
            with session() as cursor:
                self._send(cursor)
        except driver.Error:
            return  # no second session: the first one sends all statements

    def _send(self, cursor: driver.Cursor) -> None:
        self._cursors.append(cursor)
        while (number := self._take()) is not None:
            result: tuple[Description, Result] | BaseException
            try:
                cursor.execute(self._statements[number])
                result = (cursor.description, cursor.fetchall())
            except BaseException as error:  # noqa: BLE001 - ``execute`` raises it
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
    cursor: driver.Cursor,
    statements: Sequence[str],
    second: Callable[[], AbstractContextManager[driver.Cursor]] | None = None,
) -> Iterator[PrefetchCursor]:
    """Send the statements in advance, in threads that end with the ``with`` block.

    ``second`` opens a second session with the same snapshot.
    """
    results = PrefetchCursor(statements)
    results.begin(lambda: nullcontext(cursor))
    if second:
        results.begin(second)
    try:
        yield results
    except BaseException:
        results.stop()
        raise
    results.finish()
