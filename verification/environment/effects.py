"""What each documented variable does when it is changed, set to its documented default, or empty."""

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from ..errors import CannotRun
from ..processes import run_directory
from ..processes.run_directory import no_file
from ..project.configuration import Configuration
from .model import FILE, RUNTIME, WHOLE_ENVIRONMENT, Finding, Problem, Read, Row, masked
from .settings_process import Loaded, Probe

_WITH_DATABASE: Final = {
    "name": "verification",
    "user": "verification",
    "password": "verification",
    "host": "127.0.0.1",
    "port": "5432",
    "sslmode": "require",
}
"""Values with which the settings configure a database. No connection is made."""


@dataclass(frozen=True)
class Effect:
    """The observed effect of one variable."""

    variable: str
    changed: tuple[str, ...]
    """Settings whose value changed with it."""
    refused: bool
    """Whether the settings refused a changed value, in an error that names the variable."""
    empty: str
    """What an empty value does: ``as unset``, ``own meaning`` or ``refused``."""
    default: bool | None
    """Whether the documented default is the effective one; None: no default is documented."""


@dataclass(frozen=True)
class Effects:
    """The effects of all variables, and the findings."""

    effects: tuple[Effect, ...]
    findings: tuple[Finding, ...]


def examine_effects(
    configuration: Configuration, reads: Sequence[Read], rows: Sequence[Row], literals: Collection[str] = ()
) -> Effects:
    """Import the settings in many environments, in one other process. Raises ``CannotRun`` if they do not load.

    ``literals``: texts with which a variable may have an effect, and with no other.
    """
    with Probe(configuration) as probe, _file_with_a_value() as file:
        contexts = _contexts(configuration, probe)
        known = {read.variable for read in reads}
        loads = [loaded for _, loaded in contexts]
        effects = [
            _effect(
                probe,
                row,
                rows,
                contexts,
                loads,
                (file,) if row.variable.endswith(FILE) else sorted(literals),
            )
            for row in rows
            if row.variable in known
        ]
        findings = list(_compare_with_run_time(reads, loads, rows))
        by_name = {row.variable: row for row in rows}
        for effect in effects:
            findings += _findings(effect, by_name)
    return Effects(tuple(effects), tuple(sorted(set(findings))))


_Context = tuple[Mapping[str, str], Loaded]


@contextmanager
def _file_with_a_value() -> Iterator[str]:
    """Make a file as a Docker secret is one."""
    folder = run_directory.make("secret")
    try:
        (folder / "value").write_text(secrets.token_urlsafe(32), encoding="utf-8")
        yield str(folder / "value")
    finally:
        run_directory.remove(folder)


def _contexts(configuration: Configuration, probe: Probe) -> list[_Context]:
    """Return the environments in which variables are changed: an empty one, and one with a database and TLS."""
    full = with_database(configuration)
    contexts: list[_Context] = []
    for variables in ({}, full) if full else ({},):
        first, second = probe.load(variables), probe.load(variables)
        if first.error:
            raise CannotRun(
                f"settings module {configuration.settings}: {first.error}",
                "add the variables that it needs to environment in pyproject.toml",
            )
        stable = {name: value for name, value in first.settings.items() if second.settings.get(name) == value}
        contexts.append((variables, replace(first, settings=stable)))
    return contexts


def with_database(configuration: Configuration) -> dict[str, str]:
    """Return the project's variables for a database with TLS; no connection is made."""
    names = configuration.database_environment
    files = {keyword: f"{no_file()}.{keyword}" for keyword in ("sslcert", "sslkey", "sslrootcert")}
    values = _WITH_DATABASE | files
    return {names[keyword]: value for keyword, value in values.items() if keyword in names}


def _effect(
    probe: Probe,
    row: Row,
    rows: Sequence[Row],
    contexts: Sequence[_Context],
    loads: list[Loaded],
    literals: Sequence[str],
) -> Effect:
    """Return the effect of one variable; add what was loaded for it to ``loads``."""
    name = row.variable

    def load(variables: Mapping[str, str]) -> Loaded:
        loads.append(probe.load(variables))
        return loads[-1]

    changed: set[str] = set()
    refused = False
    for variables, baseline in contexts:
        for value in dict.fromkeys(
            (*other_values(row.default, variables.get(name)), *literals[:MOST_LITERALS])
        ):
            seen = load({**variables, name: value})
            refused = refused or bool(seen.error and name in seen.error)
            changed |= _changed(baseline, seen)
            if changed:
                break
        if changed:
            break
    variables, baseline = contexts[0]
    empty = load({**variables, name: ""})
    default = None
    if row.default is not None and not row.secret:
        same = load({**variables, name: _expanded(row.default, rows)})
        default = same.error is None and not _changed(baseline, same)
    meaning = "refused" if empty.error else "own meaning" if _changed(baseline, empty) else "as unset"
    return Effect(name, tuple(sorted(changed)), refused, meaning, default)


def _changed(baseline: Loaded, seen: Loaded) -> set[str]:
    if seen.error:
        return set()
    return {name for name, value in baseline.settings.items() if seen.settings.get(name) != value}


MOST_LITERALS: Final = 40
"""Literals that are tried with one variable."""
TRUE: Final = ("true", "True", "1", "yes", "on")
FALSE: Final = ("false", "False", "0", "no", "off")
"""The spellings of booleans: a project may compare with one of them literally."""


def other_values(default: str | None, given: str | None) -> Iterator[str]:
    """Return values other than the default, the ones most likely to be accepted first."""
    text = given or default or ""
    if text.lower() in TRUE:
        yield from FALSE
    elif text.lower() in FALSE:
        yield from TRUE
    elif re.fullmatch(r"-?\d+", text):
        yield str(int(text) + 1)
    elif re.fullmatch(r"-?\d*\.\d+", text):
        yield str(float(text) + 1)
    elif text in _MODES:
        yield "verify-full"
    elif "://" in text:
        yield re.sub(r"://[^/:@]+", "://changed.invalid", text, count=1)
    elif text:
        yield f"{text}-changed"
    else:
        yield from ("changed", "54321")


_MODES: Final = frozenset({"disable", "allow", "prefer", "require", "verify-ca"})


def _expanded(default: str, rows: Sequence[Row]) -> str:
    """Replace the variables in a documented default by their own defaults."""
    for row in sorted(rows, key=lambda row: -len(row.variable)):
        if row.default and row.variable in default:
            default = re.sub(rf"[$<]?\{{?{row.variable}\}}?>?", row.default, default)
    return default


def _findings(effect: Effect, rows: Mapping[str, Row]) -> Iterator[Finding]:
    row = rows[effect.variable]
    if not effect.changed and not effect.refused:
        action = "use its value where the settings read it"
        yield Finding(row.where, row.variable, Problem.NO_EFFECT, action)
    if effect.default is False:
        action = "document the value that takes effect if it is unset"
        shown = masked(row.default, secret=row.secret)
        yield Finding(row.where, row.variable, Problem.NOT_EFFECTIVE, action, documented=shown)
    for other in effect.changed:
        if other != row.variable and other in rows and row.variable not in (rows[other].default or ""):
            action = (
                f"it changes {other}: read {other} there, or name {row.variable} in the default of {other}"
            )
            yield Finding(row.where, row.variable, Problem.FEEDS_ANOTHER, action, actual=other)


def _compare_with_run_time(
    reads: Sequence[Read], loads: Sequence[Loaded], rows: Sequence[Row]
) -> Iterator[Finding]:
    """Compare the reads that the parser found with those that were observed."""
    parsed = {read.variable: read for read in reads}
    files = {read.file for read in reads}
    observed = {
        read.variable: read
        for loaded in loads
        for read in loaded.reads
        if read.direct or read.file in files  # not what a package reads for another file
    }
    documented = {row.variable for row in rows}
    for name in sorted(observed.keys() - parsed.keys()):
        if not RUNTIME.fullmatch(name):
            read = observed[name]
            problem = Problem.SOURCE_AND_RUN_DIFFER if name in documented else Problem.UNDOCUMENTED
            action = "the parser does not find this read: use os.getenv with a literal name"
            yield Finding(f"{read.file}:{read.line}", name, problem, action, actual="read at run time only")
    for name in sorted(parsed.keys() - observed.keys()):
        if not RUNTIME.fullmatch(name):
            action = "importing the settings does not read it: read it at import time"
            yield Finding(
                parsed[name].where, name, Problem.SOURCE_AND_RUN_DIFFER, action, actual="parsed only"
            )
    for file, line in sorted({place for loaded in loads for place in loaded.whole}):
        yield Finding(f"{file}:{line}", "os.environ", Problem.WHOLE_ENVIRONMENT, WHOLE_ENVIRONMENT)
