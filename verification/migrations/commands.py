"""The commands ``squash`` and ``drift``."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from ..command_line import comparison_options, server_options
from ..errors import DIFFERS, EQUAL, CannotRun
from ..postgres import driver, providers
from ..postgres.server import Server
from ..project.configuration import load
from ..schema.comparison.compare import check_ignored
from ..schema.comparison.options import Options
from ..words import counted
from . import show
from .equivalence import comparison, drift, upgrade_paths
from .equivalence.declared import Declared
from .equivalence.proposal import propose
from .equivalence.upgrade import RowVolume
from .equivalence.verification import Verifier
from .execution.migration_runner import MigrationRunner
from .execution.progress import say, steps, waiting
from .execution.worker_process import JobFailed, Project

PARTIAL_STATE_ROWS: Final = 50
"""Rows of the largest table in each of the partial states."""
COST_ROWS: Final = 100_000
"""Rows of the largest table where costs are measured, unless ``--rows`` says otherwise."""

Subparsers = Any
"""argparse has no public class for its subparsers."""


def register(subparsers: Subparsers) -> None:
    """Add both commands."""
    shared = [server_options(), comparison_options()]
    squash = subparsers.add_parser("squash", parents=shared)
    _add_project(squash)
    squash.add_argument(
        "--app",
        nargs="+",
        action="extend",
        default=[],
        metavar="LABEL",
        help="default: every app with a squash",
    )
    squash.add_argument(
        "--thorough",
        action="store_true",
        help="also each partial state upgraded with rows in it, their rollback, the originals' removal, and "
        "each migration's time and locks",
    )
    squash.add_argument(
        "--rows",
        type=_number,
        metavar="NUMBER",
        help="with --thorough: rows of the largest table that times and locks are measured on; 0: do not "
        f"measure (default: {COST_ROWS})",
    )
    squash.add_argument(
        "--propose", metavar="APP", help="make a squash, prove it equal and write it as a patch"
    )
    squash.add_argument("-o", "--output", metavar="FILE", help="the patch (default: APP-squash.patch)")
    squash.set_defaults(handler=_squash)
    live = subparsers.add_parser("drift", parents=shared)
    _add_project(live)
    live.add_argument("url", metavar="URL", help="the live database, as a postgresql:// URL")
    live.set_defaults(handler=_drift)


def _number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


_number.__name__ = "number"
"""What argparse calls it when it refuses one."""


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--settings", default="", metavar="MODULE", help="the settings module (default: [tool.verification])"
    )
    parser.add_argument(
        "--python", default="", metavar="EXE", help="the project's interpreter (default: this one)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _squash(arguments: argparse.Namespace) -> int:
    _refuse_what_has_no_effect(arguments)
    if arguments.propose:
        return _propose(arguments)
    with _runner(arguments, arguments.postgres) as runner:
        squashes = runner.tree.chosen(arguments.app)
        say(f"{counted(len(squashes), 'squash')} on PostgreSQL {runner.server.version}, {runner.versions}")
        found = Verifier(runner).verify(squashes)
        extras: list[upgrade_paths.UpgradePaths] = []
        unused: list[str] = []
        if arguments.thorough:
            configuration = load(Path.cwd())
            ratios, known = configuration.rows, Declared.of(configuration)
            rows = COST_ROWS if arguments.rows is None else arguments.rows
            few, many = (
                RowVolume(PARTIAL_STATE_ROWS, ratios),
                RowVolume(rows, ratios) if rows else None,
            )
            extras = [
                upgrade_paths.verify_upgrade_paths(runner, each, found.original.chain, few, many, known)
                for each in squashes
            ]
            unused = upgrade_paths.unused(known, runner.tree.squashes, extras)
        gone = runner.tree.not_comparable(arguments.app)
        equal = found.equal and not unused and not any(extra.differences for extra in extras)
    if arguments.format == "text":
        show.verification(found, extras, gone, unused)
    else:
        entries = [verdict.to_json() for verdict in found.verdicts]
        for entry, extra in zip(entries, extras, strict=False):
            entry.update(extra.to_json())
        left_out = [{"app": each.app, "squash": each.name, "missing": [*each.missing]} for each in gone]
        show.print_json(
            {
                "equal": equal,
                "squashes": entries,
                **({"not_comparable": left_out} if left_out else {}),
                **({"unused_declarations": unused} if unused else {}),
            }
        )
    return EQUAL if equal else DIFFERS


def _refuse_what_has_no_effect(arguments: argparse.Namespace) -> None:
    """Raise ``CannotRun`` for an option that another one leaves without a meaning: it would be dropped silently."""
    proposing, thorough = bool(arguments.propose), arguments.thorough
    for option, given, why in (
        ("--app", arguments.app and proposing, "--propose names the app"),
        ("--thorough", thorough and proposing, "apply the patch, and run squash --thorough on the tree"),
        ("--rows", arguments.rows is not None and not thorough, "it is a part of --thorough"),
        ("--output", arguments.output and not proposing, "it is where --propose writes the patch"),
    ):
        if given:
            raise CannotRun(f"{option} has no effect here", why)


def _propose(arguments: argparse.Namespace) -> int:
    with _runner(arguments, arguments.postgres) as runner:
        check_ignored(runner.options.ignore)
        found = propose(runner, arguments.propose, Path.cwd())
    written = ""
    if found.patch:
        written = arguments.output or f"{arguments.propose}-squash.patch"
        try:
            Path(written).write_text(found.patch, encoding="utf-8")
        except OSError as error:
            raise CannotRun(
                f"{written}: cannot be written ({error.strerror})", "name another with -o"
            ) from None
    if arguments.format == "text":
        show.proposal(found, written)
    else:
        show.print_json(
            {
                "equal": bool(written),
                "app": found.app,
                "squash": found.squash,
                "replaced": found.replaced,
                "patch": written or None,
                "blocked": found.blocked,
                "cautions": found.cautions,
                "differences": [each.to_json() for each in found.differences],
            }
        )
    return EQUAL if written else DIFFERS


def _drift(arguments: argparse.Namespace) -> int:
    major = drift.major_of(arguments.url)
    version = arguments.postgres or _available(arguments.provider, major)
    with _runner(arguments, version, ignore=drift.NOT_IN_MIGRATIONS) as runner:
        judged, recorded = drift.live(runner, arguments.url)
    if arguments.format == "text":
        show.drift(judged.differences, recorded)
    else:
        show.print_json(
            {
                "equal": judged.equal,
                "differences": [each.to_json() for each in judged.differences],
                "information": [each.to_json() for each in [*judged.information, *recorded]],
            }
        )
    return EQUAL if judged.equal else DIFFERS


def _available(provider: str, major: int) -> int | None:
    """Take the live server's own version where a provider here has it, else whatever there is.

    Expressions are printed alike by one version only; the comparison says so when they differ.
    """
    if provider == "existing":
        return None
    for found in providers.diagnose():
        if found.works and provider in {"auto", found.provider}:
            majors = {version.split(".")[0].split(" ")[0] for version in found.versions}
            return major if str(major) in majors else None
    return None


@contextmanager
def _runner(
    arguments: argparse.Namespace, major: int | None, *, ignore: tuple[str, ...] = ()
) -> Iterator[MigrationRunner]:
    """Start the server and the project's process; end both afterwards. ``ignore``: whatever the options say.

    Results are printed afterwards, when the terminal no longer shows what runs.
    """
    configuration = load(Path.cwd())
    options = comparison.configured(configuration, Options.chosen(arguments, ignore=ignore))
    settings = configuration.settings_module(arguments.settings)
    project = Project.of(configuration, settings=settings, python=arguments.python)
    with waiting("starting PostgreSQL"):
        server = providers.start(arguments.provider, major=major, dsn=arguments.dsn)
    try:
        with (
            steps() as progress,
            MigrationRunner(project, server, progress=progress, options=options) as runner,
        ):
            yield runner
    except JobFailed as error:
        raise error.cannot_run("the project's side failed") from None
    except driver.OperationalError as error:
        line = (str(error).strip() or "no answer").splitlines()[0]
        raise CannotRun(
            f"the server at {server.address} went away ({line})", "check that it runs, and repeat"
        ) from None
    finally:
        _close(server)


def _close(server: Server) -> None:
    """Stop the server; an error that is already being raised is not replaced."""
    failed = sys.exc_info()[1] is not None
    try:
        server.close()
    except CannotRun:
        if not failed:
            raise
