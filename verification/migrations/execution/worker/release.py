"""Jobs of the deploy gate: what a tree holds, and what ``migrate`` would apply to a database."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from importlib import import_module
from typing import Any

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

IN_DATABASE = {"db_column", "on_delete"}
"""Attributes that Django compares elsewhere."""


class _Disk(MigrationLoader):
    """Reads the files and stops before the graph, which may be broken."""

    def build_graph(self) -> None:
        self.load_disk()


def history(_: dict[str, Any]) -> dict[str, Any]:
    """Describe every migration on disk: file, atomic, replaces, operations (a text that names all they do)."""
    disk = _Disk(None).disk_migrations
    return {
        "migrations": [
            {
                "key": list(key),
                "file": import_module(migration.__module__).__file__,
                "atomic": migration.atomic,
                "replaces": [list(each) for each in migration.replaces],
                "operations": [_operation(each) for each in migration.operations],
            }
            for key, migration in sorted(disk.items())
        ]
    }


def plan(job: dict[str, Any]) -> dict[str, Any]:
    """Return what ``migrate`` would apply, alias by alias, and the apps with several leaf nodes."""
    found = {}
    conflicts: dict[str, Any] = {}
    for alias in job["databases"]:
        executor = MigrationExecutor(connections[alias])
        conflicts.update(executor.loader.detect_conflicts())
        if conflicts:
            continue
        executor.loader.check_consistent_history(connections[alias])
        targets = executor.loader.graph.leaf_nodes()
        found[alias] = [
            [migration.app_label, migration.name] for migration, _ in executor.migration_plan(targets)
        ]
    return {"plan": found, "conflicts": {app: sorted(names) for app, names in conflicts.items()}}


def _operation(operation: Any) -> dict[str, Any]:
    name, args, kwargs = operation.deconstruct()
    return {
        "class": type(operation).__name__,
        "describe": operation.describe(),
        "model": str(getattr(operation, "model_name", None) or getattr(operation, "name", None) or ""),
        "text": "{}({}, {})".format(name, _text(args), _text(kwargs)),
    }


def _text(value: Any) -> str:
    """Return a text that is equal for equal values, whatever process made them."""
    if isinstance(value, dict):
        pairs = ("{}: {}".format(_text(key), _text(each)) for key, each in value.items())
        found = "dict({})".format(", ".join(sorted(pairs)))
    elif isinstance(value, (list, tuple)):
        found = "[{}]".format(", ".join(map(_text, value)))
    elif isinstance(value, (set, frozenset)):
        found = "set({})".format(", ".join(sorted(map(_text, value))))
    elif isinstance(value, type):
        found = "{}.{}".format(value.__module__, value.__qualname__)
    elif inspect.isfunction(value):
        found = "{} {}".format(value.__qualname__, _code(value))
    elif hasattr(value, "deconstruct"):
        # A field's own name, which it has only once it is part of a model, comes first of four.
        path, args, kwargs = value.deconstruct()[-3:]
        # The code of a default is that of the models, and changes with them.
        said = {
            name: "{}.{}".format(each.__module__, each.__qualname__) if inspect.isfunction(each) else each
            for name, each in kwargs.items()
            if name in IN_DATABASE or name not in _attributes(value)
        }
        found = _text([path, args, said])
    elif " at 0x" in repr(value):
        found = "{} {}".format(type(value).__qualname__, _text(getattr(value, "__dict__", "")))
    else:
        found = repr(value)
    return found


def _attributes(value: Any) -> tuple[str, ...]:
    """Return what a field says of itself and no database knows (a label, help, choices)."""
    return tuple(getattr(value, "non_db_attrs", ()))


class _Plain(ast.NodeTransformer):
    """Removes docstrings and annotations."""

    def visit(self, node: ast.AST) -> Any:
        """Return the node as it would be without them."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.AnnAssign):
            if node.value is None:
                return None
            plain = ast.Assign(targets=[node.target], value=node.value)
            node = ast.fix_missing_locations(ast.copy_location(plain, node))
        for name in ("returns", "annotation"):
            if hasattr(node, name):
                setattr(node, name, None)
        return self.generic_visit(node)


def _code(function: Any) -> str:
    """Return a function's code without its form: comments, spaces and docstring do not count."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return ""
    tree = _Plain().visit(tree)
    # The two trees may run on two versions of Python, whose trees are written otherwise.
    return ast.unparse(tree) if sys.version_info >= (3, 9) else ast.dump(tree)
