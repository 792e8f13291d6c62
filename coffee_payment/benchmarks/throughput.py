"""Requests per second on eight kept connections: `python -m benchmarks.throughput PORT PATH SECONDS`.

One thread with a selector, so that the client takes as little of the machine as it can. Prints one JSON object.
"""

import json
import selectors
import socket
import statistics
import sys
import time
from typing import Final

CONNECTIONS: Final = 8


def measure(port: int, path: str, seconds: float) -> dict[str, float]:
    """Return requests per second and the median latency in milliseconds."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    selector = selectors.DefaultSelector()
    sent: dict[socket.socket, float] = {}

    def connect() -> None:
        client = socket.create_connection(("127.0.0.1", port), timeout=60)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client, selectors.EVENT_READ, client)
        client.sendall(request)
        sent[client] = time.perf_counter()

    for _ in range(CONNECTIONS):
        connect()
    latencies: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() < begun + seconds:
        for key, _ in selector.select(1):
            client = key.data
            answer = client.recv(65536)
            if not answer:  # closed between two requests
                selector.unregister(client)
                del sent[client]
                connect()
                continue
            if not answer.startswith(b"HTTP/1.1 200 "):
                continue  # the rest of a long answer
            latencies.append(time.perf_counter() - sent[client])
            client.sendall(request)
            sent[client] = time.perf_counter()
    return {
        "per_second": len(latencies) / (time.perf_counter() - begun),
        "p50_ms": statistics.median(latencies or [0.0]) * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))
