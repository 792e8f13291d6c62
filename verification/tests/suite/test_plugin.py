"""The pytest plugin in other projects: free of charge until it is asked, then one server for the whole run."""

import subprocess
import sys
from pathlib import Path

import pytest

from verification.tests.suite.gate_runs import REPOSITORY, SECONDS, Runs, run_process, write

HEAVY = ("django", "psycopg", "psycopg2", "testcontainers", "docker", "jinja2", "rich")
REPORT_MODULES = f"""
import sys, pytest
status = pytest.main(sys.argv[1:])
heavy = [name for name in {HEAVY} if name in sys.modules]
print("modules:", "verification.pytest_plugin" in sys.modules, *heavy)
sys.exit(status)
"""


def run_pytest(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return run_process(project, sys.executable, "-c", REPORT_MODULES, *arguments, seconds=SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize("named_too", [(), ("-p", "django_postgres_verification.pytest_plugin")])
def test_an_installed_plugin_imports_nothing_for_a_project_that_does_not_use_it(
    tmp_path: Path, named_too: tuple[str, ...]
) -> None:
    """Named again on the command line or in a conftest.py, it is still loaded once."""
    (tmp_path / "test_theirs.py").write_text(
        "import os\ndef test_x(): assert 'DJANGO_SETTINGS_MODULE' not in os.environ\n", encoding="utf-8"
    )
    if named_too:
        (tmp_path / "conftest.py").write_text(
            "pytest_plugins = ['django_postgres_verification.pytest_plugin']\n", encoding="utf-8"
        )

    done = run_pytest(tmp_path, "-q", *named_too)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "modules: True"


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--collect-only", "-q", "verification/tests/report/test_report.py")]
)
def test_this_repository_starts_nothing_either(arguments: tuple[str, ...]) -> None:
    """Neither for help nor to collect tests of the harness; without a driver there is no server."""
    done = run_pytest(REPOSITORY, *arguments, "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout + done.stderr
    imported = done.stdout.splitlines()[-1].split()
    assert imported[:2] == ["modules:", "True"]
    assert not set(imported) & {"django", "psycopg", "psycopg2", "testcontainers", "docker"}


THEIR_TESTS = """
import os
import pytest
from django.db import connection

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(4))
def test_database(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('port'), current_database(), version()")
        port, database, version = cursor.fetchone()
    assert os.environ["SHOP_PORT"] == port == str(connection.settings_dict["PORT"])
    with open("seen.txt", "a") as file:
        file.write(f"{port} {database}\\n")
"""
THEIR_SETTINGS = """
import os
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "PORT": os.environ["SHOP_PORT"]}}
SECRET_KEY = "theirs"
INSTALLED_APPS = ["django.contrib.contenttypes"]
"""


@pytest.mark.slow
def test_parallel_workers_share_one_server_that_ends_with_the_run(tmp_path: Path) -> None:
    """pytest-django's database is on the server, which starts when a worker first needs it."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.verification]\nsettings = 'shop_settings'\n"
        "[tool.verification.database_environment]\nport = 'SHOP_PORT'\n",
        encoding="utf-8",
    )
    (tmp_path / "shop_settings.py").write_text(THEIR_SETTINGS, encoding="utf-8")
    (tmp_path / "test_theirs.py").write_text(THEIR_TESTS, encoding="utf-8")

    done = run_pytest(tmp_path, "-n", "2", "--verification-provider", "embedded")

    assert done.returncode == 0, done.stdout + done.stderr
    seen = {tuple(line.split()) for line in (tmp_path / "seen.txt").read_text().splitlines()}
    ports = {port for port, _ in seen}
    assert len(ports) == 1
    assert {database.rpartition("_")[2] for _, database in seen} == {"gw0", "gw1"}
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"-p {ports.pop()}" not in running


def test_settings_that_do_not_load_are_an_error_of_collection(runs: Runs, tmp_path: Path) -> None:
    """In one line, and with no server."""
    write(tmp_path, "def test_x(): ...\n", "settings = 'shop_settings'\n")
    (tmp_path / "shop_settings.py").write_text("DATABASES = undefined\n", encoding="utf-8")

    done = runs.run(
        tmp_path,
        "pytest",
        "-p",
        "django_postgres_verification.pytest_plugin",
        "--verification-provider",
        "embedded",
    )

    assert done.status == pytest.ExitCode.INTERRUPTED, done.output
    assert "settings module shop_settings: NameError: name 'undefined' is not defined" in done.stdout
    assert "Traceback" not in done.stdout
