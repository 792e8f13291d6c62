"""What a process of the project says of its own connections. Imported in that process, whatever it is."""

import json
import os
from pathlib import Path
from typing import Any, Final

ANSWER: Final = "VERIFICATION_ANSWER"
"""Variable with the file that ``report`` writes to."""
_SESSION: Final = "SELECT ssl, version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


def sessions() -> list[dict[str, Any]]:
    """Connect every alias that is on PostgreSQL through Django; ask the server about each session."""
    from django.db import connections

    found = [_session(connection) for connection in connections.all() if connection.vendor == "postgresql"]
    return found or [{"alias": "default", "error": "no alias is on PostgreSQL"}]


def _session(connection: Any) -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION)
            ssl, version, cipher, client = cursor.fetchone() or (None,) * 4
        answer = {"ssl": ssl, "version": version, "cipher": cipher, "client": client}
        return {"alias": connection.alias, "error": None, **answer, "parameters": _parameters(connection)}
    except Exception as error:  # noqa: BLE001 - the refusal is the answer
        return {"alias": connection.alias, "error": " ".join(str(error).split())}
    finally:
        connection.close()


def _parameters(connection: Any) -> dict[str, str]:
    """Return what libpq has used, from whatever source: keyword -> value, without what is secret."""
    raw = connection.connection
    if hasattr(raw, "pgconn"):  # psycopg 3, whose own dictionary leaves out what is libpq's default
        found = {each.keyword.decode(): each.val.decode() for each in raw.pgconn.info if each.val is not None}
    else:
        found = raw.info.dsn_parameters
    return {name: value for name, value in found.items() if "password" not in name}


def report() -> None:
    """Write the sessions to the file that the environment names."""
    target = Path(os.environ[ANSWER])
    written = target.with_suffix(".part")
    written.write_text(json.dumps({"sessions": sessions(), "process": os.getpid()}), encoding="utf-8")
    written.rename(target)
