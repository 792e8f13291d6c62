"""The log of the PostgreSQL server, and its counters: every session and statement that reaches it.

The log is the more exact of the two and complete before a client has its answer. The counters
(``pg_stat_database``) are used where the log cannot be read.
"""

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Self

from ...errors import CannotRun
from ...postgres import driver
from ...postgres.answers import APPLICATION_NAME
from ...postgres.driver import sql
from ...postgres.server import Database
from ...processes.wait import wait_for
from .detector import Detector
from .violations import DATABASE

DETECTOR: Final = Detector("PostgreSQL log", DATABASE, "other hosts")
LOGGING: Final = {
    "log_connections": "on",
    "log_statement": "all",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
}
"""Parameters with which the server logs every session and statement."""
WAIT_SECONDS: Final = 5.0
NO_SUBJECT: Final = "no subject"
"""Mark of the time between two subjects, in which this module opens a session itself."""
END: Final = "end"
_PROCESS: Final = re.compile(r"\[(\d+)\]")
_WATCH: Final = re.compile(rf"\[(\d+)\].*connection authorized.*application_name={APPLICATION_NAME}")
"""A session in which the gate asks whether the server answers, as it does beside a check that takes long."""
_LOGGED: Final = re.compile(
    r"connection (?:received|authenticated|authorized)|statement: |execute \S+: |FATAL: |ERROR: "
)
_SESSIONS: Final = "SELECT coalesce(sum(sessions), 0)::bigint FROM pg_stat_database WHERE datname = %s"


class StatementLog:
    """What reaches one database; use it in a ``with`` block, at whose end the server's parameters are reset.

    ``mark`` names the subject that is requested next, ``observed`` ends the observation. The log is that of
    the whole server, so nobody else may use the server meanwhile. On a server that is not the harness's own
    the log cannot be read, and the counters of the database are compared instead.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._server = database.server
        self._token = secrets.token_hex(6)
        self._marks: list[tuple[str, int]] = []
        """Each subject with the sessions that the server had counted before it."""
        self._session = Database(self._server, "postgres").connect()
        self.log_unavailable = ""
        """Why the log cannot be used; empty if it can."""
        try:
            self._enable_logging()
        except (CannotRun, driver.Error, TimeoutError) as error:
            self.log_unavailable = str(error).strip().splitlines()[0]

    def _enable_logging(self) -> None:
        self._server.log()
        for name, value in LOGGING.items():
            self._execute(sql.SQL("ALTER SYSTEM SET {} = %s").format(sql.Identifier(name)), value)
        self._execute("SELECT pg_reload_conf()")
        # A new session has the postmaster's parameters, an open one reads them between two statements.
        _wait(lambda: self._enabled(new=True) and self._enabled(new=False), "logging is not on")
        self._write_mark("ready")
        _wait(lambda: self._mark("ready") in self._server.log(), "no statement is in the log")

    def _enabled(self, *, new: bool) -> bool:
        statement = "SELECT current_setting('log_statement')"
        rows = self.database.execute(statement) if new else self._execute(statement)
        return rows == [("all",)]

    def mark(self, subject: str) -> None:
        """Assign what comes next to a subject."""
        self._write_mark(NO_SUBJECT)
        self._marks.append((subject, self._settled_sessions()))
        self._write_mark(subject)

    def _settled_sessions(self) -> int:
        """Return the counter once it holds a session of our own that has just ended."""
        before = self._sessions()
        self.database.execute("SELECT 1")
        # The counter is written when a session ends, by PostgreSQL 14 with a delay.
        _wait(lambda: self._sessions() > before, "the counters of the server do not change")
        return self._sessions()

    def _sessions(self) -> int:
        return int(self._execute(_SESSIONS, self.database.name)[0][0])

    def observed(self) -> dict[str, list[str]]:
        """Return subject -> the sessions and statements since its mark; nothing is observed afterwards."""
        self.mark(END)
        if self.log_unavailable:
            return self._counted()
        _wait(lambda: self._mark(END) in self._server.log(), "the last mark is not in the log")
        logged: dict[str, list[str]] = {subject: [] for subject, _ in self._marks[:-1]}
        current = NO_SUBJECT
        lines = self._server.log().splitlines()
        of_the_watch = {found[1] for line in lines if (found := _WATCH.search(line))}
        for line in lines:
            _, marked, rest = line.partition(f"verification {self._token} ")
            if marked:
                current = rest.partition(" */")[0]
            elif (
                current in logged and _LOGGED.search(line) and not of_the_watch & set(_PROCESS.findall(line))
            ):
                logged[current].append(line.strip()[:200])
        if len(logged) == 1:
            # With several subjects, a session that ends late would be counted for the wrong one.
            for subject, counted in self._counted().items():
                logged[subject] += counted
        return logged

    def _counted(self) -> dict[str, list[str]]:
        counted = {}
        for (subject, before), (_, after) in zip(self._marks, self._marks[1:], strict=False):
            # The later reading contains one session of our own.
            sessions = after - before - 1
            counted[subject] = [f"{sessions} sessions counted"] if sessions else []
        return counted

    def _write_mark(self, name: str) -> None:
        self._execute(sql.SQL("SELECT 1 " + self._mark(name)))

    def _mark(self, name: str) -> str:
        return f"/* verification {self._token} {name} */"

    def _execute(self, statement: Any, *parameters: Any) -> list[tuple[Any, ...]]:
        with self._session.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(driver.Error):
            for name in LOGGING:
                self._execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
            self._execute("SELECT pg_reload_conf()")
        self._session.close()


def _wait(condition: Callable[[], bool], failure: str) -> None:
    if not wait_for(condition, seconds=WAIT_SECONDS, pause=0.01):
        raise TimeoutError(f"{failure} after {WAIT_SECONDS:g} s")
