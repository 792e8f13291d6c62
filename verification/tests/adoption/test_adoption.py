"""``init`` alone adopts a project: the gate is then green, and what is really wrong turns it red."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from verification.adoption.missing_variables import variable_in
from verification.migrations.equivalence.models_ignored import judge
from verification.schema.comparison.difference import Difference
from verification.tests.adoption.layouts import LAYOUTS, append, edit, plain, start_project
from verification.tests.suite.gate_runs import Outcome, Runs, environment, run_process

EXPECTED: Final[dict[str, dict[str, Any]]] = {
    "plain": {"settings": "mysite.settings", "apps": ["shop"], "wsgi": "mysite.wsgi:application", "health_path": ""},
    "with_celery_and_health": {
        "health_path": "/health/", "health_view": "mysite.urls.health", "celery_app": "mysite.celery:app",
    },
    "on_uvicorn": {"asgi": "mysite.asgi:application", "health_path": "/health/"},
    "on_granian": {"asgi": "mysite.asgi:application", "server": "granian"},
    "in_src": {"paths": ["src"], "settings": "mysite.settings"},
    "settings_package": {"settings": "mysite.settings.production", "generated_secrets": ["SHOP_SECRET_KEY"]},
    "config_package": {"settings": "config.settings", "paths": ["shop_project"], "wsgi": "config.wsgi:application"},
    "several_apps": {"apps": ["orders", "shop", "stock"]},
    "custom_user": {"apps": ["shop"]},
    "postgres_by_name": {"settings": "mysite.settings"},
    "database_url": {"generated_secrets": ["SECRET_KEY"]},
    "two_databases": {"settings": "mysite.settings"},
    "without_wsgi_setting": {"wsgi": "mysite.wsgi:application", "health_path": ""},
}  # fmt: skip
"""Layout -> a part of what is written for it."""
COMMON: Final = ("with_celery_and_health", "postgres_by_name")
"""The layouts that are always tried; the others with LONG_TESTS (`tox -e long`)."""
MINUTES: Final = 600
RUN_SQL: Final = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunSQL("CREATE INDEX shop_by_price ON shop_product (price)", "DROP INDEX shop_by_price")]
"""


def adopt(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``init`` in a folder."""
    return run_process(root, sys.executable, "-m", "verification", "init", *arguments, seconds=MINUTES)


def table(root: Path) -> dict[str, Any]:
    """Return what is written."""
    found: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["verification"]
    return found


def gate(root: Path, *arguments: str) -> Outcome:
    """Run the gate as a new user does, in a process of its own."""
    words = ("-m", "verification", "run", "--provider", "embedded", *arguments)
    done = run_process(root, sys.executable, *words, seconds=MINUTES)
    return Outcome(done.returncode, done.stdout, done.stderr, root / "reports")


def verdicts(outcome: Outcome) -> dict[str, str]:
    """Return check -> verdict."""
    return {check["name"]: check["verdict"] for check in outcome.result["checks"]}


@pytest.mark.slow
@pytest.mark.timeout(MINUTES)
@pytest.mark.parametrize("layout", LAYOUTS if os.environ.get("LONG_TESTS") else COMMON)
def test_init_alone_makes_the_gate_green(layout: str, tmp_path: Path) -> None:
    """Whatever the layout: no traceback, nothing red, and what runs is what the project has."""
    LAYOUTS[layout](tmp_path)

    adopted = adopt(tmp_path)
    assert adopted.returncode == 0, adopted.stderr
    written = table(tmp_path)
    assert written | EXPECTED[layout] == written

    outcome = gate(tmp_path)
    assert outcome.status == 0, outcome.output
    assert "Traceback" not in outcome.output
    found = verdicts(outcome)
    assert {"passed", "not applicable"} >= set(found.values())
    assert [found[f"schema.{name}"] for name in ("readers", "written", "models")] == ["passed"] * 3
    assert found["schema.squash"] == "not applicable"
    assert found["health.purity"] == ("passed" if written["health_path"] else "not applicable")
    assert f"{sum(each == 'not applicable' for each in found.values())} not applicable" in outcome.stdout


def test_a_table_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """What else pyproject.toml holds stays, comments included."""
    plain(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"  # ours\nversion = "1"\n')

    assert adopt(tmp_path).returncode == 0
    first = (tmp_path / "pyproject.toml").read_text()
    again = adopt(tmp_path)
    printed = adopt(tmp_path, "--print")

    assert again.returncode == 2
    assert "has [tool.verification] already" in again.stderr
    assert '[project]\nname = "shop"  # ours\nversion = "1"\n\n[tool.verification]\n' in first
    assert (tmp_path / "pyproject.toml").read_text() == first
    assert tomllib.loads(printed.stdout)["tool"]["verification"] == table(tmp_path)
    edit(
        tmp_path / "pyproject.toml",
        ('health_path = ""', 'health_path = "/mine"\nenvironment = {SHOP_MODE = "b"}'),
    )
    append(
        tmp_path / "mysite/settings.py",
        "import os\nif os.environ['SHOP_MODE'] != 'b': raise SystemExit\n",
    )
    assert adopt(tmp_path, "--force").returncode == 0
    assert table(tmp_path)["health_path"] == ""
    assert table(tmp_path)["environment"] == {"SHOP_MODE": "b"}


PING_AND_STATUS: Final = """
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseNotFound
from shop.models import Ping

class Open(admin.AdminSite):
    def admin_view(self, view, cacheable=False):
        return lambda request, **names: HttpResponse("no login here")

site = Open()
site.register(Ping)
urlpatterns = [
    path("admin/", site.urls),
    path("a/status/", lambda request: HttpResponse(User.objects.count())),
    path("b/status/", lambda request: HttpResponse(User.objects.count())),
    path("c/status/", lambda request: HttpResponseNotFound()),
]
"""


@pytest.mark.slow
def test_a_page_of_the_admin_is_no_health_path(tmp_path: Path) -> None:
    """The pages of a model named Ping answer 200; what else might be one is named in one line, with the reason."""
    package = start_project(tmp_path)
    append(tmp_path / "shop" / "models.py", "\n\nclass Ping(models.Model):\n    pass\n")
    append(package / "urls.py", PING_AND_STATUS)

    adopted = adopt(tmp_path)

    assert table(tmp_path)["health_path"] == "", adopted.stderr
    said = "/a/status/, /b/status/: asks for the database 'default'; /c/status/: answers 404"
    assert f"no health path that answers 200 without a database ({said})" in adopted.stdout
    assert "/admin" not in adopted.stdout


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no manage.py and no file that names DJANGO_SETTINGS_MODULE"),
        ({"pyproject.toml": "[tool"}, "not valid TOML"),
        (
            {"manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'gone.settings')\n"},
            "gone",
        ),
        (
            {
                "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mine')\n"
                "from django.core.management import execute_from_command_line as run\nrun([])\n",
                "mine.py": "raise SystemExit('not today')\n",
            },
            "SystemExit: not today",
        ),
    ],
)
def test_what_is_no_project_is_one_line(files: dict[str, str], words: str, tmp_path: Path) -> None:
    """Status 2, the cause, no traceback, nothing written."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    adopted = adopt(tmp_path)

    assert adopted.returncode == 2
    assert words in adopted.stderr
    assert len(adopted.stderr.strip().splitlines()) == 1
    assert {each.name for each in tmp_path.iterdir()} - {"__pycache__"} == set(files)


@pytest.mark.slow
@pytest.mark.timeout(MINUTES)
def test_an_adopted_project_goes_red(tmp_path: Path, runs: Runs) -> None:
    """A forgotten migration, an index that the models lack, an ignored difference that is none, a required subject."""
    plain(tmp_path)
    adopt(tmp_path)
    (tmp_path / "shop/migrations/0002_sql.py").write_text(RUN_SQL)
    configuration = (tmp_path / "pyproject.toml").read_text()
    schema = ("run", "--provider", "embedded", "-k", "schema")

    def run(extra: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Return the exit status and the checks, before the next run writes its own."""
        (tmp_path / "pyproject.toml").write_text(configuration + extra)
        outcome = runs.run(tmp_path, *schema)
        return outcome.status, {check["name"]: check for check in outcome.result["checks"]}

    status, checks = run("")
    assert (status, checks["schema.models"]["verdict"]) == (1, "failed")
    assert "shop_by_price" in checks["schema.models"]["reason"]

    status, checks = run('models_ignore = { "index public.shop_product.shop_by_price" = "for the report" }\n')
    assert status == 0, checks
    assert "for the report" in str(checks["schema.models"])

    ignored = '"index public.shop_*" = "for the report"'
    status, checks = run(f'models_ignore = {{ {ignored}, "table public.gone" = "old" }}\n')
    assert status == 1
    assert "'table public.gone' is no difference any more" in checks["schema.models"]["reason"]

    status, checks = run(f'models_ignore = {{ {ignored} }}\nrequire = ["squash"]\n')
    assert (status, checks["schema.squash"]["verdict"]) == (2, "error")
    assert "requires 'squash'" in checks["schema.squash"]["reason"]

    edit(tmp_path / "shop/models.py", ("max_length=100", "max_length=99"))
    status, checks = run("")
    assert (status, checks["schema.written"]["verdict"]) == (1, "failed")


@pytest.mark.parametrize(
    ("kind", "message", "variable"),
    [
        ("KeyError", "'SHOP_KEY'", "SHOP_KEY"),
        ("ImproperlyConfigured", "Set the DATABASE_URL environment variable", "DATABASE_URL"),
        ("UndefinedValueError", "token not found. Declare it as envvar or define a default value.", "token"),
        ("EnvError", 'Environment variable "REDIS_URL" not set', "REDIS_URL"),
        ("ValidationError", "1 validation error for Settings\nsecret_key\n  Field required ", "SECRET_KEY"),
        ("RuntimeError", "please set SHOP_MODE", "SHOP_MODE"),
        ("ModuleNotFoundError", "No module named 'shop'", ""),
        ("ValueError", "invalid literal for int() with base 10: 'x'", ""),
    ],
)  # fmt: skip
def test_the_variable_that_an_error_is_about(kind: str, message: str, variable: str) -> None:
    """As os.environ, django-environ, decouple, environs, pydantic-settings and people say it."""
    assert variable_in(message, kind) == variable


@pytest.mark.parametrize(
    ("kind", "attribute", "left", "right", "counts"),
    [
        ("constraint", "name", "shop_product_code_7d0ed173_uniq", "shop_product_code_key", False),
        ("constraint", "name", "a_b_id_2d4e4f5c_fk_shop_b_id", "c_b_id_9a4e4f5c_fk_shop_b_id", False),
        ("index", "name", "shop_product_code_7d0ed173_like", "shop_article_code_8d0ed173_like", False),
        ("column", "identity_sequence", "public.shop_product_id_seq", "public.shop_article_id_seq", False),
        ("constraint", "name", "shop_product_code_7d0ed173_uniq", "one_code", True),  # of Meta.constraints
        (
            "index",
            "name",
            "shop_produc_code_7d0ed1_idx",
            "shop_produc_code_9d0ed1_idx",
            True,
        ),  # of Meta.indexes
        ("table", "name", "shop_key", "store_key", True),
        ("constraint", "columns", "a_key", "b_key", True),
    ],
)
def test_names_that_nobody_chose_are_no_difference_of_models(
    kind: str, attribute: str, left: str, right: str, counts: bool
) -> None:
    """Django finds such objects by their columns, and names of Meta by their name."""
    difference = Difference(kind, f"public.shop.{left}", "changed", attribute, left, right)

    judged = judge([difference], {})

    assert (bool(judged.differences), bool(judged.ignored)) == (counts, not counts)


@pytest.mark.slow
def test_doctor_names_what_each_check_needs(tmp_path: Path) -> None:
    """Beside the servers that work: subjects that are there, and what to do about the others."""
    plain(tmp_path)
    adopt(tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "verification", "doctor"],
        cwd=tmp_path,
        env=environment(COLUMNS="200"),
        capture_output=True,
        text=True,
        check=False,
        timeout=MINUTES,
    )

    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert lines["settings"].split()[1] == "yes"
    assert lines["celery"].split()[1] == "no"
    assert "celery_app" in done.stdout
