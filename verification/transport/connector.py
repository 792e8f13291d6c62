"""The process that connects through libpq on demand: JSON lines in, JSON lines out.

A script of its own that imports nothing but the driver. Each connection is made in a child: with
its own HOME, as an ordinary account when asked, without a terminal and under a time limit, so
that neither a prompt for a password nor a silent server can hold anything up.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import psycopg2

SESSION = "SELECT ssl, version, cipher, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
SECONDS = 10


def main() -> None:
    """Answer requests until the input ends; an empty one asks what the driver is made of."""
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(in_child(request) if request else driver()), flush=True)  # noqa: T201 - our parent reads it


def driver() -> dict[str, Any]:
    """Give the versions of the client's verifier: the libraries inside the driver's wheel."""
    return {"libpq": psycopg2.extensions.libpq_version(), "openssl": openssl_version()}


def in_child(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, connect there, and give what came of it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reader)
            prepare(request)
            os.write(writer, json.dumps(connect(request["parameters"])).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        text = answers.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"error": f"no outcome within {SECONDS} s"}
    answer: dict[str, Any] = json.loads(text or b'{"error": "the connecting process ended"}')
    return answer


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
        connection = psycopg2.connect(**parameters)
    except (psycopg2.Error, UnicodeDecodeError) as error:
        return {"error": " ".join(str(error).split())}
    with connection, connection.cursor() as cursor:
        cursor.execute(SESSION)
        ssl, version, cipher, client = cursor.fetchone() or (None, None, None, None)
    connection.close()
    return {"error": None, "ssl": ssl, "version": version, "cipher": cipher, "client": client}


def openssl_version() -> str:
    """Give the version of the OpenSSL that came with the driver, which is not the system's."""
    for folder in Path(psycopg2.__file__).parent.parent.glob("psycopg2_binary.libs"):
        for file in folder.glob("libcrypto*"):
            library = ctypes.CDLL(str(file))
            library.OpenSSL_version.restype = ctypes.c_char_p
            return str(library.OpenSSL_version(0).decode())
    return "the system's"


if __name__ == "__main__":
    main()
