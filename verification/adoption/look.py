"""The process that looks at a project from inside: ``python -m <package>.adoption.look``.

One request ``{"manage": ..., "settings": ..., "root": ..., "paths": [...]}`` names manage.py (or nothing), the settings
module (or nothing: that of manage.py) and folders for the import path. The answer has what Django knows of the project;
``error`` and ``kind`` if it does not start.
"""

import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from ..processes.serve import serve

HEALTHY: Final = (
    "livez", "live", "liveness", "alive", "healthz", "health", "healthcheck", "health-check", "health_check", "up",
    "ping", "heartbeat", "status", "ht",
)  # fmt: skip
"""Last words of a health path, the ones that mean liveness first."""
OK: Final = "answers 200"
ADMIN: Final = "admin"
"""``app_name`` of the pages of an AdminSite: a model that is called Ping has one."""


class _Started(BaseException):
    """manage.py is about to run its command."""


def main(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Look; return what was found."""
    before = list(sys.path)
    root = Path(wanted["root"])
    for folder in reversed(wanted["paths"]):
        sys.path.insert(0, str(root / folder))
    try:
        if wanted["manage"]:
            _run_manage(wanted["manage"])
        if wanted["settings"]:
            os.environ["DJANGO_SETTINGS_MODULE"] = wanted["settings"]
        return _found(root, before)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - settings are any code
        return {
            "error": str(error) or type(error).__name__,
            "kind": type(error).__name__,
            "settings": _settings(),
        }


def _run_manage(manage: str) -> None:
    """Run manage.py up to its command: it may add to the import path and to the environment."""
    from django.core import management

    def stop(*_: object) -> None:
        raise _Started

    sys.path.insert(0, str(Path(manage).parent))
    with (
        patch.object(management, "execute_from_command_line", stop),
        patch.object(sys, "argv", [manage, "check"]),
        suppress(_Started),
    ):
        runpy.run_path(manage, run_name="__main__")


def _settings() -> str:
    return os.environ.get("DJANGO_SETTINGS_MODULE", "")


def _found(root: Path, before: list[str]) -> dict[str, Any]:
    import django
    from django.conf import settings

    databases = {alias: str(entry.get("ENGINE", "")) for alias, entry in settings.DATABASES.items()}
    django.setup()
    own = [path for path in sys.path if path not in before and Path(path).is_relative_to(root)]
    return {
        "settings": _settings(),
        "paths": sorted({str(Path(path).relative_to(root)) for path in own} - {"."}),
        "databases": databases,
        "apps": _apps(root),
        "wsgi": getattr(settings, "WSGI_APPLICATION", None) or "",
        "asgi": getattr(settings, "ASGI_APPLICATION", None) or "",
        **_health(),
    }


def _apps(root: Path) -> dict[str, list[str]]:
    """Return the labels of the project's own apps with migrations or models -> names of their squashes."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    own = {
        each.label
        for each in apps.get_app_configs()
        if Path(each.path).is_relative_to(root) and "site-packages" not in Path(each.path).parts
    }
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    found: dict[str, list[str]] = {
        label: [] for label in own if list(apps.get_app_config(label).get_models())
    }
    for (label, name), migration in loader.disk_migrations.items():
        if label in own:
            found.setdefault(label, [])
            found[label] += [name] if getattr(migration, "replaces", ()) else []
    return found


def _health() -> dict[str, Any]:
    """Return the health path that answers without a database, and those that do not."""
    unhealthy: dict[str, str] = {}
    for path, view in _health_paths():
        answer = _ask(path)
        if answer == OK:
            return {"health_path": path, "health_view": _name_of(view), "unhealthy": unhealthy}
        unhealthy[path] = answer
    return {"health_path": "", "health_view": "", "unhealthy": unhealthy}


def _health_paths() -> list[tuple[str, Any]]:
    from django.urls import get_resolver

    ranked = []
    for path, view in _routes(get_resolver(), "/"):
        words = [word for word in path.strip("/").split("/") if word]
        if words and words[-1] in HEALTHY:
            ranked.append((HEALTHY.index(words[-1]), len(words), path, view))
    return [(path, view) for _, _, path, view in sorted(ranked, key=lambda each: each[:3])]


def _routes(resolver: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern).removeprefix("^").removesuffix("$").replace("\\Z", "")
        if any(character in route for character in "<(\\["):
            continue
        if getattr(pattern, "app_name", "") == ADMIN:
            continue
        route = route.removesuffix("?") if route.endswith("/?") else route
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern, prefix + route)
        else:
            yield prefix + route, pattern.callback


def _ask(path: str) -> str:
    """Request a path where no database can be reached; return what it does in words."""
    from django.conf import settings
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.test import Client

    asked: list[str] = []

    def refuse(wrapper: Any, *_: object, **__: object) -> None:
        asked.append(wrapper.alias)
        raise RuntimeError("no database here")

    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["*"], False
    with patch.object(BaseDatabaseWrapper, "ensure_connection", refuse):
        try:
            status = Client(raise_request_exception=False).get(path).status_code
        except Exception as error:  # noqa: BLE001 - what a view raises is the answer
            said = f"raises {type(error).__name__}"
        else:
            said = f"answers {status}"
    return f"asks for the database {asked[0]!r}" if asked else said


def _name_of(view: Any) -> str:
    """Return the dotted name by which a view can be imported and called; empty: it has none."""
    import asyncio

    from django.utils.module_loading import import_string

    name = f"{getattr(view, '__module__', '')}.{getattr(view, '__qualname__', '')}"
    try:
        return name if import_string(name) is view and not asyncio.iscoroutinefunction(view) else ""
    except ImportError:
        return ""


if __name__ == "__main__":
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    serve(main)
