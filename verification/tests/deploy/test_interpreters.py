"""The base in its own interpreter: another Django, another driver, another Python; apps of several databases."""

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from verification.postgres import providers
from verification.postgres.server import Server
from verification.tests.deploy.repository import git
from verification.tests.migrations.project_copies import command, copy, databases

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

OLD: Final = ("3.11", "Django~=4.2.0", "psycopg2-binary")
USUAL: Final = ("3.11", "Django~=5.2.0", "psycopg[binary]")
OTHER_DRIVER: Final = ("3.11", "Django~=5.2.0", "psycopg2-binary")
NEW: Final = ("3.12", "Django~=6.0.0", "psycopg[binary]")
Environment = tuple[str, str, str]
"""Python, Django, driver."""

MODELS: Final = """from django.db import models


class Shop(models.Model):
    name = models.CharField(max_length=50)
    {field}
"""
FIRST: Final = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Shop", [
            ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=50)),
        ]),
    ]
"""
NEXT: Final = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("{app}", "{after}")]
    operations = [{operation}]
"""
TESTS: Final = """from django.test import TestCase

from facts.models import Fact
from shops.models import Shop


class Both(TestCase):
    databases = ["default", "warehouse"]

    def test_rows(self):
        Shop.objects.create(name="s")
        Fact.objects.create(day="2026-01-01")
        self.assertEqual((Shop.objects.count(), Fact.objects.count()), (1, 1))
"""
HARMLESS: Final = 'migrations.AddField("shop", "city", models.CharField(max_length=50, null=True))'
LOCKING: Final = 'migrations.AddIndex("fact", models.Index(fields=["id", "day"], name="facts_both_idx"))'


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own: other processes of a test run make databases on the shared one."""
    with providers.start("embedded") as own:
        yield own


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Environment], str]:
    @functools.cache
    def make(environment: Environment) -> str:
        python, *packages = environment
        folder = tmp_path_factory.mktemp("environment")
        subprocess.run([_python(python), "-m", "venv", folder], check=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *packages], check=True)
        return str(folder / "bin/python")

    return make


def _python(version: str) -> str:
    """Return an interpreter of that version or, where there is none, skip the test."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    found = shutil.which(f"python{version}")
    if not found or subprocess.run([found, "--version"], check=False, capture_output=True).returncode:
        pytest.skip(f"no Python {version}")
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Facts in one database and shops in another; the release changes both."""
    folder = copy("depots", tmp_path)
    write(folder, "settings.py", (folder / "settings.py").read_text() + 'INSTALLED_APPS += ["shops"]\n')
    write(folder, "pyproject.toml", "[tool.verification.rows]\nfacts_fact = 1\nshops_shop = 1\n")
    write(folder, ".gitignore", "__pycache__/\n")
    write(folder, "shops/__init__.py", "")
    write(folder, "shops/tests.py", TESTS)
    write(folder, "shops/models.py", MODELS.format(field=""))
    write(folder, "shops/migrations/__init__.py", "")
    write(folder, "shops/migrations/0001_initial.py", FIRST)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=base")
    city = NEXT.format(app="shops", after="0001_initial", operation=HARMLESS)
    write(folder, "shops/migrations/0002_city.py", city)
    write(folder, "shops/models.py", MODELS.format(field="city = models.CharField(max_length=50, null=True)"))
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("base", "head"),
    [
        pytest.param(OLD, USUAL, id="upgrade"),
        pytest.param(USUAL, OLD, id="downgrade"),
        pytest.param(OTHER_DRIVER, NEW, id="python"),
    ],
)
def test_a_release_that_changes_its_dependencies(
    base: Environment,
    head: Environment,
    interpreter: Callable[[Environment], str],
    project: Path,
    server: Server,
) -> None:
    """A change of either database: one that is harmless may go out, one that locks the second database's table not."""
    before = databases(server)
    options = ("--since", "main", "--rows", "2000", "--tests", "manage.py test", "--json")
    python = ("--base-python", interpreter(base), "--python", interpreter(head))
    good = command(project, server, "deploy", *options, *python)
    locking = NEXT.format(app="facts", after="0001_squashed_0002_fact_day_idx", operation=LOCKING)
    write(project, "facts/migrations/0003_both.py", locking)
    bad = command(project, server, "deploy", *options, *python)

    assert (good.returncode, bad.returncode) == (0, 1), good.stdout + good.stderr + bad.stdout + bad.stderr
    found = json.loads(bad.stdout)
    for runs_on, (version, django, driver) in ((found["base_runs_on"], base), (found["head_runs_on"], head)):
        assert f"Django {django.removeprefix('Django~=').removesuffix('.0')}" in runs_on
        assert f"Python {version}" in runs_on
        assert driver.partition("-")[0].partition("[")[0] in runs_on.split(", ")[2].split()
    stopping = {each["code"]: each["migration"] for each in found["findings"] if not each["notice"]}
    assert stopping == {"index-built-under-lock": "facts.0003_both"}
    assert {(each["database"], each["migration"]) for each in found["migrations"]} >= {
        ("default", "shops.0002_city"),
        ("warehouse", "facts.0003_both"),
    }
    assert "1 tests of the base ran on the new schema" in found["notes"]
    assert databases(server) == before
