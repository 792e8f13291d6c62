"""The command ``deploy``: may the working tree be deployed where a revision runs."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Any, Final

from ..command_line import server_options
from ..errors import DIFFERS, EQUAL, CannotRun
from ..migrations.commands import COST_ROWS
from ..migrations.equivalence.upgrade import RowVolume
from ..migrations.execution.progress import say, waiting
from ..migrations.show import print_json
from ..postgres import driver, providers
from ..postgres.server import Server
from ..project.configuration import load
from . import configured, dump, judgement, live, old_tests, release, show, suppressions
from .dump import Dump

INSUFFICIENT_RESOURCES: Final = "53"
"""Class of SQLSTATE: no disk, no memory, no connection is left."""

Subparsers = Any
"""argparse has no public class for its subparsers."""


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser("deploy", parents=[server_options()])
    parser.add_argument(
        "--since",
        default="",
        metavar="REF",
        help="the revision that runs in production (default: base in [tool.verification.deploy], else the merge "
        "base with the default branch)",
    )
    parser.add_argument(
        "--settings", default="", metavar="MODULE", help="the settings module (default: [tool.verification])"
    )
    parser.add_argument("--python", default="", metavar="EXE", help="the project's interpreter")
    parser.add_argument(
        "--base-python",
        default="",
        metavar="EXE",
        help="the interpreter of the base (default: that of --python)",
    )
    parser.add_argument(
        "--rows",
        type=int,
        default=COST_ROWS,
        metavar="NUMBER",
        help=f"rows of the largest table (default: {COST_ROWS})",
    )
    parser.add_argument(
        "--dump",
        action="append",
        default=[],
        metavar="[ALIAS=]FILE",
        help="a dump of pg_dump (plain, custom or directory format), restored instead of generated rows",
    )
    parser.add_argument(
        "--statistics",
        action="append",
        default=[],
        metavar="[ALIAS=]URL",
        help="a live database, whose table sizes (--rows at most) and frequencies the generated rows get; nothing "
        "else is read",
    )
    parser.add_argument(
        "--tests",
        default="",
        metavar="COMMAND",
        help="run the base's own tests on the new schema: 'pytest ...' or 'manage.py test ...' (default: tests in "
        "[tool.verification.deploy], else none)",
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=release.STEP_SECONDS,
        metavar="SECONDS",
        help=f"how long one migration may take (default: {release.STEP_SECONDS:.0f})",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="as --format json")
    parser.set_defaults(handler=_deploy)


def _deploy(arguments: argparse.Namespace) -> int:
    configuration = load(Path.cwd())
    settings = configuration.settings_module(arguments.settings)
    reference = arguments.since or configured.base(configuration)
    tests = arguments.tests or configured.tests(configuration)
    dumps = dump.parse(arguments.dump)
    options = release.Options(
        rows=RowVolume(max(0, arguments.rows), configuration.rows),
        settings=settings,
        python=arguments.python,
        base_python=arguments.base_python,
        step_seconds=arguments.limit,
        dumps=dumps,
        statistics=live.parse(arguments.statistics),
        accepted=suppressions.read(configuration),
        tests=old_tests.Command.parse(tests) if tests else None,
    )
    try:
        with _server(arguments, dumps) as server:
            found = judgement.judge(configuration, server, reference, options, say=say)
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        raise CannotRun(f"no space left in {tempfile.gettempdir()}", "free some") from None
    if arguments.format == "json":
        print_json(show.to_json(found))
    else:
        show.text(found)
    return EQUAL if found.may_go_out else DIFFERS


@contextmanager
def _server(arguments: argparse.Namespace, dumps: Mapping[str, Dump]) -> Iterator[Server]:
    """Start a server: of the version that the dumps come from, if there are any."""
    major = arguments.postgres
    if major is None and not arguments.dsn:
        major = next((each.major for each in dumps.values()), None)
    with waiting("starting PostgreSQL"):
        server = providers.start(arguments.provider, major=major, dsn=arguments.dsn)
    with server:
        for each in dumps.values():
            if each.major != server.major:
                raise CannotRun(
                    f"--dump {each.path}: it comes from PostgreSQL {each.version}, and this server is "
                    f"{server.version}",
                    f"use a server of that version (--provider container --postgres {each.major})",
                )
        try:
            yield server
        except driver.OperationalError as error:
            line = (str(error).strip() or "no answer").splitlines()[0]
            if driver.sqlstate(error).startswith(INSUFFICIENT_RESOURCES):
                raise CannotRun(
                    f"the server at {server.address}: {line}", "take fewer rows with --rows"
                ) from None
            raise CannotRun(
                f"the server at {server.address} went away ({line})", "check that it runs"
            ) from None
