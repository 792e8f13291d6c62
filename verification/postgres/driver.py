"""The PostgreSQL driver of this Python: psycopg 3 or else psycopg2, as Django chooses.

The names here are the driver's own, which are the same in both, and functions for what is not. With either driver
values enter a statement before it is sent, and one text may hold several statements; the result is the last one's.
"""

import io
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..errors import CannotRun


def _loads(name: str) -> bool:
    try:
        import_module(name)
    except ImportError:  # also psycopg 3 that finds no libpq
        return False
    return True


NAME: Final = next(filter(_loads, ("psycopg", "psycopg2")), None)
"""The driver's module, and its name in SQLAlchemy's URLs."""

if TYPE_CHECKING or NAME == "psycopg2":
    import psycopg2 as module
    from psycopg2 import Error, IntegrityError, OperationalError, ProgrammingError, errors, sql
    from psycopg2.extensions import connection as Connection  # noqa: N812 - a class with a lower-case name
    from psycopg2.extensions import cursor as Cursor  # noqa: N812
    from psycopg2.extensions import encrypt_password, libpq_version, parse_dsn
elif NAME == "psycopg":
    import psycopg as module
    from psycopg import (
        Connection,
        Cursor,
        Error,
        IntegrityError,
        OperationalError,
        ProgrammingError,
        errors,
        sql,
    )
    from psycopg.conninfo import conninfo_to_dict as parse_dsn
    from psycopg.pq import version as libpq_version
    from psycopg.types.string import TextLoader
else:

    class _Needed(type):
        """Whatever a driver has, until it is called: commands that ask no database need no driver."""

        def __getattr__(cls, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return cls

        def __call__(cls, *_arguments: object, **_keywords: object) -> Any:
            raise CannotRun(
                "this Python has no driver for PostgreSQL that loads",
                "install psycopg[binary] or psycopg2-binary",
            )

    class _Absent(Exception, metaclass=_Needed):  # noqa: N818 - also stands for what is no error
        __version__ = "none"

    module = Connection = Cursor = Error = IntegrityError = OperationalError = ProgrammingError = _Absent
    errors = sql = parse_dsn = libpq_version = _Absent

Row: TypeAlias = tuple[Any, ...]
"""One row of a result; the driver does not say what is in it."""
VERSION: Final = str(vars(module)["__version__"]).split()[0]

__all__ = [
    "NAME",
    "VERSION",
    "Connection",
    "Cursor",
    "Error",
    "IntegrityError",
    "OperationalError",
    "ProgrammingError",
    "Row",
    "connect",
    "copy",
    "errors",
    "libpq_version",
    "libraries",
    "parse_dsn",
    "require",
    "scram_verifier",
    "sql",
    "sqlstate",
]

if TYPE_CHECKING or NAME == "psycopg2":

    def connect(dsn: str = "", **keywords: Any) -> Connection:
        """Open a connection from a URL or libpq's keywords; raise what the driver raises.

        ``ProgrammingError`` is about the text of ``dsn``, and may repeat parts of it; others are about the server.
        """
        connection: Connection = module.connect(dsn, **keywords)
        return connection

    def copy(cursor: Any, statement: sql.Composable, lines: Sequence[str]) -> None:
        """Send lines to ``COPY ... FROM STDIN``."""
        cursor.copy_expert(statement, io.StringIO(_text(lines)))

    def scram_verifier(connection: Connection, user: str, password: str) -> str:
        """Return what the server stores for a password."""
        return encrypt_password(password, user, scope=connection, algorithm="scram-sha-256")

else:

    class _Cursor(module.ClientCursor):
        def execute(self, *arguments: Any, **options: Any) -> Any:
            super().execute(*arguments, **options)
            while self.nextset():
                pass
            return self

    def connect(dsn: str = "", **keywords: Any) -> Connection:
        """Open a connection; see above."""
        # Text is text, not bytes, in a database without an encoding too.
        wanted = {"client_encoding": "utf8", **parse_dsn(dsn), **keywords}
        connection = module.connect(**wanted, cursor_factory=_Cursor, prepare_threshold=None)
        for kind in ("uuid", "inet", "cidr"):
            connection.adapters.register_loader(kind, TextLoader)
        return connection

    def copy(cursor: Any, statement: sql.Composable, lines: Sequence[str]) -> None:
        """Send lines to ``COPY ... FROM STDIN``."""
        with cursor.copy(statement) as sent:
            sent.write(_text(lines))

    def scram_verifier(connection: Connection, user: str, password: str) -> str:
        """Return what the server stores for a password."""
        verifier = connection.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256")
        return verifier.decode()


def require() -> None:
    """Raise ``CannotRun`` without a driver, before anything is started that would need it."""
    if NAME is None:
        connect()


def sqlstate(error: Error) -> str:
    """Return an error's SQLSTATE; empty: the server did not answer. psycopg2 calls it ``pgcode``."""
    return str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def libraries() -> Path:
    """Return the folder of the libraries in the driver's wheel; it need not exist."""
    return Path(str(module.__file__)).parents[1] / f"{NAME}_binary.libs"
