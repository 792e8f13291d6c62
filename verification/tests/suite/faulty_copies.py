"""A copy of the project under verification, to be broken on purpose, and the commands run over it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verification.project.configuration import Configuration

HARNESS: Final = Path(__file__).parents[3]
SUITE: Final = HARNESS / "verification" / "suite"
OURS: Final = ("PYTEST_", "VERIFICATION_", "DJANGO_SETTINGS", "DB_")
"""Beginnings of variables that a newcomer's shell does not have."""
DEPLOYMENT: Final = (".env.example", "compose.yaml", "Dockerfile", "deploy")
"""Where a deployment sets variables."""
IGNORED: Final = shutil.ignore_patterns("__pycache__", "*.sqlite3", "staticfiles", "tests", "node_modules")


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and the checks of ``run`` by name."""

    status: int
    stdout: str
    stderr: str
    checks: dict[str, dict[str, Any]]

    @property
    def output(self) -> str:
        """All that the user saw, each run of blanks as one."""
        return " ".join((self.stdout + self.stderr).split())


def copy_project(configuration: Configuration, target: Path, *left_out: str) -> Path:
    """Copy what the configuration names of the project; keys of its table can be left out."""
    lines = (configuration.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f"{key} =" for key in left_out))]
    target.joinpath("pyproject.toml").write_text("\n".join(kept), encoding="utf-8")
    for name in (configuration.readme, configuration.gunicorn_config, *configuration.environment_files):
        shutil.copy(configuration.path(name), target / name)
    for name in DEPLOYMENT:
        if (source := configuration.path(name)).is_dir():
            shutil.copytree(source, target / name, ignore=IGNORED)
        elif source.is_file():
            shutil.copy(source, target / name)
    for name in configuration.paths:
        shutil.copytree(configuration.path(name), target / name, ignore=IGNORED)
    return target


def harness(project: Path, *arguments: str, seconds: int = 200) -> Outcome:
    """Run a command of the harness over a copy, as a pipeline would."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    process = subprocess.run(
        [sys.executable, "-m", "verification", *arguments],
        cwd=project,
        env=variables | {"PYTHONPATH": str(HARNESS)},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    report = project / "reports" / "verification.json"
    checks = json.loads(report.read_text(encoding="utf-8"))["checks"] if report.exists() else []
    return Outcome(
        process.returncode, process.stdout, process.stderr, {check["name"]: check for check in checks}
    )


def gate(project: Path, *arguments: str, provider: str = "embedded", seconds: int = 200) -> Outcome:
    """Run checks of the gate over a copy: ``test_health.py::test_purity`` and pytest's arguments."""
    paths = [f"{SUITE}/{each}" if each.partition("::")[0].endswith(".py") else each for each in arguments]
    return harness(project, "run", "--provider", provider, *paths, seconds=seconds)
