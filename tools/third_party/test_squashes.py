"""``squash`` on projects of other people: each in an environment of its own, each with a known outcome."""

import json
import os
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from verification.postgres.server import Server

from tools.third_party.cases import CASES, Case

HARNESS: Final = Path(__file__).parents[2]
FOLDERS: Final = Path(__file__).parent / "projects"
INSTALL_SECONDS: Final = 1200
RUN_SECONDS: Final = 2400
OURS: Final = ("PYTEST_", "VERIFICATION_", "DJANGO_SETTINGS", "DB_")


def environment(directory: Path, requirements: tuple[str, ...]) -> Path:
    """Make a virtual environment with these packages and none of the harness's; give its interpreter."""
    venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", *requirements],
        capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return python


def squash(case: Case, python: Path, directory: Path, server: Server) -> "subprocess.CompletedProcess[str]":
    """Run the command in the folder of the project's settings, or in an empty one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [
            sys.executable, "-m", "verification", "squash", "--settings", case.settings,
            "--python", str(python), "--dsn", server.url(), "--format", "json",
        ],
        cwd=FOLDERS / case.folder if case.folder else directory,
        env={**kept, "PYTHONPATH": str(HARNESS), "PYTHONDONTWRITEBYTECODE": "1", **case.variables},
        capture_output=True, text=True, timeout=RUN_SECONDS, check=False,
    )  # fmt: skip


def named(squashes: list[dict[str, Any]], where: str) -> frozenset[tuple[str, str, str, str]]:
    """Give what distinguishes one difference from another."""
    return frozenset(
        (each["kind"], each["object"], each["change"], each["attribute"] or "")
        for entry in squashes
        for each in entry[where]
    )


@pytest.mark.timeout(INSTALL_SECONDS + RUN_SECONDS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_project_of_other_people_comes_to_its_known_outcome(
    case: Case, verification_server: Server, tmp_path: Path
) -> None:
    """Status, squashes and every difference are those that findings.md explains."""
    python = environment(tmp_path / "environment", case.requirements)

    done = squash(case, python, tmp_path, verification_server)

    assert done.returncode == (1 if case.outcome.differences else 0), done.stderr
    found = json.loads(done.stdout)["squashes"]
    assert Counter(entry["app"] for entry in found) == case.outcome.squashes
    assert named(found, "differences") == case.outcome.differences
    information = named(found, "information")
    assert {name for _, name, _, attribute in information if attribute == "column_order"} == (
        case.outcome.reordered
    )
