"""Operations of migration files as text: which one makes an object of the database, and on which line."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ANYTHING = frozenset({"RunSQL", "RunPython"})


@dataclass(frozen=True)
class Operation:
    """An operation, or the field, index or constraint within a ``CreateModel``."""

    file: Path
    line: int
    source: str


def making(file: Path, model: str, names: Collection[str]) -> Operation | None:
    """Return what makes one of these objects in a migration file: the last of several, as later ones change earlier.

    What has the name goes before what mentions it, such as an index that mentions its columns. ``model``: the
    lower-case name of the model whose table holds the object; SQL may name the object without it.
    """
    calls = [call for call in _operations(file) if _about(call, model)]
    for matches in (_has_name, _mentions):
        found = [node for call in calls for node in _parts(call) if matches(node, names)]
        if found:
            return _operation(file, found[-1])
    return None


def creating(file: Path, model: str) -> Operation | None:
    """Return the ``CreateModel`` of a model."""
    for call in _operations(file):
        if _name(call) == "CreateModel" and _about(call, model):
            return _operation(file, call)
    return None


def _about(call: ast.Call, model: str) -> bool:
    """Whether an operation is about a model; SQL and Python may be about any."""
    if _name(call) in _ANYTHING:
        return True
    named = _texts(call, "name" if _name(call) == "CreateModel" else "model_name")
    return model in {text.lower() for text in named or _words(call)}


def _parts(call: ast.Call) -> list[ast.expr]:
    """Return an operation, or the fields, indexes and constraints within a ``CreateModel``, inner ones last."""
    if _name(call) != "CreateModel":
        return [call]
    return [node for node in ast.walk(call) if isinstance(node, ast.Tuple | ast.Call) and node is not call]


def _has_name(node: ast.expr, names: Collection[str]) -> bool:
    """Whether this is the field, index or constraint of the name."""
    if isinstance(node, ast.Tuple):
        first = node.elts[0] if len(node.elts) > 1 and isinstance(node.elts[1], ast.Call) else None
        return isinstance(first, ast.Constant) and first.value in names
    inner = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return any(text in names for each in inner for key in ("name", "new_name") for text in _texts(each, key))


def _mentions(node: ast.expr, names: Collection[str]) -> bool:
    words = _words(node)
    sql = isinstance(node, ast.Call) and _name(node) in _ANYTHING
    return any(name in words or (sql and _within(name, words)) for name in names)


def _texts(call: ast.Call, keyword: str) -> list[str]:
    """Return the text of a keyword argument, if it is a literal."""
    values = [each.value for each in call.keywords if each.arg == keyword]
    return [each.value for each in values if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _operation(file: Path, node: ast.expr) -> Operation:
    return Operation(file, node.lineno, ast.get_source_segment(_text(file), node) or "")


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _operations(file: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(_text(file))):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "operations" for target in targets):
                yield from (each for each in node.value.elts if isinstance(each, ast.Call))


def _words(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if _is_text(each)}  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _within(name: str, words: Collection[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", word) for word in words)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
