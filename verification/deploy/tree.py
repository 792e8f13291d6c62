"""The migrations of one tree as its files hold them, and where in a file an operation stands."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..migrations.execution.migration_runner import MigrationRunner
from ..migrations.execution.worker_process import JobFailed
from ..migrations.plan.chains import Key


@dataclass(frozen=True)
class Operation:
    """One operation of a migration."""

    kind: str
    """Its class, such as "AddField"."""
    description: str
    model: str
    text: str
    """All that it does, equal for equal operations."""


@dataclass(frozen=True)
class MigrationFile:
    """One migration."""

    key: Key
    file: Path
    atomic: bool
    replaces: frozenset[Key]
    operations: tuple[Operation, ...]

    @property
    def name(self) -> str:
        """Return ``app.name``."""
        return ".".join(self.key)

    def relative(self, root: Path) -> str:
        """Return the file's path below the project's root; its name alone if it lies elsewhere."""
        return str(self.file.relative_to(root)) if self.file.is_relative_to(root) else self.file.name

    def line(self, operation: int | None) -> int:
        """Return the line of an operation; 0: of no single one."""
        lines = _lines(self.file)
        return lines[operation] if operation is not None and operation < len(lines) else 0


Tree = Mapping[Key, MigrationFile]


def read_files(runner: MigrationRunner, whose: str) -> Tree:
    """Read all migrations of a tree. Raises ``CannotRun``; ``whose`` begins its message."""
    with runner.worker() as worker:
        try:
            found = worker.run("history")
        except JobFailed as error:
            raise error.cannot_run(f"{whose}: its migrations cannot be read") from None
    return {tuple(each["key"]): _file(each) for each in found["migrations"]}


def _file(entry: Mapping[str, Any]) -> MigrationFile:
    return MigrationFile(
        key=tuple(entry["key"]),
        file=Path(entry["file"]),
        atomic=entry["atomic"],
        replaces=frozenset((app, name) for app, name in entry["replaces"]),
        operations=tuple(
            Operation(each["class"], each["describe"], each["model"], each["text"])
            for each in entry["operations"]
        ),
    )


def _lines(file: Path) -> list[int]:
    """Return the lines of the operations, if the file lists them one by one."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.List)
            and any(isinstance(target, ast.Name) and target.id == "operations" for target in node.targets)
            and not any(isinstance(each, ast.Starred) for each in node.value.elts)
        ):
            return [each.lineno for each in node.value.elts]
    return []
