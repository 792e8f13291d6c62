"""Import statements that lead to files of the project itself."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

_DEPTH: Final = 6
"""How many folders above the importing file's own are searched for an imported module."""
_Value = TypeVar("_Value")
_SPLIT_SETTINGS: Final = "split_settings.tools"


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
    yield from ((_STAR, target) for target in _included(tree, file))


_STAR: Final = ast.ImportFrom(module="", names=[ast.alias(name="*")], level=0)


def _included(tree: ast.Module, file: Path) -> Iterator[Path]:
    """Return the files that django-split-settings includes, and the modules that ``import_module`` may import.

    What is not known of a name may be anything: ``f"environments/{ENV}.py"`` are all files of that folder.
    """
    splits = any(
        isinstance(node, ast.ImportFrom) and node.module == _SPLIT_SETTINGS for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr() if splits and (name := _pattern(node)).endswith(
                ".py"
            ):
                places = [(file.parent, name)]
            case ast.Call(
                func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"), args=[argument, *_]
            ) if not (name := _pattern(argument)).startswith("*"):
                module = name.lstrip(".").replace(".", "/")
                places = [(folder, f"{module}.py") for folder in file.parents[:_DEPTH]]
            case _:
                continue
        for folder, pattern in places:
            yield from (found for found in sorted(folder.glob(pattern)) if found != file)


def _pattern(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text.lstrip("/")
        case ast.JoinedStr(values=values):
            return "".join(_pattern(value) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _pattern(left) + _pattern(right)
        case _:
            return "*"


def imported(
    values: Mapping[str, _Value], statement: ast.Import | ast.ImportFrom, file: Path
) -> dict[str, _Value]:
    """Return the names of a module as the statement that imports it gives them: name here -> value.

    ``values``: name in the module -> value; a name with a dot is one of something that the module imports.
    """
    module = file.parent.name if file.stem == "__init__" else file.stem
    found: dict[str, _Value] = {}
    for alias in statement.names:
        bound = alias.asname or alias.name
        for name, value in values.items():
            first, dot, rest = name.partition(".")
            if isinstance(statement, ast.ImportFrom) and alias.name in {"*", first}:
                found[name if alias.name == "*" else f"{bound}{dot}{rest}"] = value
            elif alias.name.split(".")[-1] == module:
                found[f"{bound}.{name}"] = value
    return found


def _project_file(file: Path, module: str, level: int) -> Path | None:
    folders = [file.parent, *file.parents]
    candidates = [folders[level]] if level else folders[1 : _DEPTH + 1]
    for folder in candidates:
        place = folder.joinpath(*module.split("."))
        for target in (place.with_suffix(".py"), place / "__init__.py"):
            if target.is_file() and target != file and "site-packages" not in target.parts:
                return target
    return None
