"""The HTTP server around the services: faults, a log of calls, control endpoints."""

import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, Final, Self

from provider_servers.faults import Fault, Faults
from provider_servers.messages import Answer, Call, Service

CONTROL: Final = "/control/"
_HUGE: Final = 2 * 1024 * 1024
_NOT_FOUND: Final = Answer({"error": "no such path"}, status=404)


class ProviderServer(ThreadingHTTPServer):
    """One port with any of the services. `with ProviderServer(...) as server:` serves in a thread."""

    request_queue_size = 256

    def __init__(self, *services: Service, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind; port 0 takes a free one."""
        super().__init__((host, port), _Handler)
        self.services: Sequence[Service] = services
        for service in services:
            service.public_url = service.public_url or self.url
        self.faults = Faults()
        self.calls: list[Call] = []
        self.latency = 0.0
        """Seconds that every answer of a service takes."""
        self.verbose = False
        self.closing = threading.Event()
        self._idle: deque[SimpleQueue[tuple[Any, Any]]] = deque()
        """Where the threads that have nothing to do wait for a connection."""

    @property
    def url(self) -> str:
        """The base of all paths, without a slash at the end."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        """Serve in the background."""
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and end all delayed answers."""
        self.closing.set()
        self.shutdown()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread, which stays for the next one: a new one costs as much as an answer."""
        try:
            inbox = self._idle.pop()
        except IndexError:
            inbox = SimpleQueue()
            threading.Thread(target=self._serve_connections, args=(inbox,), daemon=True).start()
        inbox.put((request, client_address))

    def _serve_connections(self, inbox: "SimpleQueue[tuple[Any, Any]]") -> None:
        while True:
            self.process_request_thread(*inbox.get())
            self._idle.append(inbox)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close the connection; print every other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def calls_to(self, path: str, method: str = "POST") -> list[Call]:
        """Return the calls so far to paths with this prefix."""
        return [call for call in self.calls if call.method == method and call.path.startswith(path)]

    def answer(self, call: Call) -> Answer:
        """Return the answer of the service that knows the path."""
        for service in self.services:
            if (answer := service.answer(call)) is not None:
                return answer
        return _NOT_FOUND

    def control(self, call: Call) -> Answer:
        """Act on a control call: faults, calls, latency, or something of a service's."""
        what = call.path.removeprefix(CONTROL)
        handler = {"calls": self._calls, "faults": self._faults, "latency": self._latency}.get(what)
        if handler is not None:
            return handler(call)
        if what == "health":
            return Answer({"services": [service.name for service in self.services]})
        answers = (service.control(call) for service in self.services)
        return next((answer for answer in answers if answer is not None), _NOT_FOUND)

    def _calls(self, call: Call) -> Answer:
        if call.method == "DELETE":
            self.calls.clear()
        seen = [{"method": each.method, "path": each.path, "body": each.body} for each in self.calls]
        return Answer(seen)

    def _faults(self, call: Call) -> Answer:
        if call.method == "DELETE":
            self.faults.clear()
            return Answer({})
        try:
            fault = Fault(**(call.body or {}))
        except (TypeError, ValueError) as error:
            return Answer({"error": str(error)}, status=400)
        self.faults.add(fault)
        return Answer(asdict(fault))

    def _latency(self, call: Call) -> Answer:
        self.latency = float((call.body or {}).get("seconds", 0))
        return Answer({"seconds": self.latency})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ProviderServer
    timeout = 30
    wbufsize = -1
    """Head and body go out together."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, self.rfile.read(length))
        if call.path.startswith(CONTROL):
            self._send(self.server.control(call))
            return
        self.server.calls.append(call)
        if self.server.latency:
            self.server.closing.wait(self.server.latency)
        fault = self.server.faults.take(call.path)
        with suppress(ConnectionError):
            if fault is None:
                self._send(self.server.answer(call))
            else:
                self._misbehave(fault, call)

    do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815 - the names that http.server looks for

    def _misbehave(self, fault: Fault, call: Call) -> None:
        match fault.kind:
            case "delay":
                self.server.closing.wait(fault.seconds)
                self._send(self.server.answer(call))
            case "status":
                self._send(Answer({"type": "error", "code": "injected"}, status=fault.status))
            case "garbage":
                self._send(Answer("<html>{not json"))
            case "huge":
                self._send(Answer("x" * _HUGE))
            case "redirect":
                self._send(Answer({}, status=302, headers={"Location": self.server.url + "/elsewhere"}))
            case "drop":
                self._drop()
            case "drop_after":
                self.server.answer(call)
                self._drop()
            case "drip":
                self._drip(self.server.answer(call), fault.seconds)

    def _send(self, answer: Answer) -> None:
        content_type, content = answer.encoded()
        self.send_response(answer.status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _drip(self, answer: Answer, seconds: float) -> None:
        self.close_connection = True
        _, content = answer.encoded()
        head = f"HTTP/1.1 {answer.status} OK\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        for byte in head + content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.closing.wait(seconds):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Print a line if `verbose` is set."""
        if self.server.verbose:
            print(time.strftime("%H:%M:%S"), format % args, flush=True)  # noqa: T201 - a command line tool
