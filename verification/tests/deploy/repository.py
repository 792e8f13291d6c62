"""The store as a repository, with one commit."""

import subprocess
from pathlib import Path
from typing import Final

from verification.tests.deploy.store import Case, migration

CHANGE: Final = "goods/migrations/0002_change.py"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def write(project: Path, operations: str, functions: str = "") -> None:
    (project / CHANGE).write_text(migration(Case("", operations, functions=functions)), encoding="utf-8")
