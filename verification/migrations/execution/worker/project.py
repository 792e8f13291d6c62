"""Make this process the project's own, with the harness's server in place of its databases."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from .failure import Refused

KEPT_OPTIONS = ("isolation_level", "server_side_binding")
"""Of a database's OPTIONS, those that shape the session; all others say how to reach a server."""

CONNECTION_KEYWORDS = (
    "channel_binding", "database", "dbname", "gssencmode", "host", "pass", "port", "require_auth",
    "service", "ssl", "target_session", "user",
)  # fmt: skip
"""Prefixes of libpq's keywords that say which server to reach and how (docs: "Parameter Key Words")."""


START_LIKE_MANAGE = (
    "start it as manage.py is started: same folder, same variables, --python for its interpreter"
)


class Overlay(importlib.abc.MetaPathFinder):
    """Loads packages from a temporary copy: a tree that differs, without touching the user's."""

    def __init__(self, folders: dict[str, str]) -> None:
        self.folders = folders

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Return the copy's spec for a package that has one."""
        folder = self.folders.get(fullname)
        if folder is None:
            return None
        return importlib.util.spec_from_file_location(
            fullname, Path(folder) / "__init__.py", submodule_search_locations=[folder]
        )


def enter(request: dict[str, Any]) -> dict[str, Any]:
    """Load the settings, put the harness's server under every alias, set Django up.

    ``request``: settings, paths, server (host, port, user, password), libpq (the variables that
    lead it there), ours (whether the harness started that server), idle (a database that may be
    connected to), overlay (package -> folder). Gives what the "ready" event says.
    """
    for folder in reversed(request["paths"]):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = request["settings"]
    if request.get("overlay"):
        sys.meta_path.insert(0, Overlay(request["overlay"]))
    aliases = _replace_databases(request)
    _replace_variables(request)
    import django
    import django.utils.translation

    django.setup()
    # As makemigrations and migrate do: what a migration says is compared and stored untranslated.
    django.utils.translation.deactivate_all()
    _close()
    return {
        "aliases": aliases,
        "django": django.get_version(),
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "driver": _driver(),
    }


def _replace_variables(request: dict[str, Any]) -> None:
    """Let libpq's own variables lead to the harness's server, whatever the user's shell says of another."""
    for name in [name for name in os.environ if name.startswith("PG")] if request["ours"] else ():
        del os.environ[name]
    os.environ.update(request["libpq"], PGDATABASE=request["idle"])


def use(databases: dict[str, str]) -> None:
    """Point the aliases at databases of the harness's server, by name."""
    from django.db import connections

    _close()
    for alias in connections:
        if alias in databases:
            connections.databases[alias]["NAME"] = databases[alias]
    if "default" in databases:
        os.environ["PGDATABASE"] = databases["default"]


def _close() -> None:
    from django.db import connections

    connections.close_all()


def _load_settings(name: str) -> Any:
    if not all(part.isidentifier() for part in name.split(".")):
        raise Refused(
            "settings",
            "--settings {!r} is not the name of a module; name it as DJANGO_SETTINGS_MODULE would, "
            "such as mysite.settings".format(name),
        )
    if os.environ.get("DJANGO_CONFIGURATION"):
        try:
            importlib.import_module("configurations.importer").install()
        except ImportError:
            pass
    from django.conf import settings

    try:
        settings.DATABASES  # noqa: B018 - the access loads the settings
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise Refused(
                "settings",
                "there is no settings module {!r}: {}; name it as DJANGO_SETTINGS_MODULE would, "
                "and start from the folder that holds manage.py".format(name, error),
            ) from None
        raise Refused(
            "settings",
            "settings module {!r} cannot be imported: {}; {}".format(name, error, START_LIKE_MANAGE),
        ) from error
    except Exception as error:
        raise Refused(
            "settings",
            "settings module {!r} cannot be loaded: {}: {}; {}".format(
                name, type(error).__name__, " ".join(str(error).split()), START_LIKE_MANAGE
            ),
        ) from error
    return settings


def _replace_databases(request: dict[str, Any]) -> dict[str, Any]:
    settings = _load_settings(request["settings"])
    theirs = dict(settings.DATABASES) or {"default": {}}
    theirs.setdefault("default", {})
    ours = {alias: _replacement(entry, request) for alias, entry in theirs.items()}
    settings.DATABASES = ours
    _reset_connections(theirs)
    return {alias: _target(alias, theirs) for alias in ours}


def _reset_connections(theirs: dict[str, Any]) -> None:
    """Undo what settings and engines did with the connections while they loaded: Django keeps entries and wrappers."""
    from django.db import connections

    for alias in theirs:
        if hasattr(connections._connections, alias):
            connections[alias].close()
            del connections[alias]
    connections._settings = None
    connections.__dict__.pop("settings", None)


def _replacement(entry: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    server = request["server"]
    options = {name: value for name, value in (entry.get("OPTIONS") or {}).items() if name in KEPT_OPTIONS}
    search_path = str((entry.get("OPTIONS") or {}).get("options", ""))
    if "search_path" in search_path:
        options["options"] = search_path
    return {
        "ENGINE": _engine(str(entry.get("ENGINE", ""))),
        "NAME": request["idle"],
        "HOST": server["host"],
        "PORT": str(server["port"]),
        "USER": server["user"],
        "PASSWORD": server["password"],
        "OPTIONS": options,
        "TEST": dict(entry.get("TEST") or {}),
    }


def _engine(theirs: str) -> str:
    """Keep an engine that speaks PostgreSQL, whoever wrote it; else take Django's own."""
    if "gis" in theirs or "spatialite" in theirs:
        return "django.contrib.gis.db.backends.postgis"
    if not theirs or theirs.startswith("django.db.backends."):
        return "django.db.backends.postgresql"
    try:
        wrapper = importlib.import_module(theirs + ".base").DatabaseWrapper
    except (ImportError, AttributeError, ValueError):
        return "django.db.backends.postgresql"
    if getattr(wrapper, "vendor", "") != "postgresql":
        return "django.db.backends.postgresql"
    _wrap_connection_params(wrapper)
    return theirs


def _wrap_connection_params(wrapper: Any) -> None:
    """Override host, port and user in a backend that computes them itself (cloud tokens, service files)."""
    from django.db.backends.postgresql.base import DatabaseWrapper

    theirs = wrapper.get_connection_params
    djangos = DatabaseWrapper.get_connection_params
    if theirs is djangos:
        return

    def here(self: Any) -> dict[str, Any]:
        plain = djangos(self)
        try:
            found = dict(theirs(self))
        except Exception:  # noqa: BLE001 - its token or service is not available here
            return dict(plain)
        way = {name: value for name, value in plain.items() if name.startswith(CONNECTION_KEYWORDS)}
        return {
            **{name: value for name, value in found.items() if not name.startswith(CONNECTION_KEYWORDS)},
            **way,
        }

    wrapper.get_connection_params = here


def _target(alias: str, theirs: dict[str, Any]) -> str | None:
    """Which other alias is the same database (a replica, a mirror); None: one of its own."""
    entry = theirs[alias]
    mirror = (entry.get("TEST") or {}).get("MIRROR")
    if mirror in theirs and mirror != alias:
        return str(mirror)
    for other, candidate in theirs.items():
        if other == alias:
            return None
        keys = ("ENGINE", "HOST", "PORT", "NAME")
        if entry.get("NAME") and all(entry.get(key) == candidate.get(key) for key in keys):
            return other
    return None


def _driver() -> str:
    for name in ("psycopg", "psycopg2"):
        try:
            return "{} {}".format(name, importlib.import_module(name).__version__)
        except ImportError:
            continue
    raise Refused(
        "driver", "the project's Python has no PostgreSQL driver: install psycopg or psycopg2 beside it"
    )
