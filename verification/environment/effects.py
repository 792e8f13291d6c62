"""What each documented variable does: changed, set to its documented default, set to nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verification.environment.deployment_compare import RUNTIME
from verification.environment.model import Finding, Problem, Read, Row, masked
from verification.environment.settings_process import Loaded, Probe
from verification.errors import CannotRun
from verification.project.configuration import Configuration

_FULL: Final[Mapping[str, str]] = {
    "name": "verification",
    "user": "verification",
    "password": "verification",
    "host": "127.0.0.1",
    "port": "5432",
    "sslmode": "require",
    "sslcert": "/nonexistent/client.crt",
    "sslkey": "/nonexistent/client.key",
    "sslrootcert": "/nonexistent/root.crt",
}
"""Values under which settings about the database take effect; nobody connects."""


@dataclass(frozen=True)
class Effect:
    """What one variable was seen to do."""

    variable: str
    changed: tuple[str, ...]
    """Settings that moved when it was changed."""
    refused: bool
    """The changed value ended the start-up, with the variable named."""
    empty: str
    """``as unset``, ``own meaning`` or ``refused``."""
    default: bool | None
    """Whether setting the documented default changes nothing; None: it has none."""


@dataclass(frozen=True)
class Effects:
    """What was seen, and every fault in it."""

    effects: tuple[Effect, ...]
    findings: tuple[Finding, ...]


def examine_effects(configuration: Configuration, reads: Sequence[Read], rows: Sequence[Row]) -> Effects:
    """Import the settings once per question, in one process. Raises ``CannotRun`` when they never load."""
    with Probe(configuration) as probe:
        contexts = _contexts(configuration, probe)
        witnessed = [loaded for _, loaded in contexts]
        findings = list(_witnesses(reads, witnessed, rows))
        known = {read.variable for read in reads}
        effects = [_effect(probe, row, rows, contexts) for row in rows if row.variable in known]
        by_name = {row.variable: row for row in rows}
        for effect in effects:
            findings += _faults(effect, by_name[effect.variable])
    return Effects(tuple(effects), tuple(sorted(set(findings))))


_Context = tuple[Mapping[str, str], Loaded]


def _contexts(configuration: Configuration, probe: Probe) -> list[_Context]:
    """Give the environments that questions are asked in: nothing set, and the database with TLS set."""
    names = configuration.database_environment
    full = {names[keyword]: value for keyword, value in _FULL.items() if keyword in names}
    contexts: list[_Context] = []
    for variables in ({}, full) if full else ({},):
        first, second = probe.load(variables), probe.load(variables)
        if first.error:
            raise CannotRun(
                f"settings module {configuration.settings}: {first.error}; name what it needs in environment"
            )
        stable = {name: value for name, value in first.settings.items() if second.settings.get(name) == value}
        contexts.append((variables, Loaded(None, stable, first.engine, first.ssl, first.reads, first.whole)))
    return contexts


def _effect(probe: Probe, row: Row, rows: Sequence[Row], contexts: Sequence[_Context]) -> Effect:
    name = row.variable
    changed: set[str] = set()
    refused = False
    for variables, baseline in contexts:
        for value in _other_values(row.default, variables.get(name)):
            seen = probe.load({**variables, name: value})
            refused = refused or bool(seen.error and name in seen.error)
            changed |= _moved(baseline, seen)
            if changed:
                break
        if changed:
            break
    variables, baseline = contexts[0]
    empty = probe.load({**variables, name: ""})
    default = None
    if row.default is not None and not row.secret:
        same = probe.load({**variables, name: _expanded(row.default, rows)})
        default = same.error is None and not _moved(baseline, same)
    meaning = "refused" if empty.error else "own meaning" if _moved(baseline, empty) else "as unset"
    return Effect(name, tuple(sorted(changed)), refused, meaning, default)


def _moved(baseline: Loaded, seen: Loaded) -> set[str]:
    if seen.error:
        return set()
    return {name for name, value in baseline.settings.items() if seen.settings.get(name) != value}


def _other_values(default: str | None, given: str | None) -> Iterator[str]:
    """Give values unlike the default, the likeliest to be accepted first."""
    text = given or default or ""
    if text.lower() in {"true", "yes", "1", "on"}:
        yield "false"
    elif text.lower() in {"false", "no", "0", "off"}:
        yield "true"
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
    """Replace the variables that a documented default names by their own defaults."""
    for row in sorted(rows, key=lambda each: -len(each.variable)):
        if row.default and row.variable in default:
            default = re.sub(rf"[$<]?\{{?{row.variable}\}}?>?", row.default, default)
    return default


def _faults(effect: Effect, row: Row) -> Iterator[Finding]:
    if not effect.changed and not effect.refused:
        action = "use what is read, or stop reading it and remove the row"
        yield Finding(row.where, row.variable, Problem.NO_EFFECT, action)
    if effect.default is False:
        action = "document the value that an unset variable amounts to"
        shown = masked(row.default, secret=row.secret)
        yield Finding(row.where, row.variable, Problem.NOT_EFFECTIVE, action, documented=shown)


def _witnesses(reads: Sequence[Read], witnessed: Sequence[Loaded], rows: Sequence[Row]) -> Iterator[Finding]:
    """Compare what the parser found with what was seen to be read."""
    static = {read.variable: read for read in reads}
    files = {read.file for read in reads}
    dynamic = {
        read.variable: read
        for loaded in witnessed
        for read in loaded.reads
        if read.direct or read.file in files  # what a package does for another file is its own affair
    }
    documented = {row.variable for row in rows}
    for name in sorted(dynamic.keys() - static.keys()):
        if not RUNTIME.fullmatch(name):
            read = dynamic[name]
            problem = Problem.WITNESSES_DISAGREE if name in documented else Problem.UNDOCUMENTED
            action = "it is read unseen by the parser: read it with os.getenv and a literal name"
            yield Finding(f"{read.file}:{read.line}", name, problem, action, actual="read at run time only")
    for name in sorted(static.keys() - dynamic.keys()):
        if not RUNTIME.fullmatch(name):
            action = "importing the settings never reads it: read it when they load"
            yield Finding(static[name].where, name, Problem.WITNESSES_DISAGREE, action, actual="parsed only")
    for file, line in sorted({place for loaded in witnessed for place in loaded.whole}):
        action = "read each variable by its name: what the whole environment holds cannot be documented"
        yield Finding(f"{file}:{line}", "os.environ", Problem.WHOLE_ENVIRONMENT, action)
