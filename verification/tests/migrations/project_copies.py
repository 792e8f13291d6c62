"""The fixture projects, as they are and faulty."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest import mock

from verification.__main__ import main
from verification.migrations.execution.worker_process import Project
from verification.postgres.server import Server

HARNESS: Final = Path(__file__).parents[3]
PROJECTS: Final = Path(__file__).parent.parent / "projects"
Completed = subprocess.CompletedProcess[str]
OURS: Final = ("PYTEST_", "VERIFICATION_", "DJANGO_SETTINGS", "DB_")


def variables() -> dict[str, str]:
    """Return the environment without what the running test brought into it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def project(folder: Path) -> Project:
    """Return the harness's description of a project."""
    return Project(settings="settings", directory=folder, paths=(str(folder),), variables=variables())


def copy(name: str, directory: Path) -> Path:
    """Copy a fixture project, to be changed."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PROJECTS / name, directory / name, ignore=ignored))


@dataclass(frozen=True)
class Edit:
    """One change to one file of a project."""

    file: str
    old: str
    new: str

    def __call__(self, folder: Path) -> None:
        """Make the change; a text that is not there is a fault of the test."""
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        assert self.old in text, f"{self.file} has no {self.old!r}"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def command(folder: Path, server: Server | None, name: str, *arguments: str) -> "Completed":
    """Run a command of the harness in a project's folder, on a server that runs already.

    It runs in this process, which saves the start of an interpreter; ``command_in_process_of_its_own``
    covers that start.
    """
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, variables(), clear=True),
        chdir(folder),
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        try:
            status = main(_arguments(server, name, arguments))
        except SystemExit as end:
            status = int(end.code or 0)
    return Completed([], status, output.getvalue(), errors.getvalue())


def command_in_process_of_its_own(
    folder: Path, server: Server | None, name: str, *arguments: str
) -> "Completed":
    """Run a command as a pipeline does."""
    return subprocess.run(
        [sys.executable, "-m", "verification", *_arguments(server, name, arguments)],
        cwd=folder,
        env={**variables(), "PYTHONPATH": str(HARNESS)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _arguments(server: Server | None, name: str, arguments: Sequence[str]) -> list[str]:
    where = ["--dsn", server.url()] if server is not None else []
    return [name, "--settings", "settings", *where, *arguments]


def databases(server: Server) -> set[str]:
    """Name the databases of a server."""
    database = server.create_database()
    try:
        return {row[0] for row in database.execute("SELECT datname FROM pg_database")} - {database.name}
    finally:
        server.drop_database(database.name)
