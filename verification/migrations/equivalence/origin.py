"""Which migration made an object, on either side of a difference, and what would make the two sides equal."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...schema.comparison.difference import Difference
from ..execution.migration_runner import MigrationRunner
from ..plan.chains import Chain, Squash, Tree
from ..plan.operations import Operation, creating, making
from .partial_states import PartialState, build_partial_states


@dataclass(frozen=True)
class Origin:
    """Where both sides of one difference come from."""

    original: Operation | None
    """The operation of an original migration."""
    migration: str
    """That original; empty if bisecting has found none."""
    squash: Operation | None
    """The operation of the squash, or for what it lacks the one that makes the object's table."""
    fix: str
    """The change of the squash that removes the difference."""


class Origins:
    """Finds the origins of one squash's differences by bisecting the chain of its originals."""

    def __init__(self, runner: MigrationRunner, squash: Squash, chain: Chain) -> None:
        self._runner, self._squash, self._chain = runner, squash, chain

    @cached_property
    def _states(self) -> Sequence[PartialState]:
        return build_partial_states(self._runner, self._squash, self._chain).states

    def of(self, difference: Difference) -> Origin:
        """Return the origin of a difference between the originals (left) and the squash (right)."""
        tree = self._runner.tree
        app, name = self._maker(difference)
        model, names = self._model(difference), _names(difference)
        original = _making(_file(tree, app, name), model, names) if name else None
        squash_file = _file(tree, *self._squash.key)
        there = _making(squash_file, model, names) if difference.change != "removed" else None
        return Origin(
            original,
            f"{app}.{name}" if name else "",
            there or creating(squash_file, model),
            _fix(difference, original, there),
        )

    def _maker(self, difference: Difference) -> tuple[str, str]:
        """Bisect the partial states: the original after which nothing more changes about the object."""
        states, low = self._states, 0
        high = len(states) - 1
        if difference.change == "added" or high < 1 or not self._differs(states[0], difference):
            return "", ""
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._differs(states[middle], difference) else (low, middle)
        return self._squash.originals[states[high].position - 1]

    def _differs(self, state: PartialState, difference: Difference) -> bool:
        """Whether the object, or its attribute that differs, is not yet what the last original leaves."""
        key, alias = difference.identity, difference.object.rpartition(": ")[0] or "default"
        schemas = [each.reading.schemas.get(alias) for each in (state, self._states[-1])]
        now, last = (schema.entries.get(key) if schema and key else None for schema in schemas)
        if now is None or last is None or not difference.attribute:
            return (now is None) != (last is None)
        return bool(now.properties.get(difference.attribute) != last.properties.get(difference.attribute))

    def _model(self, difference: Difference) -> str:
        table, _ = difference.names
        return self._models.get(table, table.removeprefix(f"{self._squash.app}_"))

    @cached_property
    def _models(self) -> Mapping[str, str]:
        """Table -> lower-case name of its model, as far as the last partial state describes it."""
        tables = (each for tables in self._states[-1].described.values() for each in tables)
        return {each["table"].strip('"'): str(each["model"]).lower() for each in tables if "model" in each}


def _file(tree: Tree, app: str, name: str) -> Path:
    return Path(tree.folders[app]) / f"{name}.py"


def _names(difference: Difference) -> list[str]:
    """Return how a migration may name the object: by its own name, or by the columns of its definition."""
    _, own = difference.names
    columns = re.findall(r'\(([\w", ]+)\)', f"{difference.left or ''} {difference.right or ''}")
    fields = [word.strip(' "') for group in columns for word in group.split(",")]
    names = [own, own.removesuffix("_id")]
    return (
        names
        if difference.kind in {"column", "table"}
        else [*names, *fields, *(f.removesuffix("_id") for f in fields)]
    )


def _making(file: Path, model: str, names: Sequence[str]) -> Operation | None:
    """Return what names the object itself; failing that, what names its columns: Django generates some names."""
    return making(file, model, names[:2]) or making(file, model, names[2:])


def _fix(difference: Difference, original: Operation | None, squash: Operation | None) -> str:
    if difference.change == "added":
        at = f" (line {squash.line})" if squash else ""
        return f"remove it from the squash{at}, or add a migration that makes it in existing databases"
    if original is None:
        return "let the squash do what the original migrations do"
    verb = (
        "add to the squash" if difference.change == "removed" else "write in the squash as in the originals"
    )
    return f"{verb}: {_in_one_line(original.source)}"


def _in_one_line(source: str) -> str:
    """Return an expression of Python without line breaks; what does not parse alone keeps its words."""
    try:
        return ast.unparse(ast.parse(source.strip(), mode="eval"))
    except SyntaxError:
        return " ".join(source.split())
