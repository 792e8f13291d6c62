"""The commands ``diff`` and ``snapshot``.

SQLAlchemy is imported only with ``--cross-check``, and rich only when there is something to print.
"""

import argparse
import json
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..command_line import comparison_options
from ..errors import DIFFERS, EQUAL, CannotRun
from .comparison.difference import Difference

if TYPE_CHECKING:
    from ..postgres import driver
    from .catalog.reader import Results
    from .comparison.compare import Comparison
    from .model.schema import Schema

SCHEMES: Final = ("postgresql://", "postgres://")
PAUSE_SECONDS: Final = 0.05
"""Time after which a reading that was canceled between two queries is canceled again."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the command line."""
    diff = subparsers.add_parser(
        "diff",
        parents=[comparison_options()],
    )
    diff.add_argument("left", metavar="LEFT", help="a postgresql:// URL or a snapshot file")
    diff.add_argument("right", metavar="RIGHT", help="a postgresql:// URL or a snapshot file")
    diff.add_argument("--format", choices=("text", "json", "sql"), default="text")
    diff.add_argument(
        "--cross-check", "--witness", action="store_true", help="also read with SQLAlchemy, independently"
    )
    diff.set_defaults(handler=_diff)
    snapshot = subparsers.add_parser("snapshot")
    snapshot.add_argument("url", metavar="URL", help="the database, as a postgresql:// URL")
    snapshot.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    snapshot.set_defaults(handler=_snapshot)


def _diff(arguments: argparse.Namespace) -> int:
    from .catalog.reading import no_collection

    # Here, because the first reader to end would enable it while the other one still reads.
    with no_collection():
        return _compare(arguments)


def _compare(arguments: argparse.Namespace) -> int:
    readings = [_ReaderThread(arguments.left), _ReaderThread(arguments.right)]
    try:
        from .comparison.compare import (  # import while the servers work
            Comparison,
            check_ignored,
            compare_schemas,
        )
        from .comparison.options import Options

        results = [reading.result() for reading in readings]
    finally:
        for reading in readings:
            reading.stop()
    if _surely_equal(arguments, results):
        _print(arguments, Comparison([], []), [])
        return EQUAL
    left, right = map(_schema, results)
    read = left
    if left.entries != right.entries:
        from .spelling import unified

        left = unified(left, right, [each for each in (arguments.left, arguments.right) if _is_url(each)])
    options = Options.chosen(arguments)
    check_ignored(options.ignore, left, right)
    comparison = compare_schemas(left, right, options, exchanges=True)
    disagreements = _disagreements(arguments, read, right) if arguments.cross_check else []
    if arguments.format == "sql":
        from .ddl import generator

        print(generator.generate(left, right, options).text())  # noqa: T201 - what a command is for
    else:
        _print(arguments, comparison, disagreements)
    return EQUAL if comparison.equal and not disagreements else DIFFERS


def _snapshot(arguments: argparse.Namespace) -> int:
    from . import catalog, snapshot

    if not _is_url(arguments.url):
        raise CannotRun("snapshot reads a database, not a file", "give a postgresql:// URL")
    schema = catalog.read(arguments.url)
    digest = snapshot.save(schema, arguments.output)
    print(f"{arguments.output}: {len(schema)} objects, sha256 {digest}")  # noqa: T201 - what a command is for
    return EQUAL


def _is_url(source: str) -> bool:
    return source.startswith(SCHEMES)


def _surely_equal(arguments: argparse.Namespace, results: "Sequence[Schema | Results]") -> bool:
    """Return whether two databases are equal by their rows and no option asks for their schemas."""
    from . import catalog
    from .catalog.reader import Results

    if arguments.cross_check or arguments.ignore or arguments.format == "sql":
        return False
    left, right = results
    if not isinstance(left, Results) or not isinstance(right, Results):
        return False
    return catalog.same_rows(left, right) and not catalog.unknown_possible(left)


def _schema(result: "Schema | Results") -> "Schema":
    from . import catalog
    from .catalog.reader import Results

    return catalog.schema(result) if isinstance(result, Results) else result


def _read(source: str, opened: "Callable[[driver.Connection], object]") -> "Schema | Results":
    """Read a database or a snapshot file; ``opened`` is called with the connection. Raises ``CannotRun``."""
    if _is_url(source):
        from . import catalog

        return catalog.fetch(source, opened)
    if "://" in source:
        raise CannotRun(
            f"{source.split('://', maxsplit=1)[0]}://...: not PostgreSQL",
            "give a postgresql:// URL or a snapshot file",
        )
    from . import snapshot

    if ("@" in source or "password" in source) and not Path(source).exists():
        # A URL without scheme or a libpq connection string: it may contain a password.
        raise CannotRun(
            "neither a postgresql:// URL nor a snapshot file was given", "a URL begins with its scheme"
        )
    return snapshot.load(Path(source))


def _disagreements(arguments: argparse.Namespace, left: "Schema", right: "Schema") -> list[Difference]:
    """Read both databases with the second reader and return the disagreements."""
    from .inspection import cross_check, reading

    disagreements: list[Difference] = []
    for source, schema in ((arguments.left, left), (arguments.right, right)):
        if not _is_url(source):
            raise CannotRun(f"--cross-check reads databases, and {source} is a snapshot", "give two URLs")
        disagreements += cross_check.disagreements(schema, reading.read(source))
    return disagreements


def _print(arguments: argparse.Namespace, comparison: "Comparison", disagreements: list[Difference]) -> None:
    if arguments.format == "text":
        _print_text(comparison, disagreements)
        return
    content: dict[str, object] = {
        "equal": comparison.equal and not disagreements,
        "differences": [difference.to_json() for difference in comparison.differences],
        "information": [difference.to_json() for difference in comparison.information],
        "notes": comparison.notes,
    }
    if arguments.cross_check:
        content["disagreements"] = [difference.to_json() for difference in disagreements]
    print(json.dumps(content, indent=1, ensure_ascii=False, default=str))  # noqa: T201 - what a command is for


def _print_text(comparison: "Comparison", disagreements: list[Difference]) -> None:
    more = disagreements or comparison.information or comparison.notes or sys.stdout.isatty()
    if comparison.equal and not more:
        print("equal")  # noqa: T201 - what a command is for; rich is not needed
        return
    from . import show

    show.comparison(comparison, disagreements)


class _ReaderThread(threading.Thread):
    """A thread that reads one of the two databases or snapshots."""

    def __init__(self, source: str) -> None:
        # A daemon, because nothing but the end of the process ends a connection that is still being made.
        super().__init__(daemon=True)
        self._source = source
        self._read: Schema | Results | None = None
        self._error: BaseException | None = None
        self._connection: driver.Connection | None = None
        self._stopped = False
        self.start()

    def run(self) -> None:
        """Read the source; keep an error for ``result``."""
        try:
            self._read = _read(self._source, self._opened)
        except BaseException as error:  # noqa: BLE001 - raised again by ``result``
            self._error = error

    def _opened(self, connection: "driver.Connection") -> None:
        self._connection = connection
        if self._stopped:
            raise CannotRun("stopped")

    def stop(self) -> None:
        """Cancel what is still being read and wait for its end; a server that does not answer is not waited for."""
        self._stopped = True
        while self._connection is not None and self.is_alive():
            from ..postgres import driver

            with suppress(driver.Error):  # no query runs, or the connection is closed
                self._connection.cancel()
            self.join(PAUSE_SECONDS)

    def result(self) -> "Schema | Results":
        """Wait for what was read and return it. Raises what the reading raised."""
        self.join()
        if self._read is None:
            raise self._error or AssertionError
        return self._read
