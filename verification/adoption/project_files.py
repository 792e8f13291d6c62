"""What the files of a project say before any of its code runs."""

import ast
import re
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser, Error
from pathlib import Path
from typing import Final

SKIPPED: Final = frozenset(
    {
        ".git",
        ".hg",
        ".tox",
        ".nox",
        ".venv",
        "venv",
        "env",
        "node_modules",
        "site-packages",
        "__pycache__",
        "tests",
    }
)
DEPTH: Final = 4
"""How many folders below the root are searched."""
_SETTINGS: Final = re.compile(r"""["']([A-Za-z_][\w.]*settings[\w.]*)["']""")
_STARTED: Final = re.compile(r"\b(gunicorn|uvicorn|granian)\b")
_START_FILES: Final = (
    "Dockerfile", "Procfile", "entrypoint.sh", "start.sh", "compose.yaml", "compose.yml", "docker-compose.yml",
    "docker-compose.yaml", "fly.toml", "render.yaml", "railway.json",
)  # fmt: skip


def files_named(root: Path, name: str, depth: int = DEPTH) -> list[Path]:
    """Return the files of this name below ``root``, the nearest first; environments and tests are skipped."""
    return sorted(_walk(root, name, depth), key=lambda file: (len(file.parts), str(file)))


def _walk(folder: Path, name: str, depth: int) -> Iterator[Path]:
    if (folder / name).is_file():
        yield folder / name
    if depth:
        for each in sorted(folder.iterdir()):
            if (
                each.is_dir()
                and not each.is_symlink()
                and each.name not in SKIPPED
                and not _is_environment(each)
            ):
                yield from _walk(each, name, depth - 1)


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file()


def settings_named(root: Path, manage: Path | None) -> str:
    """Return the settings module that manage.py, pytest's settings or a wsgi.py names; empty: none does."""
    sources = [manage] if manage else []
    sources += [*files_named(root, "wsgi.py"), *files_named(root, "asgi.py")]
    for file in sources:
        if name := _settings_in(file):
            return name
    return _of_tools(root)


def _settings_in(file: Path) -> str:
    text = file.read_text(encoding="utf-8", errors="replace")
    if "DJANGO_SETTINGS_MODULE" not in text:
        return ""
    after = text[text.index("DJANGO_SETTINGS_MODULE") :]
    found = _SETTINGS.search(after) or _SETTINGS.search(text)
    return found[1] if found else ""


def _of_tools(root: Path) -> str:
    try:
        tools = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    except (OSError, tomllib.TOMLDecodeError):
        tools = {}
    found = tools.get("pytest", {}).get("ini_options", {}).get("DJANGO_SETTINGS_MODULE")
    found = found or tools.get("django-stubs", {}).get("django_settings_module")
    for name, section in (("pytest.ini", "pytest"), ("setup.cfg", "tool:pytest"), ("tox.ini", "pytest")):
        parser = ConfigParser(interpolation=None)
        try:
            parser.read(root / name, encoding="utf-8")
        except (Error, UnicodeDecodeError):
            continue
        found = found or parser.get(section, "DJANGO_SETTINGS_MODULE", fallback=None)
    return str(found or "")


def server_started(root: Path) -> str:
    """Return the HTTP server that a Dockerfile, a Procfile or a script starts; empty: none."""
    for name in _START_FILES:
        for file in files_named(root, name, 2):
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            for line in lines:
                if (found := _STARTED.search(line)) and "install" not in line:
                    return found[1]
    return ""


def celery_application(root: Path, folders: list[str]) -> str:
    """Return the Celery application, as ``module:name``; empty: the project has none."""
    for file in files_named(root, "celery.py") + files_named(root, "celery_app.py"):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
        except SyntaxError:
            continue
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)) if (
                    ast.unparse(function).rpartition(".")[2] == "Celery"
                ):
                    return f"{module_of(file, root, folders)}:{name}"
    return ""


def module_of(file: Path, root: Path, folders: list[str]) -> str:
    """Return the dotted name of a file, from the folder on the import path that is nearest to it."""
    places = [(root / folder).resolve() for folder in (*folders, ".")]
    above = max((place for place in places if file.is_relative_to(place)), key=lambda place: len(place.parts))
    return ".".join(file.relative_to(above).with_suffix("").parts)
