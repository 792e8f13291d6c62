"""``python -m verification run``: the gate, as one run of pytest over the suite."""

import argparse
import json
import os
import re
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from ..command_line import PACKAGE, PLUGIN, server_options
from ..errors import CANNOT_RUN, CannotRun
from ..extras import require
from ..project.configuration import Configuration, load

SUITE: Final = Path(__file__).parent
QUIET: Final = ("-qq", "--tb=no", "-rN", "--benchmark-quiet", "--override-ini=console_output_style=classic")
"""Pytest prints nothing of its own: the gate shows its progress, one table and the causes."""
_REPORTS: Final = re.compile(r"""^\s*reports\s*=\s*["'](.+?)["']""", re.MULTILINE)
"""The key of ``[tool.verification]`` in a file that may not parse."""
_PYTEST_HAS_SAID_IT: Final = frozenset({2, 3, 4, 5})
"""Its exit statuses after an interrupt, an internal error, a refusal and a run without checks."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser("run", parents=[server_options()])
    parser.add_argument("--verification-reports", metavar="DIRECTORY", help="where the reports are written")
    parser.add_argument(
        "--since", metavar="REF", help="the revision that runs in production, for the checks deploy.*"
    )
    parser.set_defaults(handler=run, takes_rest=True)


def run(arguments: argparse.Namespace) -> int:
    """Run pytest over the suite with the suite's own settings, and return the exit status of its result.

    The status comes from the report on disk: whatever ends the run early, nothing but a finished run
    writes one that passed.
    """
    from ..processes.supervised import run_supervised

    require("run", "run")
    configuration = load()
    rest: list[str] = arguments.rest or []
    if sys.flags.optimize:
        raise CannotRun("Python runs with -O, which removes assertions", "unset PYTHONOPTIMIZE")
    if any("://" in argument for argument in rest):
        raise CannotRun(
            "a URL among the arguments for pytest, which would print it", "give the server's URL as --dsn URL"
        )
    reports = (configuration.root / (arguments.verification_reports or configuration.reports)).resolve()
    _start_reports(reports)
    status = run_supervised(
        lambda: _run_pytest(arguments, configuration, reports, rest), configuration.run_seconds
    )
    return _exit_status(reports, status)


def record_failure(reason: str, reports: Path | None = None) -> None:
    """Replace the reports of an earlier run, so that they are not taken for those of a run that did not start."""
    from ..report.recorder import JSON_NAME

    directory = reports or _configured_reports()
    if not (directory / JSON_NAME).exists():
        return
    try:
        _start_reports(directory, reason)
    except (CannotRun, ImportError):  # what writes it is not installed, or the folder cannot be written
        _remove_reports(directory)


def _run_pytest(
    arguments: argparse.Namespace, configuration: Configuration, reports: Path, rest: list[str]
) -> int:
    import pytest

    from ..report.redaction import redact
    from .gate import BENCHMARKS_NAME
    from .gate_hooks import Refusal

    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
    # pytest-django would load the settings before the plugin can give them its database.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    refusal = Refusal()
    options = [
        *(() if "--collect-only" in rest else QUIET),
        *("-c", str(SUITE / "pytest.ini"), f"--rootdir={configuration.root}"),
        *("-p", PLUGIN),
        f"--verification-reports={reports}",
        f"--verification-command={redact(_command())}",
        f"--verification-provider={arguments.provider}",
        f"--benchmark-json={reports / BENCHMARKS_NAME}",
        f"--override-ini=timeout={configuration.check_seconds}",
    ]
    if arguments.postgres:
        options.append(f"--verification-postgres={arguments.postgres}")
    if arguments.since:
        options.append(f"--verification-since={arguments.since}")
    if arguments.dsn:
        options.append(f"--verification-dsn={arguments.dsn}")
    tests = [] if _names_tests(rest) else [str(SUITE)]
    status = pytest.main([*options, *rest, *tests], plugins=[refusal])
    if refusal.reason:
        record_failure(redact(refusal.reason), reports)
    return int(status)


def _start_reports(directory: Path, reason: str = "") -> None:
    """Replace the reports of an earlier run."""
    _remove_reports(directory)  # at once, since a run may be killed during the imports
    from ..report.provenance import collect
    from .gate import NOT_STARTED, start_reports

    start_reports(directory, collect(Path.cwd(), _command()), reason=reason or NOT_STARTED)


def _remove_reports(directory: Path) -> None:
    from ..report.recorder import NAMES

    for name in NAMES:
        with suppress(OSError):
            (directory / name).unlink()


def _exit_status(reports: Path, status: int) -> int:
    """Return the status of the result on disk, and 2 if pytest itself did not end as it should."""
    from ..report.recorder import JSON_NAME
    from ..report.result import EXIT_STATUS, Verdict

    try:
        result = json.loads((reports / JSON_NAME).read_text(encoding="utf-8"))
        verdict = Verdict(result["verdict"])
    except (OSError, ValueError, KeyError):
        return CANNOT_RUN
    if not result["complete"] and status not in _PYTEST_HAS_SAID_IT:
        # Something has ended the process, or pytest's run: a module of the project, a library, a signal.
        print(f"verification: {_where_it_ended(result, status)}", file=sys.stderr)
    return EXIT_STATUS[verdict] or status if status in {0, 1} else CANNOT_RUN


def _where_it_ended(result: dict[str, Any], status: int) -> str:
    if result["reason"]:
        return str(result["reason"])
    how = f"signal {-status} ended the run" if status < 0 else f"the run's process ended with status {status}"
    checks = result["checks"]
    return f"{how} after {len(checks)} of {result['total']} checks; the last was {checks[-1]['name']}"


def _configured_reports() -> Path:
    file = Path("pyproject.toml")
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    named = _REPORTS.search(text)
    return Path(named[1] if named else Configuration.reports)


def _command() -> str:
    return shlex.join(("python", "-m", PACKAGE, *sys.argv[1:]))


def _names_tests(rest: list[str]) -> bool:
    """Tell whether the arguments name tests, so that not all of the suite is to run.

    A folder that follows an option is the option's value.
    """
    for before, argument in zip(["", *rest], rest, strict=False):
        path = Path(argument.split("::")[0])
        if path.exists() and (path.suffix == ".py" or not before.startswith("-")):
            return True
    return False
