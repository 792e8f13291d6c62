"""Leads a project's tests to copies of databases that exist already; started in the place of ``manage.py``.

Every test runner asks Django to create the test databases. Here it creates copies, and applies no migration.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import unittest
from pathlib import Path
from typing import Any

VARIABLE = "VERIFICATION_TESTS"
KEPT = ("ATOMIC_REQUESTS", "AUTOCOMMIT", "TIME_ZONE", "DISABLE_SERVER_SIDE_CURSORS")
"""What an entry of DATABASES says about the code rather than about the server."""


def told() -> dict[str, Any]:
    """Return what the harness says: databases (alias -> template), record (a file), and ``project.enter``'s request."""
    found: dict[str, Any] = json.loads(os.environ[VARIABLE])
    return found


def record(**entry: Any) -> None:
    """Add a line to the record; several processes may write to it."""
    line = (json.dumps(entry) + "\n").encode()
    file = os.open(told()["record"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, line)
    os.close(file)


def lead() -> None:
    """Let Django make copies instead of test databases."""
    from django.db.backends.base.creation import BaseDatabaseCreation
    from django.db.backends.postgresql.operations import DatabaseOperations
    from django.test import utils

    sql_flush = DatabaseOperations.sql_flush

    def with_cascade(self: Any, style: Any, tables: Any, **options: Any) -> Any:
        return sql_flush(self, style, tables, **{**options, "allow_cascade": True})

    # Tables that these tests do not know may point to those that they empty.
    DatabaseOperations.sql_flush = with_cascade
    theirs = utils.get_unique_databases_and_mirrors

    def unique(*args: Any, **kwargs: Any) -> Any:
        _replace_databases()
        return theirs(*args, **kwargs)

    utils.get_unique_databases_and_mirrors = unique
    BaseDatabaseCreation.create_test_db = _create


def _replace_databases() -> None:
    """Put the harness's server under the aliases, whatever settings the tests have."""
    from django.conf import settings
    from django.db import connections

    project = _project()
    request = told()
    before = {alias: dict(entry) for alias, entry in settings.DATABASES.items()}
    named = os.environ.get("DJANGO_SETTINGS_MODULE", request["settings"])
    project._replace_databases({**request, "settings": named})
    project._replace_variables(request)
    for alias, entry in connections.databases.items():
        entry.update({key: value for key, value in before.get(alias, {}).items() if key in KEPT})
        if alias in request["databases"]:
            entry["NAME"] = request["databases"][alias]
            entry["TEST"]["NAME"] = None


def _project() -> Any:
    """Load the worker's own module."""
    folder = Path(__file__).parents[1]
    spec = importlib.util.spec_from_file_location("verification_worker_start", folder / "__main__.py")
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - the file is there
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    start.load()
    return importlib.import_module(start.PACKAGE + ".project")


def _create(
    creation: Any, verbosity: int = 1, autoclobber: bool = False, serialize: Any = True, keepdb: bool = False
) -> str:
    """Take the place of ``create_test_db``."""
    connection = creation.connection
    template = connection.settings_dict["NAME"]
    name = "{}_{}".format(template, os.getpid())
    quote = connection.ops.quote_name
    with creation._nodb_cursor() as cursor:
        cursor.execute("CREATE DATABASE {} TEMPLATE {}".format(quote(name), quote(template)))
    connection.close()
    connection.settings_dict["NAME"] = name
    record(database=connection.alias)
    if serialize:
        connection._test_serialized_contents = creation.serialize_db_to_string()
    connection.ensure_connection()
    return name


def _observe() -> None:
    """Record what unittest, and Django's processes for ``--parallel``, tell of each test."""
    from django.test import runner

    for result in (unittest.TestResult, runner.RemoteTestResult):
        for name in ("addSuccess", "addError", "addFailure", "addSubTest"):
            setattr(result, name, _recording(name, getattr(result, name), result is not unittest.TestResult))


def _recording(name: str, theirs: Any, remote: bool) -> Any:
    def method(self: Any, test: Any, *args: Any) -> Any:
        error = args[-1] if args else None
        if error is None:
            if name == "addSuccess":
                record(test=test.id(), error="")
            return theirs(self, test, *args)
        record(test=test.id(), error=_said(error))
        if remote:
            # An error that cannot be sent to the other process would end the whole run.
            plain = AssertionError(_said(error))
            return self.events.append(("addFailure", self.test_index, (AssertionError, plain, None)))
        return theirs(self, test, *args)

    return method


def _said(error: Any) -> str:
    """Return type and text of an error as unittest has it."""
    return "{}: {}".format(error[0].__name__, error[1])


def main() -> None:
    """Do what ``manage.py`` does."""
    from django.core.management import execute_from_command_line

    _observe()
    lead()
    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
