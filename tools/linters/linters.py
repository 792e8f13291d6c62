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

LINT_EACH: Final = """
import sys, django
from django.core.management import call_command
django.setup()
for name in sys.argv[1:]:
    try:
        call_command("lintmigrations", "goods", name, no_cache=True, sql_analyser="postgresql",
                     ignore_sqlmigrate_errors=True)
    except (Exception, SystemExit) as error:  # an error of sqlmigrate that it does not ignore must not end the others
        print(name, error, file=sys.stderr)
"""
TO_SQL: Final = """
import sys, django
from django.core.management import call_command
django.setup()
for name in sys.argv[1:]:
    with open(name + ".sql", "w") as file:
        try:
            call_command("sqlmigrate", "goods", name, stdout=file)
        except Exception as error:
            print(name, error, file=sys.stderr)
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
    """Return what each linter says of each case: all migrations stand side by side after the base's last one."""
    with (
        tempfile.TemporaryDirectory() as folder,
        providers.start("embedded") as server,
        server.database() as database,
    ):
        project = copy("store", Path(folder))
        (project / "manage.py").write_text(MANAGE, encoding="utf-8")
        (project / f"goods/migrations/{AFTER}.py").write_text(MORE, encoding="utf-8")
        with (project / "settings.py").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        names = {case.name: _write(project, number, case) for number, case in enumerate(cases)}
        project_of = _Project(project, database.url, [each for some in names.values() for each in some])
        said = (
            project_of.migration_linter(), project_of.safe_migrations(), project_of.zdm(), project_of.squawk(),
        )  # fmt: skip
    return {
        linter: {
            case.name: sorted(
                {rule for name in names[case.name] for rule in rules.get(name, ())}
                - (STYLE if "waits-without-lock-timeout" in case.codes else STYLE | TIMEOUT)
            )
            for case in cases
        }
        for linter, rules in zip(LINTERS, said, strict=True)
    }


def _write(project: Path, number: int, case: Case) -> list[str]:
    """Write the migrations of a case under names of its own, and return these."""
    names = []
    for name, text in {"0003_change.py": migration(case), **case.further}.items():
        if text is None:
            continue
        names.append(f"c{number:03}_{name.removesuffix('.py')}")
        own = text.replace("0003_change", f"c{number:03}_0003_change")
        (project / f"goods/migrations/{names[-1]}.py").write_text(own, encoding="utf-8")
    return names


Rules = dict[str, list[str]]
"""Migration -> rules."""


class _Project:
    """The project with the migrations of all cases."""

    def __init__(self, folder: Path, url: str, names: Sequence[str]) -> None:
        self.folder, self.names = folder, names
        self.variables: Mapping[str, str] = {
            **os.environ,
            "LINTED_DATABASE": url,
            "DJANGO_SETTINGS_MODULE": "settings",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        }

    def migration_linter(self) -> Rules:
        said = self._run(sys.executable, "-c", LINT_EACH, *self.names)
        found: Rules = {}
        for name, text in re.findall(r"^\(goods, (\w+)\)\.\.\. \w+\n((?:\t.*\n)*)", said, re.MULTILINE):
            found[name] = re.findall(r"^\t(?:'\w+': )?(.+?)(?: \(.*)?$", text, re.MULTILINE)
        return found

    def safe_migrations(self) -> Rules:
        said = self._run(
            sys.executable, "manage.py", "check_migrations", "goods", "--format", "json", "--database-vendor",
            "postgresql",
        )  # fmt: skip
        found: Rules = {}
        for each in json.loads(said[said.index("{") :])["issues"]:
            found.setdefault(each["migration_name"], []).append(each["rule_id"])
        return found

    def zdm(self) -> Rules:
        files = [f"goods/migrations/{name}.py" for name in self.names]
        found: Rules = {}
        for each in json.loads(self._run("zdm", *files, "--output-format", "json"))["diagnostics"]:
            found.setdefault(Path(each["path"]).stem, []).append(each["rule_name"])
        return found

    def squawk(self) -> Rules:
        self._run(sys.executable, "-c", TO_SQL, *self.names)
        said = self._run("squawk", "--reporter", "json", *(f"{name}.sql" for name in self.names))
        found: Rules = {}
        for each in json.loads(said):
            found.setdefault(Path(each["file"]).stem, []).append(each["rule_name"])
        return found

    def _run(self, *command: str) -> str:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        ).stdout
