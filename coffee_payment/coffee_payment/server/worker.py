"""A threaded worker of gunicorn whose polling thread reads requests and answers the probes itself.

gunicorn's own `gthread` gives each new connection to a thread at once. There a probe waits behind payments that wait
for a provider, and behind clients that send slowly. Here a thread gets a request only when all of it has come, and
a probe never needs a thread (docs/health-under-load.md).
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from coffee_payment.server import heads
from coffee_payment.server.connections import TRANSFER_SECONDS, Connection

REQUEST_BYTES: Final = 64 * 1024
"""The longest head; and the longest head and body that the polling thread collects before a thread gets them."""
_RECEIVE_BYTES: Final = 4096
"""What one connection may send before the others have their turn."""
_PROBES_IN_TURN: Final = 8
"""How many probes in a row (pipelining) one connection gets answered before the others have their turn."""
_LINGER_SECONDS: Final = 2.0
_TICK_SECONDS: Final = 1.0
_LATER: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED})
_NO_DESCRIPTORS: Final = frozenset({errno.EMFILE, errno.ENFILE})


class ProbeWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Reads without threads, answers probes without threads; all else is gunicorn's."""

    drain_seconds: float = 0.0
    """How long after SIGTERM connections are still accepted (`gunicorn.conf.py` sets it)."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """Return gunicorn's own worker where the polling thread cannot read the requests (TLS, HTTP/2)."""
        cfg = options.get("cfg") or args[5]
        if cfg.is_ssl or cfg.proxy_protocol != "off" or set(cfg.http_protocols) != {"h1"}:
            return ThreadWorker(*args, **options)
        return super().__new__(cls)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Begin without connections."""
        super().__init__(*args, **options)
        # Connection -> monotonic time at which it is closed, the earliest first.
        self.keepalived_conns: dict[Connection, float] = {}
        self.reading: dict[Connection, float] = {}
        self.lingering: dict[Connection, float] = {}
        # Connections with further probes that have come: the poller tells nothing about those.
        self.unfinished: dict[Connection, None] = {}
        self.stop_requested = False

    def load_wsgi(self) -> None:
        """Load the application, and with it the views of the probes."""
        super().load_wsgi()
        # Not at the head: the master imports this module before the folder of the metrics exists.
        from payments.health import readiness

        from coffee_payment.server import answers

        self.answers, self.readiness = answers, readiness
        self.wire = answers.Wire()

    def run(self) -> None:
        """Serve until the worker is stopped or has served its number of requests, then finish what has begun."""
        self.poller.register(
            self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks
        )
        while self.alive and self.is_parent_alive():
            self.set_accept_enabled(True)
            self._turn()
        if self.stop_requested:
            self.readiness.refuse()
            self._drain(time.monotonic() + self.drain_seconds)
        self.set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()  # now, so that later clients are refused and not left in the backlog
        self._finish(time.monotonic() + self.cfg.graceful_timeout)
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()

    def _turn(self, seconds: float = _TICK_SECONDS) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(timeout=0 if self.unfinished else seconds)
        if conn := next(iter(self.unfinished), None):
            del self.unfinished[conn]
            self._advance(conn)
        now = time.monotonic()
        for waiting in (self.lingering, self.keepalived_conns, self.reading):
            while waiting and (conn := next(iter(waiting))) and waiting[conn] <= now:
                self._drop(conn)

    def _drain(self, end: float) -> None:
        """Accept connections until the time is over, then those that are in the backlog."""
        while (left := end - time.monotonic()) > 0:
            self.set_accept_enabled(True)
            self._turn(min(left, _TICK_SECONDS))
        for listener in self.sockets:
            while self.accept(listener):
                pass

    def _finish(self, end: float) -> None:
        """Serve the connections that are open, each for one more request."""
        limit = time.monotonic() + _LINGER_SECONDS
        for conn, closes in self.keepalived_conns.items():
            self.keepalived_conns[conn] = min(closes, limit)
        while self.nr_conns > 0 and time.monotonic() < end:
            closing = [*self.lingering.values(), *self.keepalived_conns.values(), *self.reading.values()]
            first = min(closing, default=end) - time.monotonic()
            self._turn(max(0.0, min(first, _TICK_SECONDS)))

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Handle SIGTERM: not ready from now on."""
        self.stop_requested = True
        super().handle_exit(sig, frame)

    # Waiting for clients

    def accept(self, listener: socket.socket) -> bool:
        """Accept one connection and read what has come; return whether there was one."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_DESCRIPTORS and not self._close_longest_idle():
                self.set_accept_enabled(False)  # until the next turn of the loop
            elif error.errno not in _LATER | _NO_DESCRIPTORS:
                raise
            return False
        self.nr_conns += 1
        if self.nr_conns > self.worker_connections:
            self._close_longest_idle()
        conn = Connection(self.cfg, client, address, listener.getsockname())
        self._watch(conn, selectors.EVENT_READ, self._read)
        self.reading[conn] = time.monotonic() + TRANSFER_SECONDS
        self._read(conn)
        return True

    def _watch(self, conn: Connection, event: int, callback: Callable[[Connection], None]) -> None:
        self.poller.register(conn.sock, event, lambda _socket: callback(conn))

    def _unwatch(self, conn: Connection) -> None:
        for waiting in (self.keepalived_conns, self.reading, self.lingering, self.unfinished):
            waiting.pop(conn, None)
        try:
            self.poller.unregister(conn.sock)
        except (OSError, KeyError, ValueError):
            return

    def _drop(self, conn: Connection) -> None:
        self._unwatch(conn)
        self.nr_conns -= 1
        conn.close()

    def _close_longest_idle(self) -> bool:
        for waiting in (self.lingering, self.keepalived_conns, self.reading):
            if conn := next(iter(waiting), None):
                self._drop(conn)
                return True
        return False

    def _read(self, conn: Connection) -> None:
        if conn in self.unfinished:
            return
        try:
            data = conn.sock.recv(_RECEIVE_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
            return
        if conn.lingering:
            return
        conn.received += data
        self._advance(conn)

    def _advance(self, conn: Connection) -> None:
        """Handle what has come: answer probes, give a complete request to a thread, or wait for more."""
        answered = 0
        while conn.received:
            if answered == _PROBES_IN_TURN:
                self.unfinished[conn] = None
                break
            end = conn.received.find(heads.HEAD_END, max(0, conn.searched - len(heads.HEAD_END) + 1))
            conn.searched = len(conn.received)
            if end < 0:
                self._await_head(conn)
                return
            size = end + len(heads.HEAD_END)
            head = bytes(conn.received[:size])
            if (probe := heads.probe_of(head)) is None:
                total = size + heads.body_length(head)
                if len(conn.received) < total <= REQUEST_BYTES:
                    conn.searched = end
                    self._await_more(conn)
                else:
                    self._to_thread(conn)
                return
            del conn.received[:size]
            conn.searched = 0
            if not self._answer(conn, probe):
                return
            answered += 1
        self._await_next(conn)

    def _await_head(self, conn: Connection) -> None:
        if heads.is_hopeless(bytes(conn.received)):
            self._to_thread(conn)  # whose parser refuses it at once
        elif len(conn.received) > REQUEST_BYTES:
            self._last_words(conn, self.answers.refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
        else:
            self._await_more(conn)

    def _await_more(self, conn: Connection) -> None:
        """Leave the connection in the poller; the time for the request began with its first byte."""
        if conn not in self.reading:
            self.keepalived_conns.pop(conn, None)
            self.reading[conn] = time.monotonic() + TRANSFER_SECONDS

    def _await_next(self, conn: Connection) -> None:
        """Leave the connection in the poller until its next request."""
        self.reading.pop(conn, None)
        self.keepalived_conns.pop(conn, None)  # it moves to the end
        seconds = float(self.cfg.keepalive)
        self.keepalived_conns[conn] = time.monotonic() + (
            seconds if self.alive else min(seconds, _LINGER_SECONDS)
        )

    # Answers

    def _answer(self, conn: Connection, probe: heads.Probe) -> bool:
        """Answer a probe; return whether the connection goes on at once."""
        started = time.perf_counter()
        response = self.answers.answer(probe)
        keep_alive = probe.keep_alive and self.alive and bool(self.cfg.keepalive)
        if response.status_code != HTTPStatus.OK:
            seconds = time.perf_counter() - started
            self.answers.log(self.log, response, probe, conn.client, seconds)
        data = self.wire.encoded(response, probe, keep_alive=keep_alive)
        if not keep_alive:
            self._last_words(conn, data)
            return False
        try:
            if conn.send(data):
                return True
        except OSError:
            self._drop(conn)
            return False
        self._await_writable(conn)
        return False

    def _last_words(self, conn: Connection, data: bytes) -> None:
        try:
            if conn.send(data):
                self._linger(conn)
            else:
                conn.lingering = True
                self._await_writable(conn)
        except OSError:
            self._drop(conn)

    def _await_writable(self, conn: Connection) -> None:
        self._unwatch(conn)
        self._watch(conn, selectors.EVENT_WRITE, self._write)
        self.reading[conn] = time.monotonic() + TRANSFER_SECONDS

    def _write(self, conn: Connection) -> None:
        try:
            if not conn.send(b""):
                return
        except OSError:
            self._drop(conn)
            return
        if conn.lingering:
            self._linger(conn)
            return
        self._unwatch(conn)
        self._watch(conn, selectors.EVENT_READ, self._read)
        self._await_next(conn)
        self._advance(conn)

    def _linger(self, conn: Connection) -> None:
        """Close as RFC 9112, section 9.6 asks: say that no more comes, and let the client close.

        gunicorn's `close_graceful` waits for the client; in the polling thread that would delay the probes.
        """
        self._unwatch(conn)
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.lingering, conn.received = True, bytearray()
        self._watch(conn, selectors.EVENT_READ, self._read)
        self.lingering[conn] = time.monotonic() + _LINGER_SECONDS

    # Threads

    def _to_thread(self, conn: Connection) -> None:
        self._unwatch(conn)
        if self.nr_conns > self.worker_connections and not self._close_longest_idle():
            self._last_words(conn, self.answers.refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Retry-After: 1"))
            return
        received, conn.received, conn.searched = bytes(conn.received), bytearray(), 0
        conn.init()
        conn.parser.unreader.unread(received)
        self.enqueue_req(conn)

    def finish_request(self, conn: Connection, future: "Future[Any]") -> None:
        """Take a connection back from its thread (called in the polling thread)."""
        try:
            if future.cancelled() or not future.result():
                self._linger(conn)
                return
            conn.received = bytearray(conn.parser.unreader.take_buffered())
            conn.sock.setblocking(False)
            self._watch(conn, selectors.EVENT_READ, self._read)
            self._await_next(conn)
            self._advance(conn)
        except Exception:
            self.log.exception("Error in a connection")
            self._drop(conn)
