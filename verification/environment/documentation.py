"""All variables that the files of a project read and document."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CannotRun
from ..project.configuration import Configuration
from . import readme, settings_source, shell_source
from .model import FILE, RUNTIME, Finding, Problem, Read, Row, looks_secret
from .readme_comparison import compare


@dataclass(frozen=True)
class Environment:
    """What is read, what is documented, and the findings of their comparison."""

    reads: tuple[Read, ...]
    """In the settings and the project modules that they import."""
    other_reads: tuple[Read, ...]
    """In other files, such as the entry point of the container."""
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    literals: frozenset[str] = frozenset()
    """Texts that the settings compare with something."""

    @property
    def variables(self) -> set[str]:
        """EnvironAliases that the settings read."""
        return {read.variable for read in self.reads}


def table(settings_file: Path, *, root: Path | None = None) -> str:
    """Return a README's table of the variables that the settings read, for people to describe. Raises ``CannotRun``."""
    reads: dict[str, Read] = {}
    for read in settings_source.parse(settings_file, root=root).reads:
        known = reads.get(read.variable)
        if known is None or known.default is None:
            reads[read.variable] = read
    rows = [
        f"| `{name}` | {'**Secret**' if looks_secret(name, read.default) else ''} | {_cell(name, read)} |"
        for name, read in reads.items()
        if name.removesuffix(FILE) not in reads.keys() - {name} and not RUNTIME.fullmatch(name)
    ]
    return "\n".join([f"| {readme.HEADER} |", "|---|---|---|", *rows, ""])


def _cell(name: str, read: Read) -> str:
    if read.default is None or looks_secret(name, read.default):
        return "—"
    text = read.default.replace("|", "\\|").replace("\n", " ")
    return f"`{text}`" if text else "(empty)"


def examine(
    settings_file: Path, readme_file: Path, *, others: Sequence[Path] = (), root: Path | None = None
) -> Environment:
    """Read the settings, the README and other files that read variables, and compare them.

    Reads in the other files count only if the README documents a variable that only they read.
    Raises ``CannotRun`` if a file cannot be read.
    """
    source = settings_source.parse(settings_file, root=root)
    rows = readme.read(readme_file, root=root)
    findings = list(source.findings)
    extra: list[Read] = []
    for file in others:
        reads, other_findings = _other(file, root)
        extra += reads
        findings += other_findings
    settings = {read.variable for read in source.reads}
    extra = [read for read in extra if not RUNTIME.fullmatch(read.variable)]
    only_there = {read.variable for read in extra} - settings
    if not only_there & {row.variable for row in rows}:
        extra = []
    known = settings | {read.variable for read in extra}
    rows = [row for row in rows if not row.required or row.variable in known]
    shown = rows[0].file if rows else readme_file.name
    findings += compare([*source.reads, *extra], rows, shown)
    _refuse_to_guess(source, findings)
    ordered = tuple(sorted(set(findings)))
    return Environment(tuple(source.reads), tuple(extra), tuple(rows), ordered, frozenset(source.literals))


def _refuse_to_guess(source: settings_source.Source, findings: Sequence[Finding]) -> None:
    """Raise ``CannotRun`` if a variable that seems unread may be read in a way that is not followed."""
    for finding in findings:
        if finding.problem is not Problem.NOT_READ:
            continue
        if where := source.mentions.get(finding.variable):
            raise CannotRun(
                f"{where} is given {finding.variable}, and how it reads it is not followed",
                "read it with os.getenv, or with a library that docs/adopting.md names",
            )
        for library, where in source.libraries.items():
            raise CannotRun(
                f"{where}: {library} reads variables in a way that is not followed: "
                f"whether {finding.variable} is read cannot be said",
                "read them with os.getenv, or with a library that docs/adopting.md names",
            )


def examine_project(configuration: Configuration) -> Environment:
    """Do the same for the files that the configuration names. Raises ``CannotRun`` as ``examine``."""
    source = configuration.settings_source()
    if source is None:
        raise CannotRun(
            f"pyproject.toml: [tool.verification] settings = {configuration.settings!r}: no file of that name",
            "name the file that reads the variables as settings_file",
        )
    return examine(
        source,
        configuration.path(configuration.readme),
        others=[configuration.path(name) for name in configuration.environment_files],
        root=configuration.root,
    )


def _other(file: Path, root: Path | None) -> tuple[list[Read], list[Finding]]:
    if file.suffix == ".py":
        source = settings_source.parse(file, root=root)
        return source.reads, source.findings
    return shell_source.parse_shell(file, root=root), []
