"""Variables that the whole project reads while it runs, not its settings alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import CannotRun
from ..project.configuration import Configuration
from . import settings_source
from .documentation import Environment
from .effects import other_values, with_database
from .model import FILE, RUNTIME, Finding, Problem, Read, Row
from .named_files import display_name, read_text
from .settings_process import Probe, Running

BOOLEANS = frozenset({"true", "false", "yes", "no", "on", "off"})
"""Defaults of variables that are documented as true or false; a number may be either."""
ADVICE = "add a row for it to the table of the README"


@dataclass(frozen=True)
class RunningReads:
    """What was observed and parsed, and the findings."""

    observed: frozenset[str]
    """Variables that were read while the project ran."""
    files: tuple[str, ...]
    """The project's files that were loaded, relative to its root."""
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def examine_running(configuration: Configuration, environment: Environment) -> RunningReads:
    """Run the project, once as it is and once with every boolean turned; read the files that it loaded.

    Raises ``CannotRun`` if it does not start.
    """
    variables = with_database(configuration)
    notes: list[str] = []
    with Probe(configuration) as probe:
        runs = [probe.run(variables)]
        turned = {**variables, **booleans_turned(probe, variables, environment.rows)}
        try:
            runs.append(probe.run(turned))
        except CannotRun as error:
            notes.append(f"With every boolean turned the project does not start: {error.reason}")
    files = sorted({file for run in runs for file in run.files})
    source = settings_source.parse(*files, root=configuration.root)
    texts = {display_name(file, configuration.root): read_text(file, "fix the file") for file in files}
    observed = _observed(runs, texts)
    undocumented = _undocumented(source.reads, observed, environment)
    findings = {*source.findings, *(each for each in undocumented if each.variable not in source.written)}
    return RunningReads(
        frozenset(variable for variable, _ in observed),
        tuple(texts),
        tuple(sorted(findings - set(environment.findings))),
        tuple(notes),
    )


def booleans_turned(probe: Probe, variables: Mapping[str, str], rows: Sequence[Row]) -> Mapping[str, str]:
    """Return, for each variable that is documented as true or false, a value with which the settings change."""
    before = probe.load(variables).settings
    turned = {}
    for row in rows:
        if (row.default or "").lower() in BOOLEANS:
            for value in other_values(row.default, None):
                loaded = probe.load({**variables, row.variable: value})
                if not loaded.error and loaded.settings != before:
                    turned[row.variable] = value
                    break
    return turned


def _observed(runs: Sequence[Running], texts: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return variable and place of each read that a file of the project made, itself or by naming it to a library."""
    return {
        (read.variable, f"{read.file}:{read.line}")
        for run in runs
        for read in run.reads
        if read.direct or read.variable in texts.get(read.file, "")
    }


def _undocumented(
    parsed: Sequence[Read], observed: set[tuple[str, str]], environment: Environment
) -> Iterator[Finding]:
    documented = {row.variable for row in environment.rows}
    places = {(read.variable, read.where) for read in parsed} | observed
    for variable, where in sorted(places):
        known = variable in documented or variable.removesuffix(FILE) in documented
        if not known and not RUNTIME.fullmatch(variable):
            yield Finding(where, variable, Problem.UNDOCUMENTED, ADVICE)
