"""The PostgreSQL server as a witness: every session and statement, by its own log and counters.

It sees whatever reaches the server, by any driver, thread or process; it is blind to other hosts.
The log is the sharper half: it is written before the answer. The counters (``pg_stat_database``)
speak where the log cannot be read.
"""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

import psycopg2
from psycopg2 import sql

from verification.errors import CannotRun
from verification.postgres.server import Database
from verification.processes.wait import wait_for

LOGGING: Final = {
    "log_connections": "on",
    "log_statement": "all",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
}
"""Parameters that make the server tell of every session and statement."""
WAIT_SECONDS: Final = 5.0
BETWEEN: Final = "between two subjects"
"""Mark of the time in which the watch itself opens a session."""
END: Final = "end of watch"
_TOLD: Final = re.compile(
    r"connection (?:received|authenticated|authorized)|statement: |execute \S+: |FATAL: |ERROR: "
)
_ACTIVITY: Final = """
    SELECT coalesce(sum(sessions), 0)::bigint, coalesce(sum(xact_commit + xact_rollback), 0)::bigint
    FROM pg_stat_database WHERE datname = %s
"""


@dataclass(frozen=True)
class Activity:
    """What the server has counted for one database since its statistics began."""

    sessions: int
    transactions: int


class ServerWatch:
    """Watches one database; ``mark`` says whose requests come next, ``told`` ends the watch.

    The log covers the whole server: nobody else may use it meanwhile, except on an existing
    server, whose log is not ours to read and where the database's own counters have to do.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._server = database.server
        self._token = secrets.token_hex(6)
        self._marks: list[tuple[str, Activity]] = []
        self._monitor = Database(self._server, "postgres").connect()
        self.silent_log = ""
        """Why the log says nothing; empty: it speaks."""
        try:
            self._make_log_speak()
        except (CannotRun, psycopg2.Error, TimeoutError) as error:
            self.silent_log = str(error).strip().splitlines()[0]

    def _make_log_speak(self) -> None:
        self._server.log()
        for name, value in LOGGING.items():
            self._ask(sql.SQL("ALTER SYSTEM SET {} = %s").format(sql.Identifier(name)), value)
        self._ask("SELECT pg_reload_conf()")
        # New sessions get the postmaster's parameters, this one reads them between two commands.
        _until(lambda: self._told_to_log(new=True) and self._told_to_log(new=False), "logging is not on")
        self._say("ready")
        _until(lambda: self._saying("ready") in self._server.log(), "no statement reaches the log")

    def _told_to_log(self, *, new: bool) -> bool:
        statement = "SELECT current_setting('log_statement')"
        rows = self.database.execute(statement) if new else self._ask(statement)
        return rows == [("all",)]

    def mark(self, subject: str) -> None:
        """Begin the watch over one subject's requests."""
        self._say(BETWEEN)
        self._marks.append((subject, self.activity()))
        self._say(subject)

    def activity(self) -> Activity:
        """Give the counters, once they hold a session of our own that has just ended."""
        before = self._counted()
        self.database.execute("SELECT 1")
        # Counters are written when a session ends, by PostgreSQL 14 with a delay.
        _until(lambda: self._counted().sessions > before.sessions, "the server's counters stand still")
        return self._counted()

    def _counted(self) -> Activity:
        return Activity(*self._ask(_ACTIVITY, self.database.name)[0])

    def told(self) -> dict[str, list[str]]:
        """End the watch: subject -> the sessions and statements that the server saw during it."""
        self.mark(END)
        if self.silent_log:
            return self._by_counters()
        _until(lambda: self._saying(END) in self._server.log(), "the last mark is not in the log")
        told: dict[str, list[str]] = {}
        subject = BETWEEN
        for line in self._server.log().splitlines():
            if f"verification {self._token} " in line:
                subject = line.partition(f"verification {self._token} ")[2].partition(" */")[0]
                if subject not in (BETWEEN, END):
                    told.setdefault(subject, [])
            elif subject in told and _TOLD.search(line):
                told[subject].append(line.strip()[:200])
        if len(told) == 1:
            # Between several subjects a session that ends late would be counted to the wrong one.
            for subject, counted in self._by_counters().items():
                told[subject] += counted
        return {name: told.get(name, []) for name, _ in self._marks[:-1]}

    def _by_counters(self) -> dict[str, list[str]]:
        told = {}
        for (subject, before), (_, after) in zip(self._marks, self._marks[1:], strict=False):
            # The later reading holds one session of our own, with its one transaction.
            sessions = after.sessions - before.sessions - 1
            told[subject] = [f"{sessions} sessions counted"] if sessions else []
        return told

    def _say(self, subject: str) -> None:
        self._ask(sql.SQL("SELECT 1 " + self._saying(subject)))

    def _saying(self, subject: str) -> str:
        return f"/* verification {self._token} {subject} */"

    def _ask(self, statement: Any, *parameters: Any) -> list[tuple[Any, ...]]:
        with self._monitor.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    def close(self) -> None:
        """Give the server its own parameters back; may be called twice."""
        with suppress(psycopg2.Error):
            for name in LOGGING:
                self._ask(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
            self._ask("SELECT pg_reload_conf()")
        self._monitor.close()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the server as it was."""
        self.close()


def _until(condition: Any, failure: str) -> None:
    if not wait_for(condition, seconds=WAIT_SECONDS, pause=0.01):
        raise TimeoutError(f"{failure} after {WAIT_SECONDS:g} s")
