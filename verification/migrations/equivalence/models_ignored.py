"""Differences of the migrated database and the models that are no fault: Django's own, and those that a project names.

A pattern is the kind and the name of an object, or the whole line of a difference, with ``*`` for any text.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

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


_INTEGERS: Final = frozenset({"smallint", "integer", "bigint"})
JOIN_TABLE: Final = "Django's own: migrations give the key of a join table the type of DEFAULT_AUTO_FIELD"

GENERATED: Final = re.compile(
    r"_[0-9a-f]{8}(_uniq|_like|_pk|_check|_fk(_.*)?)?$|_(key|pkey|check|not_null|seq)\d*$"
)
"""Ends of the names that Django gives with a hash, and those that PostgreSQL gives."""
NAMES: Final = frozenset(
    {
        *(("constraint", "name"), ("index", "name"), ("sequence", "name")),
        *(("column", "identity_sequence"), ("column", "not_null_constraint")),
    }
)
"""Class and attribute of what Django and PostgreSQL name by themselves."""
OLDER_NAME: Final = (
    "Django's own: a generated name stays when a field becomes unique, or it or its table is renamed"
)


def judge(
    differences: Sequence[Difference], ignore: Mapping[str, str], joins: Collection[str] = ()
) -> Judged:
    """Sort the differences by what the project ignores: pattern -> reason.

    ``joins``: the tables of fields ManyToManyField, whose key Django itself makes in two ways.
    """
    judged = Judged()
    used: set[str] = set()
    for each in differences:
        if _is_key_of_join(each, joins):
            judged.ignored.append(f"{each.line} ({JOIN_TABLE})")
            continue
        if is_generated_name(each):
            judged.ignored.append(f"{each.line} ({OLDER_NAME})")
            continue
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


def _is_key_of_join(difference: Difference, joins: Collection[str]) -> bool:
    """Whether only the width of an automatic key differs. In migrations an app has no ``default_auto_field``."""
    table, name = difference.names
    return (
        difference.kind == "column"
        and difference.attribute == "type"
        and name == "id"
        and table in joins
        and {difference.left, difference.right} <= _INTEGERS
    )


def is_generated_name(difference: Difference) -> bool:
    """Whether two objects have the same attributes and only names that nobody chose; Django finds them by column."""
    names = (str(difference.left), str(difference.right))
    return (difference.kind, difference.attribute) in NAMES and all(GENERATED.search(name) for name in names)


def _matches(difference: Difference, pattern: str) -> bool:
    name = f"{difference.kind} {difference.object}"
    said = difference.between(f"the {DATABASE}", f"the {MODELS}")
    return any(fnmatchcase(text, pattern) for text in (said, difference.line, name))
