"""A repository with one commit for each release, and the command ``deploy`` between two of them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from verification.postgres.server import Server
from verification.tests.deploy.repository import git
from verification.tests.migrations.project_copies import variables

HARNESS: Final = Path(__file__).parents[2]
SECONDS: Final = 1800
Write = Callable[[Path], None]
"""Puts the files of one release into the folder."""


@dataclass(frozen=True)
class Judged:
    """What the command said of one release."""

    name: str
    status: int
    result: Mapping[str, Any] = field(default_factory=dict)
    """Its JSON; empty if it could not run."""
    errors: str = ""

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        """Return its findings, those that stop the deploy first."""
        return sorted(self.result.get("findings", []), key=lambda each: bool(each["notice"]))


def judge(
    folder: Path, releases: Sequence[tuple[str, Write]], server: Server, *, rows: int, python: str = ""
) -> Iterator[Judged]:
    """Judge each release but the first, with the one before it as the base."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number, (name, write) in enumerate(releases):
        write(folder)
        git(folder, "add", "--all", "--force")
        git(folder, "commit", "--quiet", "--allow-empty", f"--message={name}")
        if number:
            judged = _deploy(folder, name, server, rows, python)
            print(_line(judged), flush=True)
            yield judged


def _deploy(folder: Path, name: str, server: Server, rows: int, python: str) -> Judged:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "verification", "deploy", "--since", "HEAD~1", "--settings", "settings"),
            *("--dsn", server.url(), "--rows", str(rows), "--json"),
            *(("--python", python) if python else ()),
        ],
        cwd=folder,
        env={**variables(), "PYTHONPATH": str(HARNESS), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    result = json.loads(done.stdout) if done.returncode < 2 and done.stdout else {}  # noqa: PLR2004 - could not run
    return Judged(name, done.returncode, result, done.stderr.strip())


def _line(judged: Judged) -> str:
    said = [f"{each['code']}{' (notice)' if each['notice'] else ''}" for each in judged.findings]
    return f"{judged.name}: {judged.status} {', '.join(said) or judged.errors[-300:] or '-'}"


def copied(source: Path, target: Path) -> None:
    """Copy a file or a folder, in the place of what is there."""
    if target.is_dir():
        shutil.rmtree(target)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def run(*command: str | Path) -> None:
    """Run a command that must succeed. Raises ``RuntimeError`` with what it printed."""
    done = subprocess.run(command, env={**os.environ}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-500:]}")
