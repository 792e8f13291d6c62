"""The settings files of a server that the harness starts, in a container or embedded."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import CannotRun

if TYPE_CHECKING:
    from .tls import Authority

DEFAULT_NAMES: Final = ("localhost", "127.0.0.1")
"""The hosts that a server's certificate names by default: where the harness's servers listen."""

USER: Final = "postgres"
"""The superuser of a server that the harness starts."""

BASE: Final[Mapping[str, str]] = {
    # The data are thrown away: nothing has to survive a crash of the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # The same results on every machine.
    "client_encoding": "UTF8",
    "datestyle": "ISO, MDY",
    "default_text_search_config": "pg_catalog.english",
    "lc_messages": "C",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Shared memory as files in the data directory: gone with it, and not bound by a small /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    # A schema of some thousand tables is cloned, dumped and dropped in one transaction.
    "max_locks_per_transaction": "256",
    # All processes of a test run share one server.
    "max_connections": "300",
    "log_destination": "stderr",
    "logging_collector": "off",
    "password_encryption": "scram-sha-256",
}

TLS: Final[Mapping[str, str]] = {
    "ssl": "on",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
    "ssl_ca_file": "root.crt",
}
"""File names are relative to the data directory. With ``ssl_ca_file`` the server asks for a client
certificate, checks one that it gets, and does not require one."""

HBA_PLAIN: Final = ("host all all all scram-sha-256",)
HBA_TLS: Final = ("hostssl all all all scram-sha-256",)
"""A TLS server refuses connections in clear unless ``configure`` says otherwise."""

_HBA_LOCAL: Final = "local all all scram-sha-256"
"""Always first: the harness connects through the private socket whatever rules a test sets."""


def postgresql_conf(parameters: Mapping[str, str]) -> bytes:
    """Return the content of postgresql.conf."""
    lines = [f"{name} = '{_quote(value)}'" for name, value in parameters.items()]
    return ("\n".join(lines) + "\n").encode()


def pg_hba_conf(lines: Sequence[str]) -> bytes:
    """Return the content of pg_hba.conf: these lines after the harness's."""
    return ("\n".join((_HBA_LOCAL, *lines)) + "\n").encode()


def initdb_options(major: int, locale: str) -> list[str]:
    """Return initdb's options, for the same data directory on every machine.

    ``locale`` is ``C.UTF-8``, or ``C`` if the system does not have it (macOS, old systems).
    """
    options = [f"--locale={locale}", "--encoding=UTF8", "--lc-messages=C"]
    if major >= 17:  # noqa: PLR2004 - the first with a locale provider of its own
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, f"--username={USER}", "--auth=scram-sha-256", "--no-sync", "--no-instructions"]


def startup_error(log: str) -> str:
    """Return the line of a server's log that says why it did not start, without the time stamp."""
    lines = [line.partition("] ")[2] or line for line in log.splitlines() if line.strip()]
    levels = ("FATAL:", "PANIC:", "ERROR:")
    last = next((place for place in reversed(range(len(lines))) if lines[place].startswith(levels)), None)
    if last is None:
        return lines[-1] if lines else "its log is empty"
    if any(words in lines[last] for words in ("contains errors", "could not load")):
        # The cause is logged before: the setting, or the line of a file.
        causes = [line for line in lines[:last] if line.startswith("LOG:")]
        return causes[-1] if causes else lines[last]
    return lines[last]


def tls_files(authority: "Authority", *hosts: str) -> dict[str, bytes]:
    """Return the files that ``TLS`` names, with a certificate for these hosts and ``DEFAULT_NAMES``."""
    material = authority.issue_server(*dict.fromkeys((*DEFAULT_NAMES, *hosts)))
    return {"server.crt": material.certificate, "server.key": material.key, "root.crt": authority.pem}


def plain_name(name: str) -> str:
    """Return the name. Raises ``CannotRun`` if it is not that of a file directly in the data directory."""
    if Path(name).name != name:
        raise CannotRun(
            f"{name!r} is not the name of a file in the data directory", "give it without folders"
        )
    return name


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def write_private(path: Path, content: bytes) -> Path:
    """Write a file that only its owner can read (mode 0600 from its creation on) and return its path."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path
