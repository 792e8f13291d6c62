"""Runs of ``python -m verification`` over small projects, quick enough for many of them.

A process that has imported pytest and the harness forks for each run, so that a run does not pay for the imports.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

REPOSITORY: Final = Path(__file__).parents[3]
OURS: Final = ("DJANGO_SETTINGS", "DB_", "PYTEST_", "GITHUB_")
"""Beginnings of variables that a newcomer's shell does not have."""
SECONDS: Final = 150
FORKING: Final = """
import json, os, sys, warnings
import pytest
import verification.suite.commands, verification.suite.gate_hooks, verification.project.django_settings
import verification.processes.supervised, verification.report.html
import rich.table, xdist.plugin, xdist.dsession, pytest_benchmark.plugin, pytest_django.plugin, pytest_timeout
import gc, io, _pytest.config, rich.console
_pytest.config.get_config()
verification.report.html._template()
rich.console.Console(file=io.StringIO()).print("[green]verdict[/green]")
gc.freeze()
from verification.__main__ import command_line

for line in sys.stdin:
    wanted = json.loads(line)
    child = os.fork()
    if child == 0:
        output = os.open(wanted["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        errors = os.open(wanted["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, file in enumerate((nothing, output, errors)):
            os.dup2(file, number)
        os.chdir(wanted["directory"])
        os.environ.clear()
        os.environ.update(wanted["environment"])
        sys.path[0] = wanted["directory"]
        sys.argv[1:] = wanted["arguments"]
        if wanted["arguments"][:1] == ["pytest"]:
            sys.exit(pytest.main(sys.argv[2:]))
        command_line()
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: what the user saw, and the reports that it left."""

    status: int
    stdout: str
    stderr: str
    reports: Path

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def result(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.reports / "verification.json").read_text(encoding="utf-8"))
        return content

    def check(self, name: str) -> dict[str, Any]:
        return next(check for check in self.result["checks"] if check["name"] == name)

    @property
    def page(self) -> str:
        return (self.reports / "verification.html").read_text(encoding="utf-8")

    @property
    def junit(self) -> ET.Element:
        return ET.parse(self.reports / "junit.xml").getroot()[0]  # noqa: S314 - our own file

    def says_error(self) -> bool:
        """Whether every report says that the run was none: nobody can take one of them for a pass."""
        return (
            self.result["verdict"] == "error"
            and not self.result["complete"]
            and '<span class="verdict">error' in self.page
            and self.junit.get("errors") != "0"
        )


def environment(**changes: str) -> dict[str, str]:
    """Return what a newcomer's shell has: nothing of the project that runs these tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "PYTHONPATH": str(REPOSITORY), **changes}


def run_process(folder: Path, *command: str, seconds: float) -> "subprocess.CompletedProcess[str]":
    """Run a command of a newcomer's shell to its end."""
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=seconds
    )


class Runs:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def run(self, project: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> Outcome:
        """Run ``python -m verification ARGUMENTS`` in a folder, or ``pytest ARGUMENTS`` if the first one says so."""
        assert self._process.stdin
        assert self._process.stdout
        output, errors = project / "output.txt", project / "errors.txt"
        wanted = {
            "directory": str(project),
            "arguments": arguments,
            "environment": environment(**(variables or {})),
            "output": str(output),
            "errors": str(errors),
        }
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        return Outcome(
            status,
            output.read_text(encoding="utf-8"),
            errors.read_text(encoding="utf-8"),
            project / "reports",
        )

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(SECONDS)


def write(project: Path, tests: str, configuration: str = "") -> None:
    """Write a project with one module of checks."""
    project.joinpath("pyproject.toml").write_text(f"[tool.verification]\n{configuration}", encoding="utf-8")
    project.joinpath("test_mine.py").write_text(tests, encoding="utf-8")
