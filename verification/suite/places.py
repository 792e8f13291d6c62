"""Where in the project to look: the file and line that a finding's rule, or a model's field, stands for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ..project.configuration import Configuration
from ..report.finding import Place

_FIELD = re.compile(r"\bfield (\w+)")
_MODEL = (re.compile(r"\bmodel (\w+)"), re.compile(r"\b(?:to|on|from|for) (\w+)"))
"""What ``makemigrations`` says: ``Add field note to drink``, ``Create index i on field(s) note of model drink``."""


def place_of(configuration: Configuration, key: str) -> tuple[Place, ...]:
    """Return the place that a key of ``[tool.verification]`` names; nothing if the project does not set it."""
    value = str(getattr(configuration, key, "") or "") if key else ""
    if key.endswith("_view"):
        return tuple(_function(configuration, value))
    return (Place(value),) if value else ()


def place_of_change(configuration: Configuration, app: str, change: str) -> tuple[Place, ...]:
    """Return where the models of an app hold what ``makemigrations`` would write."""
    model = next((found[1].lower() for pattern in _MODEL if (found := pattern.search(change))), "")
    field = found[1] if (found := _FIELD.search(change)) else ""
    for file, tree in _modules(configuration, app):
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name.lower() == model:
                return (Place(_relative(configuration, file), _line_of(node, field)),)
    return ()


def _line_of(model: ast.ClassDef, field: str) -> int:
    for node in model.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == field for target in targets):
            return node.lineno
    return model.lineno


def _function(configuration: Configuration, dotted: str) -> Iterator[Place]:
    module, _, name = dotted.rpartition(".")
    for folder in (*configuration.paths, "."):
        file = configuration.root / folder / f"{module.replace('.', '/')}.py"
        if not file.is_file():
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
                yield Place(_relative(configuration, file), node.lineno)
                return


def _modules(configuration: Configuration, app: str) -> Iterator[tuple[Path, ast.Module]]:
    """Return the modules of an app that may hold models: ``models.py``, or those of the package ``models``."""
    for folder in configuration.paths or (".",):
        for package in sorted((configuration.root / folder).glob(f"**/{app}")):
            for file in sorted([*package.glob("models.py"), *package.glob("models/**/*.py")]):
                yield file, ast.parse(file.read_text(encoding="utf-8"))


def _relative(configuration: Configuration, file: Path) -> str:
    return file.resolve().relative_to(configuration.root.resolve()).as_posix()
