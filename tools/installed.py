"""Runs every command of the installed harness in a new Django project: ``tox -e wheel``.

Exit status 1, with the output of the command, if one does not end as it should.
"""

import json
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

CONFIGURATION: Final = '[tool.verification]\nsettings = "mysite.settings"\n'
CHECK: Final = '''
def test_query(verification_check, verification_server):
    """The server answers."""
    with verification_server.database() as database:
        verification_check.measure("rows", len(database.execute("SELECT 1")), "count", limit=1)
'''
README: Final = "| Variable | Description | Default |\n|---|---|---|\n| `GREETING` | A word | `hello` |\n"
MODELS: Final = """
from django.db import models

class Book(models.Model):
    title = models.CharField(max_length=50)
"""


def main() -> int:
    """Make the project, run the commands, and return the exit status."""
    if find_spec("verification"):
        sys.exit("installed: the environment has a package `verification`, which may be a project's")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        _make_project(folder)
        return _run_all(folder)


def _make_project(folder: Path) -> None:
    for command in (
        ("django", "startproject", "mysite", "."),
        ("django", "startapp", "books"),
        ("django", "startapp", "verification"),
    ):
        subprocess.run([sys.executable, "-m", *command], cwd=folder, check=True)
    settings = folder / "mysite" / "settings.py"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace(
            "INSTALLED_APPS = [", "INSTALLED_APPS = [\n    'books',\n    'verification',"
        )
        + 'import os\nGREETING = os.environ.get("GREETING", "hello")\n',
        encoding="utf-8",
    )
    for app in ("books", "verification"):
        (folder / app / "models.py").write_text(MODELS, encoding="utf-8")
    (folder / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")
    (folder / "test_ours.py").write_text(CHECK, encoding="utf-8")
    for arguments in (
        ("makemigrations", "books", "verification"),
        ("squashmigrations", "books", "0001", "--no-input"),
    ):
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=folder, check=True)


def _run_all(folder: Path) -> int:
    providers = import_module("django_postgres_verification.postgres.providers")
    with providers.start("embedded") as server, server.database() as left, server.database() as right:
        right.execute("CREATE TABLE extra (id integer)")
        embedded, settings = ("--provider", "embedded"), ("--settings", "mysite.settings")
        wanted: list[tuple[int, tuple[str, ...]]] = [
            (0, ("--help",)),
            (0, ("doctor",)),
            (0, ("snapshot", left.url, "-o", "left.json")),
            (0, ("diff", left.url, "left.json")),
            (1, ("diff", left.url, right.url)),
            (0, ("squash", *settings, *embedded)),
            (1, ("drift", left.url, *settings, *embedded)),
            (0, ("env", "--settings-file", "mysite/settings.py", "--readme", "README.md")),
            (0, ("run", *embedded, "test_ours.py")),
            (0, ("explain", "table-rewritten")),
            (2, ("explain", "table-written")),
            (0, ("report", "reports/verification.json", "-o", "again.html")),
            (2, ("run", "--provider", "existing")),
        ]
        failed = [arguments[0] for status, arguments in wanted if not _ends(folder, status, arguments)]
    print(json.dumps({"commands": len(wanted), "failed": failed}))
    return 1 if failed else 0


def _ends(folder: Path, status: int, arguments: tuple[str, ...]) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "django_postgres_verification", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    good = done.returncode == status and "Traceback" not in done.stdout
    print(
        f"{'ok  ' if good else 'FAIL'} {arguments[0]}: exit status {done.returncode}, expected {status}",
        flush=True,
    )
    if not good:
        print(done.stdout)
    return good


if __name__ == "__main__":
    sys.exit(main())
