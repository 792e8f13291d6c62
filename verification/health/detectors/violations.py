"""What a health endpoint must not do: each violation that a detector may claim to see."""

from enum import StrEnum
from typing import Final


class Violation(StrEnum):
    """One way to use something outside of the process; the value is the path of the view that does it."""

    QUERY = "query"
    SECOND_ALIAS = "second-alias"
    OTHER_THREAD = "other-thread"
    FIRST_TIME_ONLY = "first-time-only"
    SWALLOWED = "swallowed"
    BARE_CONNECT = "bare-connect"
    RAW_DRIVER = "raw-driver"
    RAW_SOCKET = "raw-socket"
    NAME = "name"
    SUBPROCESS = "subprocess"
    FORK = "fork"
    SQLITE = "sqlite"
    FILE = "file"
    ON_HEAD = "on-head"
    WITH_QUERY = "with-query"
    WITH_COOKIE = "with-cookie"
    AFTER_A_WHILE = "after-a-while"


DESCRIPTIONS: Final = {
    Violation.QUERY: "a query",
    Violation.SECOND_ALIAS: "a query on a second database alias",
    Violation.OTHER_THREAD: "a query from another thread",
    Violation.FIRST_TIME_ONLY: "a query on the first request only",
    Violation.SWALLOWED: "a query whose error is swallowed",
    Violation.BARE_CONNECT: "a connection opened through Django, no query",
    Violation.RAW_DRIVER: "the driver without Django",
    Violation.RAW_SOCKET: "a socket to a host of the settings, error swallowed",
    Violation.NAME: "a host name resolved, error swallowed",
    Violation.SUBPROCESS: "a program started",
    Violation.FORK: "the process forked",
    Violation.SQLITE: "a SQLite database opened",
    Violation.FILE: "a file opened for writing",
    Violation.ON_HEAD: "a query for HEAD only, error swallowed",
    Violation.WITH_QUERY: "a query for a long query string only, error swallowed",
    Violation.WITH_COOKIE: "a socket for a cookie only, error swallowed",
    Violation.AFTER_A_WHILE: "a query whenever 30 s have passed, error swallowed",
}
"""Each violation in words, for the report."""

ON_OCCASION: Final = frozenset({Violation.ON_HEAD, Violation.WITH_QUERY})
"""SQL through Django for requests other than the barest."""
DJANGO_QUERIES: Final = ON_OCCASION | {
    Violation.QUERY,
    Violation.SECOND_ALIAS,
    Violation.FIRST_TIME_ONLY,
    Violation.SWALLOWED,
}
"""SQL through Django, in the thread of the request."""
DATABASE: Final = DJANGO_QUERIES | {Violation.OTHER_THREAD, Violation.BARE_CONNECT, Violation.RAW_DRIVER}
"""Whatever reaches the database server."""
CALLS: Final = frozenset(
    {
        Violation.RAW_SOCKET,
        Violation.NAME,
        Violation.SUBPROCESS,
        Violation.FORK,
        Violation.SQLITE,
        Violation.FILE,
        Violation.WITH_COOKIE,
    }
)
"""Calls that leave the process, the database server apart."""
CLEAN: Final = "clean"
"""Path of the view that does nothing wrong: no detector may report it."""
