"""The certificates of the cases, good ones and those with one fault, and the files they are written to."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from ..postgres.tls import Authority, Material
from ..processes.account import Account
from .system_check_cases import KEY_MODES, LINKED_MODES

KEY_PASSWORD: Final = "the key's own password"  # noqa: S105 - of a key that exists for one run
NOBODY: Final = 65534
"""A user that owns nothing."""
_ROOT_DAYS: Final = {"expired": -1, "soon": 20, "lasting": 300}
"""Root certificate -> days from now to its end."""
PREFIX: Final = "transport-"
"""What the names of the files in the server's data directory start with."""


@dataclass(frozen=True)
class Certificates:
    """All certificates of one run: name -> material."""

    authority: Authority
    other: Authority
    servers: Mapping[str, Material]
    clients: Mapping[str, Material]

    @classmethod
    def issue(cls, authority: Authority) -> Self:
        """Issue them all."""
        other, between = Authority.create("another authority"), authority.intermediate()
        servers = {
            "good": authority.issue_server(),
            "other": other.issue_server(),
            "elsewhere": authority.issue_server("elsewhere.invalid"),
            "name": authority.issue_server("localhost"),
            "common": authority.issue_server(common_name="localhost"),
            "wildcard": authority.issue_server("*.shop.invalid"),
            "expired": authority.issue_server(expired=True),
            "early": authority.issue_server(not_yet_valid=True),
            "client-usage": authority.issue_server(usage="client"),
            "chained": between.issue_server(),
            "unchained": between.issue_server(send_chain=False),
        }
        user = "by_certificate"
        clients = {
            "good": authority.issue_client(user),
            "other": other.issue_client(user),
            "expired": authority.issue_client(user, expired=True),
            "revoked": authority.issue_client(user),
            "somebody": authority.issue_client("somebody_else"),
            "named": authority.issue_client("named_certificate"),
            "encrypted": authority.issue_client(user, password=KEY_PASSWORD),
            "lasting": authority.issue_client(user, days=300),
            "soon": authority.issue_client(user, days=20),
            "ending": authority.issue_client(user, days=1),
        }
        return cls(authority, other, servers, clients)

    def server_files(self) -> dict[str, bytes]:
        """Return the files for the server's data directory: name -> content."""
        files = {
            f"{PREFIX}root.crt": self.authority.pem,
            f"{PREFIX}clients.crl": self.authority.crl([self.clients["revoked"]]),
        }
        for name, material in self.servers.items():
            files[f"{PREFIX}{name}.crt"] = material.certificate
            files[f"{PREFIX}{name}.key"] = material.key
        return files

    def write_client_files(self, directory: Path, account: Account) -> None:
        """Write the files of the clients, which belong to the account that connects."""
        directory.chmod(0o755)
        self.authority.write(directory, "root")
        self.other.write(directory, "other-root")
        for name, material in self.clients.items():
            material.write(directory, name)
        (directory / "server.crl").write_bytes(self.authority.crl([self.servers["good"]]))
        (directory / "other.crl").write_bytes(self.other.crl())
        shutil.copy(directory / "good.key", directory / "open.key")
        account.own(directory)
        (directory / "open.key").chmod(0o644)
        # Belongs to root, if that is who runs the harness: libpq accepts mode 0640 for a key of root's.
        shutil.copy(directory / "good.key", directory / "group.key")
        (directory / "group.key").chmod(0o640)
        self._write_edges(directory)

    def _write_edges(self, directory: Path) -> None:
        """Write the files of ``system_check_cases``."""
        roots = {name: Authority.create(days=days).pem for name, days in _ROOT_DAYS.items()}
        for name, pem in roots.items():
            (directory / f"{name}-root.crt").write_bytes(pem)
        (directory / "two-roots.crt").write_bytes(roots["lasting"] + roots["soon"])
        (directory / "empty.crt").write_bytes(b"no certificate\n")
        for mode in KEY_MODES:
            self._write_key(directory / f"key-{mode:o}", mode)
        for mode in LINKED_MODES:
            (directory / f"link-{mode:o}").symlink_to(directory / f"key-{mode:o}")
        self._write_key(directory / "key-640-other", 0o640)
        if os.geteuid() == 0:
            os.chown(directory / "key-640-other", NOBODY, NOBODY)

    def _write_key(self, file: Path, mode: int) -> None:
        file.write_bytes(self.clients["lasting"].key)
        file.chmod(mode)
