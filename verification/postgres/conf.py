"""The settings files that every server of ours is written with, container or embedded."""

from collections.abc import Mapping, Sequence
from typing import Final

BASE: Final[Mapping[str, str]] = {
    # The data are thrown away: nothing need survive a crash of the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # The same answers on every machine.
    "client_encoding": "UTF8",
    "datestyle": "ISO, MDY",
    "default_text_search_config": "pg_catalog.english",
    "lc_messages": "C",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Shared memory as files in the data directory: gone with it, and not bound by a small /dev/shm.
    "dynamic_shared_memory_type": "mmap",
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
certificate and checks one that is shown, without insisting on it."""

HBA_PLAIN: Final = ("host all all all scram-sha-256",)
HBA_TLS: Final = ("hostssl all all all scram-sha-256",)
"""A TLS server refuses connections in clear unless ``configure`` says otherwise."""

_HBA_LOCAL: Final = "local all all scram-sha-256"
"""Our own way in, through the private socket: always first, whatever a test locks out."""


def postgresql_conf(parameters: Mapping[str, str]) -> bytes:
    """Write a postgresql.conf."""
    lines = [f"{name} = '{_quote(value)}'" for name, value in parameters.items()]
    return ("\n".join(lines) + "\n").encode()


def pg_hba_conf(lines: Sequence[str]) -> bytes:
    """Write a pg_hba.conf: these lines after our own."""
    return ("\n".join((_HBA_LOCAL, *lines)) + "\n").encode()


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
