"""``python -m verification env``: compare a settings file with a README."""

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

from ..project.configuration import Configuration, load
from ..words import counted, fitting
from .documentation import Environment, examine


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command ``env``."""
    parser = subparsers.add_parser(
        "env",
        description="Exit status: 0 they agree, 1 they differ, 2 a file cannot be read.",
    )
    parser.add_argument("--settings-file", type=Path, required=True, metavar="FILE")
    parser.add_argument("--readme", type=Path, required=True, metavar="FILE")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(handler=_handle)


def _handle(arguments: argparse.Namespace) -> int:
    configuration = _configuration(arguments.settings_file)
    environment = examine(
        arguments.settings_file,
        arguments.readme,
        others=[
            file for name in configuration.environment_files if (file := configuration.path(name)).is_file()
        ],
        root=Path.cwd(),
    )
    _write(environment, arguments.format, sys.stdout)
    return 1 if environment.findings else 0


def _configuration(settings_file: Path) -> Configuration:
    """Return the configuration of the project that the settings file is in, else of this folder."""
    for folder in settings_file.resolve().parents:
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
