"""The transaction in which a database is read: one snapshot, read only, all names qualified."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ...errors import CannotRun
from ...postgres import driver
from ...postgres.url import address, connect

SETTINGS: Final = {
    # Settings that change how PostgreSQL prints expressions, constants and names.
    "search_path": "",
    "quote_all_identifiers": "off",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "lc_monetary": "C",
    "standard_conforming_strings": "on",
    # Plans over catalogs are large and short-running: compiling them costs more than running them.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "statement_timeout": "0",
}

IDLE: Final = 0
"""libpq's ``PQTRANS_IDLE``: no transaction is open."""


@contextmanager
def session(
    source: str | driver.Connection, opened: Callable[[driver.Connection], object] = lambda _: None
) -> Iterator[tuple[driver.Cursor, int]]:
    """Yield a cursor in a read-only snapshot and the server's major version; roll back afterwards.

    ``opened`` is called with a connection that is made here.
    """
    if not isinstance(source, str):
        with _translated(source.info.dbname), _snapshot(source) as cursor:
            yield cursor, source.info.server_version // 10000
        return
    with _translated(address(source)), _connection(source) as connection:
        opened(connection)
        with _snapshot(connection) as cursor:
            yield cursor, connection.info.server_version // 10000


@contextmanager
def _connection(source: str) -> Iterator[driver.Connection]:
    connection = connect(source, application_name="verification")
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except driver.errors.InsufficientPrivilege as error:
        line = _line(error)
        raise CannotRun(
            f"{name}: {line}", "read it as a superuser or as a member of pg_read_all_data"
        ) from None
    except driver.ProgrammingError as error:
        raise CannotRun(f"{name}: {_line(error)}") from None
    except (driver.Error, UnicodeDecodeError) as error:
        raise CannotRun(
            f"{name}: cannot read the database: {_line(error)}",
            "check that its server runs and that this user may connect",
        ) from None


def _line(error: Exception) -> str:
    """Return the first line of the error; libpq puts no password into it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else "the connection was lost"


@contextmanager
def _snapshot(connection: driver.Connection) -> Iterator[driver.Cursor]:
    settings = "SELECT " + ", ".join(
        f"set_config('{name}', '{value}', true)" for name, value in SETTINGS.items()
    )
    with connection.cursor() as cursor:
        if connection.info.transaction_status != IDLE:
            # An open transaction of the caller: its uncommitted changes are read too.
            cursor.execute("SAVEPOINT verification_read")
            end = "ROLLBACK TO verification_read; RELEASE verification_read"
        elif connection.autocommit:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            end = "ROLLBACK"
        else:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            end = "ROLLBACK"
        try:
            cursor.execute(settings)
            yield cursor
        finally:
            if not connection.closed:
                cursor.execute(end)
