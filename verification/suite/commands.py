"""``python -m verification run``: the gate, as one pytest run over the suite."""

import argparse
import os
from pathlib import Path

from verification.command_line import CANNOT_RUN, DIFFERS, EQUAL, server_options
from verification.errors import CannotRun
from verification.project.configuration import load

SUITE = Path(__file__).parent


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "run", help="run the gate; further arguments go to pytest", parents=[server_options()]
    )
    parser.set_defaults(handler=run, takes_rest=True)


def run(arguments: argparse.Namespace) -> int:
    """Run pytest over the suite with the suite's own settings, whatever the project's say."""
    import pytest

    configuration = load()
    reports = configuration.reports_directory
    options = [f"--provider={arguments.provider}"]
    if arguments.postgres:
        options.append(f"--postgres={arguments.postgres}")
    if any("://" in each for each in arguments.rest or []):
        raise CannotRun(
            "a URL is taken as --dsn URL alone; anything else goes to pytest, which would print it"
        )
    if arguments.dsn:
        options.append(f"--dsn={arguments.dsn}")
    os.environ.pop("PYTEST_ADDOPTS", None)
    # pytest-django would load the settings before the plugin can lead them to its server.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    status = pytest.main(
        [
            "-c",
            str(SUITE / "pytest.ini"),
            f"--rootdir={configuration.root}",
            "-p",
            "verification.pytest_plugin",
            f"--verification-reports={reports}",
            f"--junit-xml={reports / 'junit.xml'}",
            f"--benchmark-json={reports / 'benchmark.json'}",
            *options,
            *(arguments.rest or []),
            *([] if _names_tests(arguments.rest or []) else [str(SUITE)]),
        ]
    )
    return status if status in (EQUAL, DIFFERS) else CANNOT_RUN


def _names_tests(rest: list[str]) -> bool:
    """Tell whether the user named tests of the suite, so that not all of it is to run.

    A folder that follows an option is the option's value.
    """
    for before, each in zip(["", *rest], rest, strict=False):
        path = Path(each.split("::")[0])
        if path.exists() and (path.suffix == ".py" or not before.startswith("-")):
            return True
    return False
