"""Import statements that lead to files of the project itself."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DEPTH: Final = 6
"""How many folders above the importing file's own are searched for an imported module."""


def project_imports(tree: ast.Module, file: Path) -> Iterator[tuple[ast.Import | ast.ImportFrom, Path]]:
    """Return the statements in ``tree``, parsed from ``file``, that import a file of the project; with that file."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=name, level=level):
                modules = [name or ""] + [f"{name or ''}.{alias.name}".lstrip(".") for alias in node.names]
            case ast.Import(names=aliases):
                modules, level = [alias.name for alias in aliases], 0
            case _:
                continue
        for module in modules:
            if module and (target := _project_file(file, module, level)):
                yield node, target


def _project_file(file: Path, module: str, level: int) -> Path | None:
    folders = [file.parent, *file.parents]
    candidates = [folders[level]] if level else folders[1 : _DEPTH + 1]
    for folder in candidates:
        place = folder.joinpath(*module.split("."))
        for target in (place.with_suffix(".py"), place / "__init__.py"):
            if target.is_file() and target != file and "site-packages" not in target.parts:
                return target
    return None
