"""The wheel alone in another project's environment, with an app ``verification`` in the project: ``tox -e wheel``.

Every command is run there: without a driver and without extras, where one line must say what is missing, then with
psycopg 3 alone and with psycopg2 alone. Exit status 1, with the output of a command that does not end as it should.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import published

NAME: Final = "django-postgres-verification"
CONFIGURATION: Final = """
[tool.verification]
settings = "mysite.settings"
wsgi = "mysite.wsgi:application"
health_path = "/health"
"""
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
HEALTH: Final = """
from django.http import JsonResponse
urlpatterns.append(path("health", lambda request: JsonResponse({"status": "healthy"})))
"""
DATABASES: Final = """
import json, sys
from django_postgres_verification.postgres import providers
with providers.start("embedded") as server, server.database() as left, server.database() as right:
    right.execute("CREATE TABLE extra (id integer)")
    print(json.dumps([left.url, right.url]), flush=True)
    sys.stdin.read()
"""
"""Starts two databases that differ in a table, prints their URLs, and ends with its standard input."""
EMBEDDED: Final = ("--provider", "embedded")
DRIVER: Final = "psycopg[binary] or psycopg2-binary"
"""What to install, in the message of a command that cannot do without."""
HELP: Final = (
    "init",
    "doctor",
    "run",
    "diff",
    "snapshot",
    "squash",
    "drift",
    "deploy",
    "explain",
    "env",
    "report",
)
SETTINGS: Final = ("--settings", "mysite.settings")
ENVIRONMENT: Final = ("--settings-file", "mysite/settings.py", "--readme", "README.md")


@dataclass(frozen=True)
class Command:
    """One command, the status that it must end with, and a text that it must print."""

    status: int
    arguments: Sequence[str]
    says: str = ""


class Installation:
    """An environment with the wheel, and a project beside it."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self._python = folder / "environment" / "bin" / "python"
        self._wheels = folder / "wheels"
        self.failed: list[str] = []
        _run([sys.executable, "-m", "venv", folder / "environment"])
        _run(
            [self._python, "-m", "pip", "wheel", "-qq", "--no-deps", "-w", self._wheels, published.REPOSITORY]
        )
        self.install()

    def install(self, *extras: str) -> None:
        """Install the wheel with some extras."""
        (wheel,) = self._wheels.glob("*.whl")
        self.pip("install", f"{wheel}[{','.join(extras)}]" if extras else str(wheel))

    def pip(self, command: str, *arguments: str) -> None:
        """Run pip in the environment."""
        _run([self._python, "-m", "pip", "-qq", "--disable-pip-version-check", command, *arguments])

    def size(self) -> int:
        """Return what the environment's packages take, in MB, without pip and setuptools."""
        (packages,) = (self._python.parents[1] / "lib").glob("python3*/site-packages")
        ours = [
            file
            for file in packages.rglob("*")
            if file.relative_to(packages).parts[0][:3] not in {"pip", "set"}
        ]
        return sum(file.stat().st_size for file in ours if file.is_file()) // 1_000_000

    def make_project(self) -> None:
        """Make the project, with a squashed migration."""
        self.project.mkdir()
        for command in (("startproject", "mysite", "."), ("startapp", "books"), ("startapp", "verification")):
            _run([self._python, "-m", "django", *command], self.project)
        settings = self.project / "mysite" / "settings.py"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace(
                "INSTALLED_APPS = [", "INSTALLED_APPS = [\n    'books',\n    'verification',"
            )
            + 'import os\nGREETING = os.environ.get("GREETING", "hello")\n',
            encoding="utf-8",
        )
        for app in ("books", "verification"):
            (self.project / app / "models.py").write_text(MODELS, encoding="utf-8")
        with (self.project / "mysite" / "urls.py").open("a", encoding="utf-8") as urls:
            urls.write(HEALTH)
        for name, text in {
            "pyproject.toml": CONFIGURATION,
            "README.md": README,
            "test_ours.py": CHECK,
        }.items():
            (self.project / name).write_text(text, encoding="utf-8")
        for arguments in (
            ("makemigrations", "books", "verification"),
            ("makemigrations", "books"),
            ("squashmigrations", "books", "0002", "--no-input"),
        ):
            _run([self._python, "manage.py", *arguments], self.project)
            # The second migration adds a field.
            changed = f"{MODELS}    pages = models.IntegerField(null=True)\n"
            (self.project / "books" / "models.py").write_text(changed, encoding="utf-8")

    def leave_report(self) -> None:
        """Leave what looks like an earlier run's report: a run that cannot start must not keep it."""
        reports = self.project / "reports"
        reports.mkdir()
        (reports / "verification.json").write_text('{"verdict": "passed"}', encoding="utf-8")

    @contextmanager
    def databases(self) -> Iterator[tuple[str, str]]:
        """Start two databases that differ; return their URLs."""
        with subprocess.Popen(
            [self._python, "-c", DATABASES],
            cwd=self.project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - for the type checker
            left, right = json.loads(process.stdout.readline())
            yield left, right
            process.communicate("")

    def try_forms(self) -> None:
        """Install and run by the steps of the GitHub action, then by those of GitLab, then by pre-commit's hooks."""
        environment = self._python.parents[1]
        action = published.action_steps({"command": "squash", "arguments": " ".join([*SETTINGS, *EMBEDDED])})
        (wheel,) = self._wheels.glob("*.whl")
        component = published.component_steps(
            {"before": "true", "package": f"{wheel}[run]", "arguments": " ".join(("env", *ENVIRONMENT))}
        )
        for name, steps in {"action.yml": action, "templates/verification.yml": component}.items():
            for step in steps:
                self._judge(name, step[0], published.run_step(step, self.project, environment), 0)
        self.pip("install", "pre-commit")
        hooks = {"env": list(ENVIRONMENT), "squash": [*SETTINGS, *EMBEDDED]}
        self._judge(
            ".pre-commit-hooks.yaml",
            "pre-commit run",
            published.run_hooks(self.project, environment, hooks),
            0,
        )

    def _judge(self, what: str, name: str, done: published.Done, status: int, says: str = "") -> None:
        good = done.returncode == status and says in done.stdout and "Traceback" not in done.stdout
        if says and status:  # in one line
            good &= done.stdout.strip().count("\n") == 0
        shown = name.strip().splitlines()[-1][:90]
        print(
            f"{'ok  ' if good else 'FAIL'} {shown}: exit status {done.returncode}, expected {status}",
            flush=True,
        )
        if not good:
            print(done.stdout)
            self.failed.append(f"{what}: {shown}")

    def try_all(self, what: str, commands: Sequence[Command]) -> None:
        """Run commands in the project, by the console script and by ``python -m`` in turn."""
        print(f"{what}: {self.size()} MB", flush=True)
        ways = ([self._python.with_name(NAME)], [self._python, "-m", NAME.replace("-", "_")])
        for number, command in enumerate(commands):
            done = subprocess.run(
                [*ways[number % 2], *command.arguments],
                cwd=self.project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            )  # fmt: skip
            self._judge(what, command.arguments[0], done, command.status, command.says)


WHOLE: Final = Command(0, ("run", *EMBEDDED, "-k", "not latency"))
"""The whole gate, except for latencies: they are no matter of the wheel, and this machine may be busy."""


def main() -> int:
    """Make the environment and the project, run the commands, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="installed-") as name:
        installation = Installation(Path(name))
        installation.make_project()
        _run_all(installation)
        print(json.dumps({"failed": installation.failed}))
        return 1 if installation.failed else 0


def _run_all(installation: Installation) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    installation.try_all(
        "without a driver",
        [
            Command(0, ("--help",)),
            Command(0, ("--version",), f"{NAME} "),
            Command(0, ("explain", "table-rewritten"), "# table-rewritten"),
            Command(0, ("explain", "schema.squash"), "# schema.squash"),
            *(Command(0, (name, "--help"), f"verification {name}") for name in HELP),
            Command(2, ("explain", "table-written"), "no finding has the code"),
            Command(0, ("env",)),
            *(
                Command(2, arguments, DRIVER)
                for arguments in (
                    ("doctor",),
                    ("diff", url, url),
                    ("squash", *SETTINGS),
                    ("drift", url, *SETTINGS),
                )
            ),
        ],
    )
    installation.pip("install", "psycopg[binary]")
    installation.leave_report()
    installation.try_all(
        "core with psycopg 3",
        [
            Command(2, ("run",), f"pip install '{NAME}[run]'"),
            Command(2, ("report", "reports/verification.json", "-o", "again.html"), "No such file"),
            Command(2, ("squash", *SETTINGS, "--provider", "container"), f"pip install '{NAME}[containers]'"),
            Command(2, ("--print-completion", "bash"), f"pip install '{NAME}[completion]'"),
        ],
    )
    installation.install("embedded")
    with installation.databases() as (left, right):
        installation.try_all("embedded with psycopg 3", _core(left, right))
        installation.try_forms()
        installation.install("completion")
        installation.try_all("all with psycopg 3", [*_gate(), WHOLE])
        installation.pip("uninstall", "-y", "psycopg", "psycopg-binary")
        installation.pip("install", "psycopg2-binary")
        installation.try_all("all with psycopg2", [*_core(left, right), *_gate()])
    installation.pip("uninstall", "-y", "psycopg2-binary")
    installation.try_all(
        "all without a driver",
        [
            Command(0, ("diff", "left.json", "left.json"), "equal"),
            Command(1, ("diff", "left.json", "right.json")),
            Command(0, ("report", "reports/verification.json", "-o", "again.html")),
            Command(0, ("init", "--print"), "[tool.verification]"),
            Command(2, ("run",), DRIVER),
            Command(2, ("doctor",), DRIVER),
        ],
    )


def _core(left: str, right: str) -> list[Command]:
    return [
        Command(0, ("doctor",)),
        Command(0, ("snapshot", left, "-o", "left.json")),
        Command(0, ("snapshot", right, "-o", "right.json")),
        Command(0, ("diff", left, "left.json")),
        Command(1, ("diff", left, right)),
        Command(0, ("squash", *EMBEDDED)),
        Command(1, ("drift", left, *EMBEDDED)),
        Command(2, ("deploy", *SETTINGS, *EMBEDDED, "--since", "HEAD"), "verification: "),
    ]


def _gate() -> list[Command]:
    return [
        Command(0, ("run", *EMBEDDED, "test_ours.py")),
        Command(0, ("report", "reports/verification.json", "-o", "again.html")),
        Command(2, ("run", "--provider", "existing"), "--dsn"),
        Command(0, ("--print-completion", "bash")),
    ]


def _run(command: Sequence[str | Path], folder: Path | None = None) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
