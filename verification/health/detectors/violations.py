"""What a health endpoint must not do: the offences by which the witnesses are tried."""

from enum import StrEnum
from typing import Final


class Offence(StrEnum):
    """One way to leave the process; the value is the path of the guilty view that does it."""

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


MEANING: Final = {
    Offence.QUERY: "a query",
    Offence.SECOND_ALIAS: "a query on a second database alias",
    Offence.OTHER_THREAD: "a query from another thread",
    Offence.FIRST_TIME_ONLY: "a query on the first request only",
    Offence.SWALLOWED: "a query whose error is swallowed",
    Offence.BARE_CONNECT: "a connection opened through Django, no query",
    Offence.RAW_DRIVER: "psycopg2 without Django",
    Offence.RAW_SOCKET: "a socket to a host of the settings, error swallowed",
    Offence.NAME: "a host name resolved, error swallowed",
    Offence.SUBPROCESS: "a program started",
    Offence.FORK: "the process forked",
}
"""Each offence in words, for the report."""

DJANGO_QUERIES: Final = frozenset(
    {Offence.QUERY, Offence.SECOND_ALIAS, Offence.FIRST_TIME_ONLY, Offence.SWALLOWED}
)
"""SQL through Django, in the thread of the request."""
DATABASE: Final = DJANGO_QUERIES | {Offence.OTHER_THREAD, Offence.BARE_CONNECT, Offence.RAW_DRIVER}
"""Whatever reaches the database server."""
EVERYTHING: Final = frozenset(Offence)
INNOCENT: Final = "innocent"
"""Path of the view that does nothing wrong: no witness may accuse it."""
