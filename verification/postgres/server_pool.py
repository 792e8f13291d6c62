"""The servers of one test run: started when first asked for, shared, closed with the run.

The drivers and the clients of container engines are imported when a server is started, so that a run without one
does not pay for them.
"""

import secrets
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from ..errors import CannotRun

if TYPE_CHECKING:
    from multiprocessing.connection import Connection, Listener

    from .server import Database, Server

Address = tuple[str, int, str]
"""Host, port and key of the process that starts the server which parallel workers share."""
LOCAL: Final = "127.0.0.1"


class ServerPool:
    """A plain and a TLS server of one provider.

    ``shared`` is the address of another pool, in the controller of parallel workers, which has the plain server.
    """

    def __init__(
        self,
        provider: str,
        *,
        major: int | None = None,
        dsn: str | None = None,
        shared: Address | None = None,
    ) -> None:
        self.provider = provider
        self.major = major
        self.dsn = dsn
        self.shared = shared
        self._why = ""
        self._plain: Server | None = None
        self._tls: Server | None = None
        self._django: Database | None = None
        self._listener: Listener | None = None
        self._silent: dict[str, CannotRun] = {}
        self._lock = threading.RLock()

    @property
    def description(self) -> str:
        """What server this is, or will be, and why that one."""
        if self.provider == "none":
            return "no PostgreSQL server (provider none): the project's own database settings"
        why = f" ({self._why})" if self._why else ""
        server = self._plain or self._tls
        if server is None:
            return f"PostgreSQL server of provider {self.provider}{why}, started when a test needs it"
        return f"{server.version} {self.provider} at {server.address}{why}"

    def choose(self) -> None:
        """Choose the provider. Raises ``CannotRun`` if the arguments contradict each other; starts nothing."""
        if self.provider != "none" and not self._why:
            from . import providers

            choice = providers.choose(self.provider, self.dsn, major=self.major)
            self.provider, self._why = choice.provider, choice.reason

    def start(self, *, plain: bool, tls: bool) -> None:
        """Start what a run will need, both servers side by side. Raises ``CannotRun`` if one cannot be started."""
        if not plain and not tls:
            return
        from . import providers

        self.choose()
        with self._lock:
            if plain and tls and self.provider != "existing" and self._plain is None and self._tls is None:
                self._plain, self._tls = providers.start_many(
                    [{"tls": False}, {"tls": True}], provider=self.provider, major=self.major
                )
        if plain:
            self.plain()
        if tls:
            self.tls()

    def plain(self) -> "Server":
        """Return the server without TLS. Raises ``CannotRun`` if it cannot be started."""
        with self._lock:
            if self._plain is None:
                self._plain = self._start(tls=False) if self.shared is None else self._ask(self.shared)
            return self._plain

    def tls(self) -> "Server":
        """Return the server with TLS and its authority. Raises ``CannotRun`` if it cannot be started."""
        with self._lock:
            if self._tls is None:
                self._tls = self._start(tls=True)
            return self._tls

    def require_answers(self, *, plain: bool, tls: bool) -> None:
        """Raise ``CannotRun`` if a started server does not answer, at once when it did not answer before."""
        from .answers import require_answer

        for server, wanted in ((self._plain, plain), (self._tls, tls)):
            if server is None or not wanted:
                continue
            if server.address not in self._silent:
                try:
                    require_answer(server)
                except CannotRun as error:
                    self._silent[server.address] = error
            if server.address in self._silent:
                raise self._silent[server.address]

    def django_database(self) -> "Database":
        """Return a database for the project's own settings."""
        if self._django is None:
            self._django = self.plain().create_database()
        return self._django

    def share(self) -> Address:
        """Let other processes of this machine ask for the plain server; return where.

        The server starts when the first of them asks, in this process, and so lives until this one closes it.
        """
        if self._listener is None:
            from multiprocessing.connection import Listener

            from ..processes import cleanup

            cleanup.arm()
            key = secrets.token_hex(16)
            self._listener = Listener((LOCAL, 0), backlog=64, authkey=key.encode())
            self._address: Address = (LOCAL, self._listener.address[1], key)
            threading.Thread(target=self._answer, daemon=True, args=(self._listener,)).start()
        return self._address

    def started(self) -> "list[Server]":
        """Return the servers that have been started."""
        return [server for server in (self._plain, self._tls) if server is not None]

    def secrets(self) -> list[str]:
        """Return the passwords that no report may show."""
        return [server.password for server in self.started()]

    def close(self) -> None:
        """Drop what the run created and stop what it started."""
        if self._listener is not None:
            listener, self._listener = self._listener, None
            listener.close()
        if self._django is not None:
            database, self._django = self._django, None
            if not database.server.can_stop:
                database.server.drop_database(database.name)
        for server in self.started():
            server.close()
        self._plain = self._tls = None

    def _start(self, *, tls: bool) -> "Server":
        if self.provider == "none":
            raise CannotRun(
                "this needs PostgreSQL, and the provider is none", "omit --verification-provider none"
            )
        from . import providers

        self.choose()
        return providers.start(self.provider, major=self.major, tls=tls, dsn=self.dsn)

    def _answer(self, listener: "Listener") -> None:
        """Tell each process that asks the URL of the server, or why there is none."""
        from multiprocessing import AuthenticationError

        while True:
            try:
                connection = listener.accept()
            except (ConnectionError, EOFError, AuthenticationError):  # a stranger, or one that has ended
                continue
            except OSError:  # it has been closed
                return
            with connection:
                if (
                    self._listener is not listener
                ):  # closed while this thread waited, which keeps the port open
                    return
                self._answer_one(connection)

    def _answer_one(self, connection: "Connection[object, object]") -> None:
        try:
            answer = (self.plain().url(), "", "")
        except CannotRun as error:
            answer = ("", error.reason, error.advice)
        except Exception as error:  # noqa: BLE001 - who asks waits for an answer
            answer = ("", f"the shared server was not started: {type(error).__name__}: {error}", "")
        with suppress(OSError):
            connection.send(answer)

    def _ask(self, address: Address) -> "Server":
        """Return the server of another pool, which is started when it is asked for."""
        from multiprocessing.connection import Client

        from . import shell
        from .existing import ExistingServer

        host, port, key = address
        try:
            with Client((host, port), authkey=key.encode()) as connection:
                url, reason, advice = connection.recv()
        except (OSError, EOFError):
            raise CannotRun("the process that starts the shared server has ended", "run it again") from None
        if not url:
            raise CannotRun(reason, advice)
        if self.dsn is None:
            shell.hide()
        return ExistingServer.launch(url)


def container_obstacle() -> str:
    """Return why no container can be started here; empty when one can."""
    from .providers import engine

    try:
        engine().client().client.close()
    except CannotRun as obstacle:
        return str(obstacle)
    return ""
