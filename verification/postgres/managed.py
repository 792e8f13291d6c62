"""What the two kinds of server that the harness starts itself have in common: settings, password, life cycle."""

import secrets
import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ..errors import CannotRun
from ..processes import cleanup, run_directory
from ..processes.port import LOOPBACK
from . import server_files
from .server import CONNECT_SECONDS, Server

if TYPE_CHECKING:
    from .tls import Authority

_PARAMETERS: Final = {"sslmode": "prefer", "gssencmode": "disable", "connect_timeout": str(CONNECT_SECONDS)}
_CLIENT_FILES: Final = ("sslcert", "sslkey", "sslrootcert", "sslcrl")
"""libpq looks in ``~/.postgresql`` for one that is not named; a named and missing one is no error with ``prefer``.

https://www.postgresql.org/docs/current/libpq-ssl.html
"""


class ManagedServer(Server):
    """A server that the harness starts, configures and removes.

    Subclasses start and stop PostgreSQL and write its files; all methods may be called from any thread.
    """

    can_stop = True
    can_configure = True
    host = LOOPBACK
    user = server_files.USER

    def __init__(self, authority: "Authority | None") -> None:
        self.authority = authority
        self.url_parameters = _PARAMETERS | dict.fromkeys(_CLIENT_FILES, str(run_directory.no_file()))
        self.password = secrets.token_urlsafe(24)
        self._lock = threading.RLock()
        self._closed = False
        self._parameters: Mapping[str, str] = {}
        self._hba = self._usual_hba

    def start(self) -> None:
        """Start it again on the same port after ``stop``; nothing happens if it runs."""
        with self._lock:
            if self._closed:
                raise CannotRun(f"{self.provider}: this server has been closed", "start another one")
            if not self._is_running:
                self._write_settings()
                self._start_postgres()

    def stop(self) -> None:
        """Stop it (a fast shutdown) and keep its data and its port."""
        with self._lock:
            self._stop_postgres()

    def close(self) -> None:
        """Stop it and remove all that belongs to it. May be called twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._remove()
                cleanup.forget(self)

    def configure(
        self,
        parameters: Mapping[str, str],
        *,
        hba: Sequence[str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Restart it with these settings (see ``Server.configure``)."""
        with self._lock:
            checked = {server_files.plain_name(name): content for name, content in (files or {}).items()}
            self.stop()
            if checked:
                self._write_data_files(checked)
            self._parameters = dict(parameters)
            self._hba = self._usual_hba if hba is None else tuple(hba)
            self.start()

    @property
    def _usual_hba(self) -> Sequence[str]:
        return server_files.HBA_TLS if self.authority else server_files.HBA_PLAIN

    def _write_settings(self) -> None:
        """Write postgresql.conf and pg_hba.conf."""
        settings = {
            **server_files.BASE,
            **(server_files.TLS if self.authority else {}),
            **self._parameters,
            **self._own_settings,
        }
        self._write_data_files(
            {
                "postgresql.conf": server_files.postgresql_conf(settings),
                "pg_hba.conf": server_files.pg_hba_conf(self._hba),
            }
        )

    @property
    @abstractmethod
    def _own_settings(self) -> Mapping[str, str]:
        """Addresses, port and socket folder, which ``configure`` does not change."""

    @property
    @abstractmethod
    def _is_running(self) -> bool:
        """Whether PostgreSQL has been started and not stopped."""

    @abstractmethod
    def _start_postgres(self) -> None:
        """Start PostgreSQL and wait until it is ready. Raises ``CannotRun`` with the reason if it is not."""

    @abstractmethod
    def _stop_postgres(self) -> None:
        """Stop PostgreSQL if it runs, with a fast shutdown."""

    @abstractmethod
    def _write_data_files(self, files: Mapping[str, bytes]) -> None:
        """Write files into the data directory, with mode 0600."""

    @abstractmethod
    def _remove(self) -> None:
        """Stop PostgreSQL and remove all that belongs to it."""
