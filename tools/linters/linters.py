"""Linters of PyPI, run on the migration of each case as their manuals say."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from verification.postgres import providers
from verification.tests.deploy.store import Case, migration
from verification.tests.migrations.project_copies import copy

from .cases import AFTER, MORE

Verdicts = dict[str, list[str]]
"""Case -> the rules that have something to say."""
STYLE: Final = frozenset(
    {
        # squawk: how to write SQL that may be run twice, which types to prefer, and a limit for statements
        "prefer-robust-stmts", "prefer-bigint-over-int", "prefer-big-int", "prefer-identity", "prefer-text-field",
        "prefer-timestamptz", "require-statement-timeout", "prefer-bigint-over-smallint", "require-enum-value-ordering",
    }
)  # fmt: skip
"""Rules that speak of nearly every file, dangerous or not."""
TIMEOUT: Final = frozenset({"require-lock-timeout", "SM035"})
"""Rules that count only where a missing ``lock_timeout`` is the hazard: they speak of nearly every file as well."""
SETTINGS: Final = """
from urllib.parse import urlsplit
import os

INSTALLED_APPS += ["django_migration_linter", "django_safe_migrations"]
url = urlsplit(os.environ["LINTED_DATABASE"])
DATABASES["default"] |= {
    "NAME": url.path[1:], "USER": url.username, "PASSWORD": url.password or "", "HOST": url.hostname, "PORT": url.port,
}
"""
MANAGE: Final = """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


LINTERS: Final = {
    name: _version(name)
    for name in ("django-migration-linter", "django-safe-migrations", "zdm", "squawk-cli")
}
"""Name -> version."""


def lint(cases: Sequence[Case]) -> dict[str, Verdicts]:
    """Return what each linter says of each case."""
    found: dict[str, Verdicts] = {name: {} for name in LINTERS}
    with (
        tempfile.TemporaryDirectory() as folder,
        providers.start("embedded") as server,
        server.database() as database,
    ):
        project = copy("store", Path(folder))
        migrations = project / "goods/migrations"
        (project / "manage.py").write_text(MANAGE, encoding="utf-8")
        (migrations / f"{AFTER}.py").write_text(MORE, encoding="utf-8")
        with (project / "settings.py").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        for case in cases:
            files = {"0003_change.py": migration(case), **case.further}
            for name, text in files.items():
                (migrations / name).write_text(text, encoding="utf-8")
            names = [name.removesuffix(".py") for name in files]
            linted = _Project(project, database.url, names)
            for linter, rules in zip(
                LINTERS,
                (linted.migration_linter(), linted.safe_migrations(), linted.zdm(), linted.squawk()),
                strict=True,
            ):
                ignored = STYLE if "waits-without-lock-timeout" in case.codes else STYLE | TIMEOUT
                found[linter][case.name] = sorted(set(rules) - ignored)
            for name in files:
                (migrations / name).unlink()
    return found


class _Project:
    """The project with the migrations of one case."""

    def __init__(self, folder: Path, url: str, names: Sequence[str]) -> None:
        self.folder, self.names = folder, names
        self.variables: Mapping[str, str] = {
            **os.environ,
            "LINTED_DATABASE": url,
            "DJANGO_SETTINGS_MODULE": "settings",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        }

    def migration_linter(self) -> list[str]:
        said = self._run(
            sys.executable, "manage.py", "lintmigrations", "goods", "--include-name", *self.names, "--no-cache",
            "--sql-analyser", "postgresql", "--ignore-sqlmigrate-errors",
        )  # fmt: skip
        return re.findall(r"^\t(?:'\w+': )?(.+?)(?: \(.*)?$", said, re.MULTILINE)

    def safe_migrations(self) -> list[str]:
        said = self._run(
            sys.executable, "manage.py", "check_migrations", "goods", "--format", "json", "--database-vendor",
            "postgresql",
        )  # fmt: skip
        found = json.loads(said[said.index("{") :])["issues"] if "{" in said else []
        return [each["rule_id"] for each in found if each["migration_name"] in self.names]

    def zdm(self) -> list[str]:
        files = [f"goods/migrations/{name}.py" for name in self.names]
        said = self._run("zdm", *files, "--output-format", "json")
        return [each["rule_name"] for each in json.loads(said)["diagnostics"]] if said.strip() else []

    def squawk(self) -> list[str]:
        text = "\n".join(
            self._run(sys.executable, "manage.py", "sqlmigrate", "goods", name) for name in self.names
        )
        (self.folder / "linted.sql").write_text(text, encoding="utf-8")
        said = self._run("squawk", "--reporter", "json", "linted.sql")
        return [each["rule_name"] for each in json.loads(said)] if said.strip() else []

    def _run(self, *command: str) -> str:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        ).stdout
