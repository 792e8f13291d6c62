"""``python -m verification env``: compare a settings file with a README."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TextIO

from ..errors import DIFFERS, EQUAL, CannotRun
from ..project.configuration import Configuration, load
from ..words import counted, fitting
from .documentation import Environment, examine, table


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command ``env``."""
    parser = subparsers.add_parser(
        "env",
        description="Exit status: 0 they agree, 1 they differ, 2 a file cannot be read.",
    )
    parser.add_argument(
        "--settings-file",
        type=Path,
        metavar="FILE",
        help="the file that reads the variables (default: that of the settings in [tool.verification])",
    )
    parser.add_argument(
        "--readme", type=Path, metavar="FILE", help="the file with their table (default: [tool.verification])"
    )
    parser.add_argument(
        "--table",
        action="store_true",
        help="print a table of the variables that the settings read, for a README that has none; compare nothing",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    configuration = _configuration(arguments.settings_file)
    settings_file = arguments.settings_file or configuration.settings_source()
    if settings_file is None:
        raise CannotRun(
            "no settings file is known",
            "name it with --settings-file, or settings in [tool.verification]",
        )
    if arguments.table:
        sys.stdout.write(table(settings_file, root=Path.cwd()))
        return EQUAL
    environment = examine(
        settings_file,
        arguments.readme or _from_here(configuration.path(configuration.readme)),
        others=[
            file for name in configuration.environment_files if (file := configuration.path(name)).is_file()
        ],
        root=Path.cwd(),
    )
    _write(environment, arguments.format, sys.stdout)
    return DIFFERS if environment.findings else EQUAL


def _from_here(file: Path) -> Path:
    """Return a path as it is written in this folder."""
    return Path(os.path.relpath(file))


def _configuration(settings_file: Path | None) -> Configuration:
    """Return the configuration of the project that the settings file is in, else of this folder."""
    for folder in settings_file.resolve().parents if settings_file else ():
        if (folder / "pyproject.toml").is_file():
            return load(folder)
    return load()


def _write(environment: Environment, style: str, output: TextIO) -> None:
    findings = environment.findings
    if style == "json":
        document = {
            "equal": not findings,
            "read": sorted(environment.variables),
            "documented": sorted({row.variable for row in environment.rows}),
            "findings": [finding.to_json() for finding in findings],
        }
        output.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    output.writelines(fitting(finding.line) + "\n" for finding in findings)
    documented = len({row.variable for row in environment.rows})
    verdict = counted(len(findings), "finding") if findings else "equal"
    output.write(f"{verdict}: {len(environment.variables)} variables read, {documented} documented\n")
