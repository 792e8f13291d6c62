"""Operations of migration files as text: which one makes an object of the database, and on which line."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Operation:
    """An operation, or the field, index or constraint within a ``CreateModel``."""

    file: Path
    line: int
    source: str


def making(file: Path, model: str, names: Collection[str]) -> Operation | None:
    """Return what names one of these objects in a migration file: the last of several, as later ones change earlier.

    ``model``: the lower-case name of the model whose table holds the object; SQL may name the object without it.
    """
    found = None
    for call in _operations(file):
        words = _words(call)
        sql = _name(call) in {"RunSQL", "RunPython"}
        if not (sql or model in {word.lower() for word in words}):
            continue
        if any(name in words or (sql and _within(name, words)) for name in names):
            found = _element(call, names) if _name(call) == "CreateModel" else call
    return None if found is None else _operation(file, found)


def creating(file: Path, model: str) -> Operation | None:
    """Return the ``CreateModel`` of a model."""
    for call in _operations(file):
        if _name(call) == "CreateModel" and model in {word.lower() for word in _words(call)}:
            return _operation(file, call)
    return None


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


def _element(call: ast.Call, names: Collection[str]) -> ast.expr:
    """Return the smallest field or call within a ``CreateModel`` that has the name."""
    found: ast.expr = call
    for node in ast.walk(call):  # breadth first: a later one is not larger
        if isinstance(node, ast.Tuple | ast.Call) and any(name in _own_words(node) for name in names):
            found = node
    return found


def _own_words(node: ast.Tuple | ast.Call) -> set[str]:
    """Return the texts directly in a tuple or call, and in its lists."""
    parts = (
        node.elts if isinstance(node, ast.Tuple) else [*node.args, *(each.value for each in node.keywords)]
    )
    inner = [part.elts if isinstance(part, ast.List | ast.Tuple | ast.Set) else [part] for part in parts]
    return {each.value for group in inner for each in group if _is_text(each)}  # type: ignore[attr-defined]


def _words(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if _is_text(each)}  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _within(name: str, words: Collection[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", word) for word in words)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
