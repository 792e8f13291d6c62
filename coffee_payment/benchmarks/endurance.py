"""The memory of one worker, and its slowest probe: `python -m benchmarks.endurance [--probes N] [--idle N]`.

Asks many probes on kept connections, several on the way at once (pipelining). Then probes, each on a connection of its
own, beside idle and hostile clients. Prints one JSON object a line. Needs no database.
"""

import argparse
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from benchmarks import processes

PROBE: Final = b"GET /health HTTP/1.1\r\nHost: probe\r\n\r\n"
CONNECTIONS: Final = 4
BATCH: Final = 50
WARM_UP: Final = 20_000
ENVIRONMENT: Final = {
    "DB_NAME": "none",
    "DB_HOST": "127.0.0.1",
    "DB_PORT": "1",
    "SECRET_KEY": "benchmark",
    "CREDENTIALS_ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "LOG_LEVEL": "CRITICAL",
}
HOSTILE: Final = {
    "HTTP/1.0": b"GET /health HTTP/1.0\r\n\r\n",
    "a header of 9,000 bytes": b"GET /health HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
    "20,000 headers": b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
    "300 pipelined probes": PROBE * 300,
    "half of a head": b"GET /health HT",
    "half of a body": b"POST /v1/initiate-payment HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{",
}


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """Run one worker; yield its port and process id."""
    port = processes.free_port()
    with processes.gunicorn(port, 1, ENVIRONMENT) as master:
        children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        yield port, int(children[0])


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def ask(port: int, count: int) -> None:
    """Ask so many probes on kept connections. Raises `ConnectionError` if one is not answered 200."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            for _ in range(CONNECTIONS)
        ]
        for _ in range(max(1, count // (CONNECTIONS * BATCH))):
            for client in clients:
                client.sendall(PROBE * BATCH)
            for client in clients:
                _read(client)


def _read(client: socket.socket) -> None:
    data = b""
    while data.count(b'"healthy"') < BATCH:
        chunk = client.recv(65536)
        if not chunk:
            raise ConnectionError("a probe was not answered")
        data += chunk


def slowest(port: int, count: int) -> float:
    """Return the milliseconds of the slowest of so many probes, each on a connection of its own."""
    worst = 0.0
    for _ in range(count):
        begun = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            client.sendall(PROBE)
            if not client.recv(4096).startswith(b"HTTP/1.1 200 "):
                raise ConnectionError("a probe was not answered")
        worst = max(worst, time.perf_counter() - begun)
    return worst * 1000


def memory(port: int, pid: int, probes: int) -> dict[str, float]:
    """Return the growth of resident memory over so many probes, after a warm-up."""
    ask(port, WARM_UP)
    before, begun = resident(pid), time.monotonic()
    ask(port, probes)
    seconds = time.monotonic() - begun
    return {"probes": probes, "growth_bytes": resident(pid) - before, "per_second": round(probes / seconds)}


def beside(port: int, pid: int, idle: int, probes: int = 200) -> Iterator[dict[str, object]]:
    """Yield the slowest probe beside idle kept connections, and beside each kind of hostile client."""
    before = resident(pid)
    with ExitStack() as stack:
        for _ in range(idle):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            client.sendall(PROBE)
            client.recv(4096)
        yield {"beside": f"{idle} idle connections", "slowest_ms": round(slowest(port, probes), 1)}
    for name, data in HOSTILE.items():
        with ExitStack() as stack:
            for _ in range(50):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
                client.sendall(data)
            yield {"beside": f"50 clients: {name}", "slowest_ms": round(slowest(port, probes), 1)}
    yield {"growth_bytes_beside_all": resident(pid) - before}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--probes", type=int, default=1_000_000)
    parser.add_argument("--idle", type=int, default=1000, help="connections that stay open after a probe")
    options = parser.parse_args()
    with server() as (port, pid):
        for line in beside(port, pid, options.idle):
            print(json.dumps({**line, "load_average": os.getloadavg()[0]}), flush=True)
        print(json.dumps({**memory(port, pid, options.probes), "load_average": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
