"""The commands ``diff`` and ``snapshot``.

SQLAlchemy is imported only with ``--cross-check``, and rich only when there is something to print.
"""

import argparse
import gc
import json
import sys
import threading
from pathlib import Path
from typing import Any, Final

from ..command_line import comparison_options
from ..errors import DIFFERS, EQUAL, CannotRun
from ..processes.wait import READER_THREAD
from .comparison.difference import Difference

SCHEMES: Final = ("postgresql://", "postgres://")


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
    gc.disable()  # here, because the first reader to end would enable it while the other one still reads
    try:
        readings = [_ReaderThread(arguments.left), _ReaderThread(arguments.right)]
        from .comparison.compare import (  # import while the servers work
            check_ignored,
            compare_schemas,
        )
        from .comparison.options import Options

        left, right = [reading.result() for reading in readings]
        gc.freeze()  # both schemas stay to the end; searching them for garbage costs as much as comparing them
    finally:
        gc.enable()
    read = left
    if left.entries != right.entries:
        from .spelling import unified

        left = unified(left, right, [each for each in (arguments.left, arguments.right) if _is_url(each)])
    options = Options.chosen(arguments)
    check_ignored(options.ignore, left, right)
    comparison = compare_schemas(left, right, options, exchanges=True)
    disagreements = _disagreements(arguments, read, right) if arguments.cross_check else []
    equal = comparison.equal and not disagreements
    if arguments.format == "text":
        _print_text(comparison, disagreements)
    elif arguments.format == "sql":
        from .ddl import generator

        print(generator.generate(left, right, options).text())  # noqa: T201 - what a command is for
    else:
        _print_json(
            {
                "equal": equal,
                "differences": [difference.to_json() for difference in comparison.differences],
                "information": [difference.to_json() for difference in comparison.information],
                "notes": comparison.notes,
                **(
                    {"disagreements": [difference.to_json() for difference in disagreements]}
                    if arguments.cross_check
                    else {}
                ),
            }
        )
    return EQUAL if equal else DIFFERS


def _snapshot(arguments: argparse.Namespace) -> int:
    from . import snapshot

    if not _is_url(arguments.url):
        raise CannotRun("snapshot reads a database, not a file", "give a postgresql:// URL")
    schema = _read(arguments.url)
    digest = snapshot.save(schema, arguments.output)
    print(f"{arguments.output}: {len(schema)} objects, sha256 {digest}")  # noqa: T201 - what a command is for
    return EQUAL


def _is_url(source: str) -> bool:
    return source.startswith(SCHEMES)


def _read(source: str, sessions: int = 2) -> Any:
    """Read a database or a snapshot file. Raises ``CannotRun``."""
    if _is_url(source):
        from . import catalog

        return catalog.read(source, sessions=sessions)
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


def _disagreements(arguments: argparse.Namespace, left: Any, right: Any) -> list[Difference]:
    """Read both databases with the second reader and return the disagreements."""
    from .inspection import cross_check, reading

    disagreements: list[Difference] = []
    for source, schema in ((arguments.left, left), (arguments.right, right)):
        if not _is_url(source):
            raise CannotRun(f"--cross-check reads databases, and {source} is a snapshot", "give two URLs")
        disagreements += cross_check.disagreements(schema, reading.read(source))
    return disagreements


def _print_text(comparison: Any, disagreements: list[Difference]) -> None:
    more = disagreements or comparison.information or comparison.notes or sys.stdout.isatty()
    if comparison.equal and not more:
        print("equal")  # noqa: T201 - what a command is for; rich is not needed
        return
    from . import show

    show.comparison(comparison, disagreements)


class _ReaderThread(threading.Thread):
    """A thread that reads one of the two databases or snapshots."""

    def __init__(self, source: str) -> None:
        super().__init__(name=READER_THREAD, daemon=True)
        self._source = source
        self._schema: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Read the schema; keep an error for ``result``."""
        try:
            self._schema = _read(self._source, sessions=1)  # two readers keep two cores busy
        except BaseException as error:  # noqa: BLE001 - raised again by ``result``
            self._error = error

    def result(self) -> Any:
        """Wait for the schema and return it. Raises what the reading raised."""
        self.join()
        if self._error:
            raise self._error
        return self._schema


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, indent=1, ensure_ascii=False, default=str))  # noqa: T201 - what a command is for
