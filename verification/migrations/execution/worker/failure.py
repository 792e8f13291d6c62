"""Every way a job fails, as one object: a kind, one line, and what lies behind it."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

WORKER_FOLDER = str(Path(__file__).parent)


class Refused(Exception):  # noqa: N818 - sent as an answer, never shown as an exception
    """A job that cannot be done, with the kind and the line that the harness will show."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def kind_of(error: BaseException) -> str:
    """Say which kind of failure an exception is.

    "connection": the server went away; "resources": it has no disk, memory or connection left; "load": the chain does
    not load; "irreversible"; "driver": no PostgreSQL driver here; "network": a migration calls it; "apply": anything
    else.
    """
    from django.core.exceptions import ImproperlyConfigured
    from django.db import InterfaceError, OperationalError
    from django.db.migrations.exceptions import (
        AmbiguityError,
        BadMigrationError,
        CircularDependencyError,
        InconsistentMigrationHistory,
        IrreversibleError,
        NodeNotFoundError,
    )

    if isinstance(error, Refused):
        return error.kind
    if isinstance(error, ImproperlyConfigured) and "psycopg" in str(error):
        return "driver"
    if isinstance(error, IrreversibleError):
        return "irreversible"
    if isinstance(error, (InterfaceError, OperationalError)):
        state = sqlstate(error) or ""
        return "connection" if _lost(error) else "resources" if state.startswith("53") else "apply"
    unloadable = (
        AmbiguityError,
        BadMigrationError,
        CircularDependencyError,
        InconsistentMigrationHistory,
        NodeNotFoundError,
    )
    return "load" if isinstance(error, unloadable) else "apply"


def sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE that psycopg 3 or psycopg2 gives an error, or the one that Django raised from it."""
    cause = error.__cause__ or error
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)


def _lost(error: BaseException) -> bool:
    """Whether the session is gone: PostgreSQL had no chance to answer, so there is no SQLSTATE (or class 08, 57P)."""
    state = sqlstate(error)
    return state is None or state[:2] == "08" or state[:3] == "57P"


def location(error: BaseException) -> str:
    """Name the module whose import failed, if any; the message alone seldom says where."""
    place = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if code.co_name == "<module>" and not code.co_filename.startswith((WORKER_FOLDER, "<")):
            place = " ({}, line {})".format(code.co_filename, number)
    return place


def to_message(error: BaseException, migration: str = "") -> dict[str, Any]:
    """Return the error event's content: kind, message (one line), migration, detail (traceback)."""
    line = " ".join(str(error).split()) or type(error).__name__
    if not isinstance(error, Refused):
        line = "{}: {}{}".format(type(error).__name__, line, location(error))
    return {
        "kind": kind_of(error),
        "message": line,
        "migration": migration,
        "detail": "".join(traceback.format_exception(type(error), error, error.__traceback__)),
    }
