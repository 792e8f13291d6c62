"""Differences of the migrated database and the models that are no fault: Django's own, and those that a project names.

A pattern is the line of a difference, or its beginning up to a colon, with ``*`` for any text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ...schema.comparison.difference import Difference

DATABASE = "migrated database"
MODELS = "models"


@dataclass
class Judged:
    """The differences that count, and what became of the others."""

    differences: list[Difference] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """Line and reason of each difference that does not count."""
    unused: list[str] = field(default_factory=list)
    """Patterns that no difference needs."""


def judge(differences: Sequence[Difference], ignore: Mapping[str, str]) -> Judged:
    """Sort the differences by what the project ignores: pattern -> reason."""
    judged = Judged()
    used: set[str] = set()
    for each in differences:
        pattern = next((pattern for pattern in ignore if _matches(each, pattern)), None)
        if pattern is None:
            judged.differences.append(each)
        else:
            used.add(pattern)
            judged.ignored.append(f"{each.line} ({ignore[pattern]})")
    judged.unused = [
        f"models_ignore: {pattern!r} is no difference any more: remove it"
        for pattern in ignore
        if pattern not in used
    ] + [
        f"models_ignore: {pattern!r} has no reason: write one"
        for pattern, reason in ignore.items()
        if not reason
    ]
    return judged


def _matches(difference: Difference, pattern: str) -> bool:
    name = f"{difference.kind} {difference.object}"
    said = difference.between(f"the {DATABASE}", f"the {MODELS}")
    return any(fnmatchcase(text, pattern) for text in (said, difference.line, name))
