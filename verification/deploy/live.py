"""Statistics of live databases: the one thing that is asked of them, in a read-only session."""

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from ..errors import CannotRun
from ..migrations.data import frequencies
from ..migrations.data.frequencies import Statistics
from ..postgres import driver, shell
from ..postgres.url import connect

_SECONDS: Final = 30
_ALIAS: Final = re.compile(r"(\w+)=(postgres(?:ql)?://.*)")


def parse(texts: Sequence[str]) -> dict[str, str]:
    """Read the values of ``--statistics``: a URL, of the alias ``default``, or ``ALIAS=URL``."""
    found = {}
    for text in texts:
        named = _ALIAS.fullmatch(text)
        found[named[1] if named else "default"] = named[2] if named else text
    return found


def read_statistics(
    urls: Mapping[str, str], described: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Statistics]:
    """Read them, alias by alias; ``described``: the tables as the base's models have them. Raises ``CannotRun``."""
    return {alias: _read(alias, url, described) for alias, url in urls.items()}


def _read(alias: str, url: str, described: Mapping[str, Sequence[Mapping[str, Any]]]) -> Statistics:
    if alias not in described:
        raise CannotRun(
            f"--statistics {alias}=...: the project has no such database",
            f"its aliases: {', '.join(described)}",
        )
    try:
        with shell.shown(), closing(connect(url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = on")
                cursor.execute("SET statement_timeout = %s", (f"{_SECONDS}s",))
            found = frequencies.read(connection, described[alias])
    except driver.Error as error:
        reason = (str(error).strip() or "no answer").splitlines()[0]
        raise CannotRun(f"--statistics: {reason}", "check the URL and the server") from None
    if not any(found.rows.values()):
        raise CannotRun(
            "--statistics: the database has none",
            "run ANALYZE there, and see that the URL names the right database",
        )
    return found
