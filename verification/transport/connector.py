"""The process that connects through libpq on request.

It imports nothing but the driver and the protocol. Each connection is made in a child: with
its own HOME, as an ordinary account when asked, without a terminal and under a time limit, so
that neither a prompt for a password nor a silent server can hold anything up.
"""

import ctypes
import os
import signal
from typing import Any

from ..postgres import driver
from ..processes.serve import in_fork, serve

SESSION = "SELECT ssl, version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
SECONDS = 10


def versions() -> dict[str, Any]:
    """Return the versions of the client's verifier: the libraries inside the driver's wheel."""
    return {"libpq": driver.libpq_version(), "openssl": openssl_version()}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Connect in a fork and return what came of it; an empty request asks for the driver's versions."""
    if not request:
        return versions()

    def work() -> dict[str, Any]:
        prepare(request)
        return connect(request["parameters"])

    outcome = in_fork(work)
    if outcome.status < 0:
        return {"error": f"no outcome within {SECONDS} s"}
    return outcome.answer or {"error": "the connecting process ended"}


def prepare(request: dict[str, Any]) -> None:
    """Become who connects: nothing of this process's own settings is left."""
    signal.alarm(SECONDS)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    os.environ["HOME"] = request["home"]
    if request.get("account"):
        uid, gid = request["account"]
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def connect(parameters: dict[str, Any]) -> dict[str, Any]:
    """Connect and ask the server, never the client, whether the session is encrypted."""
    try:
        connection = driver.connect(**parameters)
    except (driver.Error, UnicodeDecodeError) as error:
        return {"error": " ".join(str(error).split())}
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        ssl, version, cipher, client = cursor.fetchone() or (None, None, None, None)
    connection.close()
    return {"error": None, "ssl": ssl, "version": version, "cipher": cipher, "client": client}


def openssl_version() -> str:
    """Return the version of the OpenSSL that came with the driver, which is not the system's."""
    for file in driver.libraries().glob("libcrypto*"):
        library = ctypes.CDLL(str(file))
        library.OpenSSL_version.restype = ctypes.c_char_p
        return str(library.OpenSSL_version(0).decode())
    return "the system's"


if __name__ == "__main__":
    serve(answer)
