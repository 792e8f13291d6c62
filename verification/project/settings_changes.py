"""What the harness changes in the settings of a project that it serves. Loaded in the project's own processes."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

PROJECT_SETTINGS: Final = "VERIFICATION_PROJECT_SETTINGS"
"""Variable with the name of the project's own settings module."""
DATABASE: Final = "VERIFICATION_DATABASE"
"""Variable with the database as JSON: NAME, USER, PASSWORD, HOST, PORT; unset: the project's own variables name it."""
OPEN_SITE: Final = "VERIFICATION_OPEN_SITE"
"""Variable that is set where requests come from this machine, and not from a site's own host over https."""
ADAPTED: Final = f"{__package__}.verified_settings"
BACKEND: Final = "django.db.backends.postgresql"
_KEPT_OPTIONS: Final = ("pool", "isolation_level", "server_side_binding", "assume_role")
"""OPTIONS of a PostgreSQL database that do not say where it is."""
_KEPT_KEYS: Final = ("ATOMIC_REQUESTS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "TIME_ZONE")
"""Keys of an alias on another database server that mean the same on PostgreSQL."""


def replaced_databases(theirs: Mapping[str, Any], connection: Mapping[str, str]) -> dict[str, Any]:
    """Return the project's ``DATABASES`` with every alias on one database of PostgreSQL."""
    return {alias: replaced_database(theirs.get(alias) or {}, connection) for alias in ("default", *theirs)}


def replaced_database(entry: Mapping[str, Any], connection: Mapping[str, str]) -> dict[str, Any]:
    """Return an alias's settings on another database; what belongs to another kind of server is dropped."""
    if not _is_postgres(str(entry.get("ENGINE", ""))):
        kept = {key: entry[key] for key in _KEPT_KEYS if key in entry}
        return {**kept, "ENGINE": BACKEND, **connection}
    options = {key: value for key, value in (entry.get("OPTIONS") or {}).items() if key in _KEPT_OPTIONS}
    return {**entry, **connection, "OPTIONS": options}


def _is_postgres(engine: str) -> bool:
    """Whether an engine is PostgreSQL's, or a package's own that is derived from it."""
    if "postg" in engine or not engine or engine.startswith("django."):
        return "postg" in engine
    try:
        wrapper = import_module(f"{engine}.base").DatabaseWrapper
    except (ImportError, AttributeError):
        return False
    return getattr(wrapper, "vendor", "") == "postgresql"
