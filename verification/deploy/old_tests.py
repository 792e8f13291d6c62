"""The base's own tests, run by the base's code on the schema of the working tree."""

import json
import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..errors import CannotRun
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.execution.worker_process import WORKER, JobFailed, request
from ..migrations.plan.chains import Chain, key_of
from ..postgres.server import Database, masked
from ..processes import run_directory
from ..processes.managed import ManagedProcess
from .compatibility import LATER, OLD_CODE
from .error_text import without_values
from .finding import Finding
from .tree import Tree

SECONDS: Final = 1800.0
SHOWN: Final = 4
"""Tests that a finding names."""
ON_PATH: Final = WORKER / "on_path"
FORMS: Final = "write --tests 'pytest ...' or --tests 'manage.py test ...'"
_COPIES: Final = r"SELECT datname FROM pg_database WHERE datname LIKE %s || '\_%%'"


@dataclass(frozen=True)
class Command:
    """How a project runs its tests."""

    text: str
    words: tuple[str, ...]
    """After the interpreter."""
    folder: str
    """Where it is started, relative to the project's root."""

    @classmethod
    def parse(cls, text: str) -> "Command":
        """Read what ``--tests`` says. Raises ``CannotRun``."""
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise CannotRun(f"--tests {text}: {error}", FORMS) from None
        program = Path(words[0]) if words else Path()
        if program.name == "pytest":
            return cls(text, ("-m", "pytest", "-p", "verification_pytest", *words[1:]), ".")
        if program.name == "manage.py" and words[1:2] == ["test"]:
            options = ("test", "--noinput", *words[2:])
            return cls(text, (str(ON_PATH / "verification_tests.py"), *options), str(program.parent))
        raise CannotRun(f"--tests {text}: neither pytest nor manage.py test", FORMS)


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    errors: Mapping[str, str]
    """Test -> its error; empty: it passed."""
    has_databases: bool = True
    """Whether Django was asked for a test database."""

    @property
    def failed(self) -> dict[str, str]:
        """The tests that did not pass."""
        return {test: error for test, error in self.errors.items() if error}


def judge(
    base: MigrationRunner,
    head: MigrationRunner,
    empty: Databases,
    command: Command,
    steps: Sequence[Step],
    files: Tree,
    root: Path,
    found: Iterable[Finding],
) -> tuple[list[Finding], str]:
    """Return the findings so far with the tests that pass on the base's schema alone, and how many ran.

    ``empty``: the base without rows. What the calls of the models have found has one cause with them. Raises
    ``CannotRun``.
    """
    with head.copy(empty) as migrated:
        try:
            head.forward(migrated, Chain())
        except JobFailed as error:
            raise error.cannot_run("the new migrations cannot be run for the base's tests") from None
        new = _run(base, migrated, command)
    failed = new.failed
    if failed:
        with base.copy(empty) as own:
            before = _run(base, own, command)
        if not any(not error for error in before.errors.values()):
            test, reason = next(iter(before.failed.items()))
            raise CannotRun(
                f"--tests {command.text}: no test passes on the base's own schema ({test}: {_short(reason)})",
                "run them in the base's tree",
            )
        failed = {test: error for test, error in failed.items() if not before.errors.get(test)}
    said = f"{len(new.errors)} tests of the base ran on the new schema"
    if not failed:
        return [*found], said
    return _with_tests([*found], _lines(failed, len(new.errors)), failed, steps, files, root), said


def _lines(failed: Mapping[str, str], count: int) -> tuple[str, ...]:
    lines = [f"the base's test {test}: {_short(error)}" for test, error in [*failed.items()][:SHOWN]]
    return (*lines, f"{len(failed)} of {count} tests fail on the new schema alone")


def _short(error: str) -> str:
    return without_values(error.splitlines()[0])


def _with_tests(
    found: list[Finding],
    lines: tuple[str, ...],
    failed: Mapping[str, str],
    steps: Sequence[Step],
    files: Tree,
    root: Path,
) -> list[Finding]:
    for number, each in enumerate(found):
        if each.code in OLD_CODE:
            found[number] = replace(each, evidence=(*each.evidence, *lines))
            return found
    step = _cause(" ".join(failed.values()), steps)
    migration = files[key_of(step.migration)]
    finding = Finding(
        code="old-code-breaks",
        migration=migration.name,
        file=migration.relative(root),
        effect="what the code that runs now does is refused from the migration until its last process has ended",
        evidence=lines,
        remedy=LATER,
    )
    return [*found, finding]


def _cause(errors: str, steps: Sequence[Step]) -> Step:
    """Return the migration that changed a table of which the errors speak; the first if none is named."""
    for step in steps:
        if any(table.rpartition(".")[2] in errors for table in step.locks):
            return step
    return steps[0]


def _run(base: MigrationRunner, databases: Databases, command: Command) -> Outcome:
    folder = run_directory.make("tests")
    try:
        return _started(base, databases, command, folder / "record")
    finally:
        run_directory.remove(folder)
        for name in databases.own:
            for (copy,) in _maintenance(base).execute(_COPIES, [databases.names[name]]):
                base.server.drop_database(copy)


def _maintenance(base: MigrationRunner) -> Database:
    return Database(base.server, "postgres")


def _started(base: MigrationRunner, databases: Databases, command: Command, record: Path) -> Outcome:
    project, server = base.project, base.server
    told = {
        **request(project, server, base.idle),
        "databases": databases.to_json(),
        "record": str(record),
    }
    paths = [str(ON_PATH), *project.paths]
    variables = dict(project.variables or os.environ)
    if "pytest" not in command.words:
        variables.setdefault("DJANGO_SETTINGS_MODULE", project.settings)
    with ManagedProcess(
        [project.python, *command.words],
        environment={
            **variables,
            "PYTHONPATH": os.pathsep.join(paths),
            "VERIFICATION_TESTS": json.dumps(told),
        },
        directory=project.directory / command.folder,
    ) as process:
        status = process.wait(SECONDS)
        last = masked(process.last_line("it printed nothing"), server.password)
    outcome = _read(record)
    if status is None:
        raise CannotRun(f"--tests {command.text}: it does not end within {SECONDS:.0f} s", "name fewer tests")
    if not outcome.errors or (status and not outcome.failed):
        what = "it broke off" if outcome.errors else "no test ran"
        raise CannotRun(
            f"--tests {command.text}: {what} (status {status}: {last})", "try it in the base's tree"
        )
    if not outcome.has_databases:
        raise CannotRun(
            f"--tests {command.text}: no test asks Django for a test database (status {status}: {last})",
            "name tests that do",
        )
    return outcome


def _read(record: Path) -> Outcome:
    entries: list[dict[str, Any]] = []
    if record.exists():
        entries = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    errors: dict[str, str] = {}
    for each in entries:
        if "test" in each:
            errors[each["test"]] = errors.get(each["test"]) or each["error"]
    return Outcome(errors, has_databases=any("database" in each for each in entries))
