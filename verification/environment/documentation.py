"""All variables that a project reads and documents: the files put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verification.environment import deployment_compare, readme, settings_source, shell_source
from verification.environment.compare import compare
from verification.environment.model import Finding, Read, Row
from verification.errors import CannotRun
from verification.project.configuration import Configuration


@dataclass(frozen=True)
class Environment:
    """What was read, what was documented, and every fault between them."""

    reads: tuple[Read, ...]
    """Of the settings and what they import."""
    other_reads: tuple[Read, ...]
    """Of the other files that read the environment (the container's entry point)."""
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def variables(self) -> set[str]:
        """Names that the settings read."""
        return {read.variable for read in self.reads}


def examine(
    settings_file: Path, readme_file: Path, *, others: Sequence[Path] = (), root: Path | None = None
) -> Environment:
    """Read settings, README and the other reading files, and compare them.

    The other files count in full when the README documents anything that only they read:
    then it is their README too. Raises ``CannotRun`` for a file that cannot be read.
    """
    source = settings_source.parse(settings_file, root=root)
    rows = readme.read(readme_file, root=root)
    findings = list(source.findings)
    extra: list[Read] = []
    for file in others:
        reads, faults = _other(file, root)
        extra += reads
        findings += faults
    settings = {read.variable for read in source.reads}
    extra = [read for read in extra if not deployment_compare.RUNTIME.fullmatch(read.variable)]
    only_there = {read.variable for read in extra} - settings
    if not only_there & {row.variable for row in rows}:
        extra = []
    shown = rows[0].file if rows else readme_file.name
    findings += compare([*source.reads, *extra], rows, shown)
    return Environment(tuple(source.reads), tuple(extra), tuple(rows), tuple(sorted(set(findings))))


def examine_project(configuration: Configuration) -> Environment:
    """Do the same for the configured project, from its own files."""
    if not configuration.settings_file:
        raise CannotRun(
            "pyproject.toml: [tool.verification] has no settings_file; name the file that reads variables"
        )
    return examine(
        configuration.path(configuration.settings_file),
        configuration.path(configuration.readme),
        others=[configuration.path(name) for name in configuration.environment_files],
        root=configuration.root,
    )


def _other(file: Path, root: Path | None) -> tuple[list[Read], list[Finding]]:
    if file.suffix == ".py":
        source = settings_source.parse(file, root=root)
        return source.reads, source.findings
    return shell_source.parse_shell(file, root=root), []
