"""How a Python module gets at the environment: its names for ``os.environ`` and ``os.getenv``."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

READERS: Final = frozenset({"get", "pop", "setdefault", "__getitem__"})
"""Methods of ``os.environ`` that read one variable."""
WRITERS: Final = frozenset({"update", "clear", "__setitem__", "__delitem__", "putenv"})


@dataclass
class Names:
    """What one module calls the environment."""

    modules: set[str] = field(default_factory=set)
    """Names of the module ``os``."""
    environs: set[str] = field(default_factory=set)
    getters: set[str] = field(default_factory=set)

    def is_environ(self, node: ast.expr) -> bool:
        """Whether an expression is ``os.environ`` under any of its names."""
        match node:
            case ast.Name(id=name):
                return name in self.environs
            case ast.Attribute(value=ast.Name(id=module), attr="environ"):
                return module in self.modules
            case _:
                return False

    def is_getter(self, node: ast.expr) -> bool:
        """Whether an expression is ``os.getenv`` or a reading method of ``os.environ``."""
        match node:
            case ast.Name(id=name):
                return name in self.getters
            case ast.Attribute(value=ast.Name(id=module), attr="getenv"):
                return module in self.modules
            case ast.Attribute(value=owner, attr=attribute):
                return attribute in READERS and self.is_environ(owner)
            case _:
                return False


def names_of(tree: ast.Module) -> Names:
    """Collect imports of ``os`` and its parts, and every alias made of them by assignment."""
    names = Names()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=imported):
                names.modules |= {each.asname or each.name for each in imported if each.name == "os"}
            case ast.ImportFrom(module="os", names=imported):
                names.environs |= {each.asname or each.name for each in imported if each.name == "environ"}
                names.getters |= {each.asname or each.name for each in imported if each.name == "getenv"}
    known = -1
    while known != len(names.environs) + len(names.getters):
        known = len(names.environs) + len(names.getters)
        for target, value in _assignments(tree):
            if names.is_environ(value):
                names.environs.add(target)
            elif names.is_getter(value):
                names.getters.add(target)
    return names


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                yield target, value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                yield target, value
            case ast.NamedExpr(target=ast.Name(id=target), value=value):
                yield target, value
