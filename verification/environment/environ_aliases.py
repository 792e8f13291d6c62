"""The names under which a Python module knows ``os.environ`` and ``os.getenv``."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

READERS: Final = frozenset({"get", "pop", "setdefault", "__getitem__"})
"""Methods of ``os.environ`` that read one variable."""
WRITERS: Final = frozenset({"update", "clear", "__setitem__", "__delitem__", "putenv"})


@dataclass
class EnvironAliases:
    """The names in one module."""

    modules: set[str] = field(default_factory=set)
    """EnvironAliases of the module ``os``."""
    environs: set[str] = field(default_factory=set)
    getters: set[str] = field(default_factory=set)

    def is_environ(self, node: ast.expr) -> bool:
        """Whether an expression is ``os.environ``, under any name, or a copy of it."""
        match node:
            case (
                ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[])
                | ast.Call(func=ast.Name(id="dict"), args=[inner])
            ):
                return self.is_environ(inner)
            case ast.Dict(keys=keys, values=values):
                return any(
                    key is None and self.is_environ(value) for key, value in zip(keys, values, strict=True)
                )
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


def find_aliases(tree: ast.Module, aliases: EnvironAliases) -> None:
    """Add the imports of ``os``, ``environ`` and ``getenv``, and every alias assigned from them."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=imported):
                aliases.modules |= {alias.asname or alias.name for alias in imported if alias.name == "os"}
            case ast.ImportFrom(module="os", names=imported):
                aliases.environs |= {
                    alias.asname or alias.name for alias in imported if alias.name == "environ"
                }
                aliases.getters |= {
                    alias.asname or alias.name for alias in imported if alias.name == "getenv"
                }
    known = -1
    while known != len(aliases.environs) + len(aliases.getters):
        known = len(aliases.environs) + len(aliases.getters)
        for target, value in assignments(tree):
            if aliases.is_environ(value):
                aliases.environs.add(target)
            elif aliases.is_getter(value):
                aliases.getters.add(target)


def assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Return each name that is assigned in a module, with the value."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                yield target, value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                yield target, value
            case ast.NamedExpr(target=ast.Name(id=target), value=value):
                yield target, value
