"""Temporary copies of folders of migrations, changed as a developer would change them."""

import ast
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from .chains import Key, Squash, Tree


def copy_package(tree: Tree, app: str, directory: Path) -> Path:
    """Copy one app's migrations below ``directory`` and return the copy's folder."""
    return Path(
        shutil.copytree(
            tree.folders[app], directory / app, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
    )


def without_originals(tree: Tree, squash: Squash, directory: Path) -> dict[str, str]:
    """Copy the tree as it is after the originals' removal; return package -> folder for each app touched.

    As Django's documentation has it ("Squashing migrations"): the replaced files are deleted,
    the squash no longer says ``replaces``, and what depended on them depends on the squash.
    """
    overlay = {}
    for app in sorted(tree.folders):
        touched = {name for label, name in squash.covers if label == app}
        if app != squash.app and not touched and not _mentions(Path(tree.folders[app]), squash.covers):
            continue
        folder = copy_package(tree, app, directory)
        for name in touched:
            (folder / f"{name}.py").unlink(missing_ok=True)
        for file in sorted(folder.glob("*.py")):
            text = file.read_text(encoding="utf-8")
            if app == squash.app and file.stem == squash.name:
                text = drop_replaces(text)
            file.write_text(redirect(text, dict.fromkeys(squash.covers, squash.key)), encoding="utf-8")
        overlay[tree.packages[app]] = str(folder)
    return overlay


def drop_replaces(text: str) -> str:
    """Remove the assignment of ``replaces`` from a migration."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "replaces" for target in node.targets
        ):
            assert node.end_lineno is not None  # noqa: S101 - parsed from text
            del lines[node.lineno - 1 : node.end_lineno]
            break
    return "".join(lines)


def redirect(text: str, moved: Mapping[Key, Key]) -> str:
    """Let dependencies on some migrations become dependencies on others."""
    # Offsets of the syntax tree count bytes.
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    places = [
        (node, moved[key])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Tuple) and (key := _key(node)) in moved
    ]
    for node, target in sorted(places, key=lambda place: (-place[0].lineno, -place[0].col_offset)):
        if node.end_lineno is None or node.end_col_offset is None:
            continue
        tail = lines[node.end_lineno - 1][node.end_col_offset :]
        head = lines[node.lineno - 1][: node.col_offset]
        lines[node.lineno - 1 : node.end_lineno] = [head + repr(target).encode() + tail]
    return b"".join(lines).decode()


def _key(node: ast.Tuple) -> Key:
    parts = [
        each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return (parts[0], parts[1]) if len(parts) == len(node.elts) == 2 else ("", "")  # noqa: PLR2004 - a pair


def _mentions(folder: Path, keys: Collection[Key]) -> bool:
    """Whether a file of the folder names one of these migrations."""
    moved = dict.fromkeys(keys, ("", ""))
    names = {name for _, name in keys}
    texts = (file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    return any(any(name in text for name in names) and redirect(text, moved) != text for text in texts)
