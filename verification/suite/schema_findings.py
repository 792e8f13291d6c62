"""Differences of schemas as findings: which migration, which line, and what to change."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from ..migrations.equivalence.models_ignored import is_generated_name
from ..migrations.equivalence.origin import Origin
from ..migrations.plan.chains import Tree
from ..project.configuration import Configuration
from ..report.finding import Finding, Place
from ..report.result import Check
from ..schema.comparison.difference import Difference
from .places import place_of_change

_OF_DJANGO = frozenset(
    "add alter change constraint create delete field from index model of on remove rename s to".split()  # noqa: SIM905
)
"""Words of what ``makemigrations`` says that name nothing."""
GENERATED_NAMES = (
    "set generated_names = true in [tool.verification] if no SQL of yours uses these names; else rename them in the "
    "squash with RunSQL"
)
DECLARE = "fix it, or declare it with the reason: [tool.verification.stops_on_rows]"
NOWHERE: Mapping[str, Place] = MappingProxyType({})
ORIGINALS = "original migrations"
SQUASH = "squash"


def expect_same(
    check: Check,
    differences: Iterable[Difference],
    sides: tuple[str, str],
    configuration: Configuration,
    origin: Callable[[Difference], Origin | None] = lambda _: None,
    also: Iterable[str] = (),
    files: Mapping[str, Place] = NOWHERE,
) -> None:
    """Record the differences between two sides and what is ``also`` wrong as findings; fail if there is one.

    ``files``: migration -> its file, for differences that are about one.
    """
    found = list(differences)
    check.sides = sides
    check.differences += [difference.to_json() for difference in found]
    findings = [
        refusal(check.name, each, files)
        if each.kind == "migration" and each.attribute.startswith("with ")
        else finding(check.name, each, sides, configuration, origin(each))
        for each in found
    ]
    check.expect_none([*findings, *also], "differences")


def finding(
    rule: str,
    difference: Difference,
    sides: tuple[str, str],
    configuration: Configuration,
    origin: Origin | None,
) -> Finding:
    """Return the finding of one difference; ``origin``: of a squash, where each side comes from."""
    places, remedy, evidence = [], "", []
    if origin is not None:
        remedy = origin.fix
        for operation, side in ((origin.squash, SQUASH), (origin.original, ORIGINALS)):
            if operation is not None:
                places.append(Place(_relative(configuration, operation.file), operation.line, side))
        if origin.migration:
            evidence.append(f"made by {origin.migration}, found by bisecting the original migrations")
    generated = is_generated_name(difference)
    return Finding(
        rule=rule,
        message=difference.between(*(f"the {side}" for side in sides)),
        subject="schema:generated names" if generated else f"schema:{difference.kind}:{difference.object}",
        symptom_of=("schema:", "unwritten:") if difference.kind == "state" else (),
        names=tuple(sorted(_names(difference))),
        places=tuple(places),
        remedy=GENERATED_NAMES if generated else remedy,
        evidence=tuple(evidence),
    )


def refusal(rule: str, difference: Difference, files: Mapping[str, Place]) -> Finding:
    """Return the finding of an original that refuses rows."""
    every = difference.attribute == "with rows"
    said = difference.right if every else f"refuses {difference.attribute[5:]}: {difference.right}"
    return Finding(
        rule=rule,
        message=f"{difference.object} {said}",
        subject=f"schema:{difference.kind}:{difference.object}",
        places=(files[difference.object],) if difference.object in files else (),
        remedy=DECLARE if every else "see which rows it refuses, and fix it",
    )


def unwritten(app: str, change: str, configuration: Configuration) -> Finding:
    """Return the finding of one change that ``makemigrations`` would write."""
    return Finding(
        rule="schema.written",
        message=f"{app}: no migration for: {change}",
        subject=f"unwritten:{app}:{change}",
        names=tuple(sorted(_words(change))),
        places=place_of_change(configuration, app, change),
        evidence=(f"makemigrations would write: {change}",),
    )


def files_of(tree: Tree, configuration: Configuration) -> dict[str, Place]:
    """Return the file of each migration by ``app.name``."""
    return {
        f"{app}.{name}": Place(_relative(configuration, Path(tree.folders[app]) / f"{name}.py"))
        for app, names in tree.migrations.items()
        if app in tree.folders
        for name in names
    }


def _names(difference: Difference) -> set[str]:
    if difference.kind == "state":
        left, right = _words(str(difference.left)), _words(str(difference.right))
        return right - left or right | left
    _, name = difference.names
    if not name:  # a row's table or a migration, which is no object of a schema
        name = difference.object.rpartition(".")[2].strip('"')
    name = name.lower()
    return {name, name.removesuffix("_id"), *([name.partition("_")[2]] if difference.kind == "table" else [])}


def _words(change: str) -> set[str]:
    return set(re.findall(r"\w+", change.lower())) - _OF_DJANGO


def _relative(configuration: Configuration, file: Path) -> str:
    resolved, root = file.resolve(), configuration.root.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.as_posix()
