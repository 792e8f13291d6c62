"""The names by which one module of a project knows what reads variables, those that it imports from others included."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .environ_aliases import EnvironAliases, assignments, find_aliases
from .expressions import constants_of
from .getenv_wrappers import GetenvWrapper
from .libraries import Libraries
from .project_imports import imported
from .pydantic_settings import SettingsClass, settings_classes


@dataclass
class ModuleNames:
    """The names of one module."""

    libraries: Libraries
    aliases: EnvironAliases = field(default_factory=EnvironAliases)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    classes: dict[str, SettingsClass] = field(default_factory=dict)
    wrappers: dict[str, GetenvWrapper] = field(default_factory=dict)

    def add_imported(self, statement: ast.Import | ast.ImportFrom, file: Path, other: "ModuleNames") -> None:
        """Add the names of an imported module, ``file``, as this one calls them."""
        self.libraries.names |= imported(other.libraries.names, statement, file)
        self.constants |= imported(other.constants, statement, file)
        self.classes |= imported(other.classes, statement, file)
        self.wrappers |= imported(other.wrappers, statement, file)
        for own, theirs in (
            (self.aliases.modules, other.aliases.modules),
            (self.aliases.environs, other.aliases.environs),
            (self.aliases.getters, other.aliases.getters),
        ):
            own.update(imported(dict.fromkeys(theirs), statement, file))

    def find(self, tree: ast.Module) -> None:
        """Add what the module itself imports and assigns; everything of other modules is there before."""
        own = {name for name, _ in assignments(tree)}
        self.constants = {name: value for name, value in self.constants.items() if name not in own}
        self.constants |= constants_of(tree)
        find_aliases(tree, self.aliases)
        self.libraries.find(tree)
        self.classes = settings_classes(tree, self.classes, self.constants)

    def find_instances(self, tree: ast.Module) -> None:
        """Follow methods of an object of the project's own: ``reader = Reader()``, ``reader.text("NAME")``."""
        for name, value in assignments(tree):
            if isinstance(value, ast.Call):
                owner = f"{ast.unparse(value.func)}."
                methods: Mapping[str, GetenvWrapper] = {
                    each.removeprefix(owner): wrapper
                    for each, wrapper in self.wrappers.items()
                    if each.startswith(owner)
                }
                self.wrappers |= {f"{name}.{method}": wrapper for method, wrapper in methods.items()}
