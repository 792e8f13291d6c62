"""One HTTP request as the kubelet makes it: a fresh connection, one second of patience, no redirects."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Final

POD: Final = "10.244.3.17:8000"
"""What a probe sends as Host: the pod's address, which no ALLOWED_HOSTS can know beforehand."""
KUBELET: Final[Mapping[str, str]] = {
    "Host": POD,
    "User-Agent": "kube-probe/1.33",
    "Accept": "*/*",
    "Connection": "close",
}


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took from the connect to the last byte."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    milliseconds: float


@dataclass(frozen=True)
class Probe:
    """Where to ask. ``timeout`` in seconds bounds each wait of the socket, as the kubelet's does in sum."""

    host: str
    port: int
    path: str
    timeout: float = 1.0
    headers: Mapping[str, str] = field(default_factory=lambda: KUBELET)

    def send(
        self, method: str = "GET", *, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask once. Raises ``OSError`` when nobody listens, ``TimeoutError`` when it took too long."""
        target = f"{self.path}?{query}" if query else self.path
        started = time.perf_counter()
        connection = HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, target, headers={**self.headers, **(headers or {})})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        milliseconds = (time.perf_counter() - started) * 1000
        if milliseconds > self.timeout * 1000:
            raise TimeoutError(
                f"{method} {target}: {milliseconds:.0f} ms, the probe waits {self.timeout:g} s"
            )
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, fields, body, milliseconds)
