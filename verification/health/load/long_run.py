"""The memory of a server after many probes."""

import os
import socket
import time
from pathlib import Path
from typing import Final

from ...processes.port import LOOPBACK
from .findings import Observation
from .subject import Subject

WARM_UP: Final = 2000
SECONDS: Final = 2.0
"""A slow server is asked fewer probes."""
GROWTH_BYTES: Final = 1024 * 1024


def long_run(subject: Subject) -> Observation:
    """Ask thousands of probes on a kept connection; resident memory may grow by less than 1 MiB."""
    observation = Observation()
    warm_up = ask(subject, min(WARM_UP, subject.most_probes), SECONDS)
    before = resident(subject)
    asked = ask(subject, subject.most_probes, SECONDS)
    growth = resident(subject) - before
    if not (warm_up and asked):
        observation.find("probes on a kept connection are not answered")
    observation.measure("probes", asked, "probes")
    observation.measure("growth of resident memory", growth, "bytes", GROWTH_BYTES)
    if growth > GROWTH_BYTES:
        observation.find(f"resident memory grew by {growth / 1024:.0f} KiB over {asked} probes")
    return observation


def resident(subject: Subject) -> int:
    """Return the resident memory of the workers in bytes."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in subject.web.workers())
    return pages * os.sysconf("SC_PAGE_SIZE")


def ask(subject: Subject, count: int, seconds: float) -> int:
    """Send so many probes, or as many as there is time for; return how many were answered 200."""
    end, answered = time.monotonic() + seconds, 0
    probe = f"GET {subject.health_path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    while answered < count and time.monotonic() < end:
        with socket.create_connection((LOOPBACK, subject.web.port), timeout=5) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while answered < count and time.monotonic() < end:
                client.sendall(probe)
                answer = client.recv(65536)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    break  # closed by the server, or an answer that came in two parts
                answered += 1
    return answered
