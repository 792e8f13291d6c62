"""A database for one run of a tool."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2 import sql

from verification.postgres.providers import start


@contextlib.contextmanager
def temporary(prefix: str) -> Iterator[dict[str, str]]:
    """Create a database on the server that the DB_ variables name, or on one that is started for the run.

    Yields the server's variables; drops the database at the end.
    """
    with contextlib.ExitStack() as stack:
        if os.environ.get("DB_HOST"):
            names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
            address = {name: os.environ.get(f"DB_{key}", "") for name, key in names.items()}
        else:
            server = stack.enter_context(start("embedded"))
            address = {
                "host": server.host,
                "port": str(server.port),
                "user": server.user,
                "password": server.password,
            }
        name = f"{prefix}_{uuid.uuid4().hex[:12]}"
        _maintain(address, "CREATE DATABASE {}", name)
        try:
            yield {"DB_NAME": name, **{f"DB_{key.upper()}": value for key, value in address.items()}}
        finally:
            from django.db import connections

            connections.close_all()
            _maintain(address, "DROP DATABASE {} WITH (FORCE)", name)


def _maintain(address: dict[str, str], statement: str, name: str) -> None:
    given: dict[str, Any] = {key: value for key, value in address.items() if value}
    connection = psycopg2.connect(dbname="postgres", **given)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    finally:
        connection.close()
