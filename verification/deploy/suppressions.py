"""Findings that a team has accepted: ``[[tool.verification.deploy.accept]]``, each with a reason and a last day."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from ..errors import CannotRun
from ..migrations.plan.chains import Key, key_of
from ..project.configuration import Configuration
from .finding import CODES, FAMILIES, Finding

FILE: Final = "pyproject.toml"
TABLE: Final = "tool.verification.deploy.accept"
KEYS: Final = ("code", "migration", "reason", "until")
OF_SUPPRESSIONS: Final = FAMILIES["suppressions"]
_HEADER: Final = re.compile(rf"\s*\[\[\s*{re.escape(TABLE)}\s*\]\]")


@dataclass(frozen=True)
class Suppression:
    """One entry."""

    code: str
    migration: str
    """``app.name``."""
    reason: str
    until: date
    """The last day on which it holds."""
    line: int
    """Of the entry in ``pyproject.toml``; 0: not known."""

    @property
    def key(self) -> Key:
        """Return app and name."""
        return key_of(self.migration)


def read(configuration: Configuration) -> list[Suppression]:
    """Return the project's entries. Raises ``CannotRun`` for one that is not complete or names an unknown code."""
    entries = configuration.deploy.get("accept", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CannotRun(
            f"{FILE}: [tool.verification.deploy] accept is no list of tables", f"write [[{TABLE}]]"
        )
    lines = _lines(configuration.path(FILE))
    lines = lines if len(lines) == len(entries) else [0] * len(entries)
    found = [_read(entry, line) for entry, line in zip(entries, lines, strict=True)]
    seen: set[tuple[str, str]] = set()
    for each in found:
        if (each.code, each.migration) in seen:
            raise CannotRun(
                f"{_place(each.line)}: {each.code} of {each.migration} is accepted twice", "remove one"
            )
        seen.add((each.code, each.migration))
    return found


def apply(
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression],
    today: date,
    *,
    new: Collection[Key],
    applied: Collection[Key],
    untried: Collection[Key] = (),
) -> list[Finding]:
    """Mark the findings that are accepted, and add one for each suppression that has expired or that nothing needs.

    ``new``: the migrations that the base has not; ``applied``: those of the base; ``untried``: new ones that did
    not run.
    """
    result = list(findings)
    for each in suppressions:
        matching = [
            number
            for number, finding in enumerate(result)
            if (finding.code, finding.migration) == (each.code, each.migration)
        ]
        if matching and each.until >= today:
            for number in matching:
                result[number] = replace(result[number], accepted=f"until {each.until}: {each.reason}")
        elif matching:
            result.append(_expired(each))
        elif each.key not in untried:
            result.append(_unused(each, new, applied))
    return result


def _expired(suppression: Suppression) -> Finding:
    return Finding(
        code="suppression-expired",
        migration=suppression.migration,
        file=FILE,
        line=suppression.line,
        effect=f"{suppression.code} stops the deploy again",
        evidence=(f"accepted until {suppression.until}: {suppression.reason}",),
        remedy=f"change the migration, or give the entry a later day in {FILE}",
    )


def _unused(suppression: Suppression, new: Collection[Key], applied: Collection[Key]) -> Finding:
    gone = suppression.key in applied
    if gone:
        why = f"{suppression.migration} is in the base: it has gone out"
    elif suppression.key in new:
        why = f"{suppression.migration} has no finding {suppression.code}"
    else:
        why = f"there is no new migration {suppression.migration}"
    return Finding(
        code="suppression-unused",
        migration=suppression.migration,
        file=FILE,
        line=suppression.line,
        effect="the entry accepts nothing now, and would hide a later finding"
        if not gone
        else "it accepts nothing",
        evidence=(why, f"accepted until {suppression.until}: {suppression.reason}"),
        remedy=f"remove the entry from {FILE}",
        notice=gone,
    )


def _read(entry: dict[str, Any], line: int) -> Suppression:
    place = _place(line)
    if unknown := sorted(entry.keys() - set(KEYS)):
        raise CannotRun(f"{place}: no key {unknown[0]!r}", f"the keys are {', '.join(KEYS)}")
    for key in KEYS:
        wanted = date if key == "until" else str
        value = entry.get(key)
        if type(value) is not wanted or not value:
            example = "until = 2027-01-31, without quotes" if key == "until" else f'{key} = "..."'
            raise CannotRun(
                f"{place}: {key} is {'missing' if value is None else f'{value!r}'}", f"write {example}"
            )
    code, migration = entry["code"], entry["migration"]
    if code not in CODES or code in OF_SUPPRESSIONS:
        raise CannotRun(f"{place}: no finding has the code {code!r}", "explain without a code lists them")
    if not re.fullmatch(r"\w+\.\w+", migration):
        raise CannotRun(f"{place}: migration {migration!r} is not of the form app.0001_name")
    return Suppression(code, migration, entry["reason"], entry["until"], line)


def _place(line: int) -> str:
    return f"{FILE}:{line}: [[{TABLE}]]" if line else f"{FILE}: [[{TABLE}]]"


def _lines(file: Path) -> list[int]:
    """Return the lines of the headers, which the parser of TOML does not tell."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [number for number, line in enumerate(lines, 1) if _HEADER.match(line)]
