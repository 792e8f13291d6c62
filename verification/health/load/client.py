"""An open-loop client: each request is sent at its time, whatever the server does with the others.

A latency counts from the time at which a request was to be sent, so that a server that stalls cannot hide it
(coordinated omission). Runs as a process of its own, ``python -m <package>.health.load.client``: a plan on its
standard input, one JSON list of exchanges on its standard output. Standard library only.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

HOST = "127.0.0.1"


class Exchange(NamedTuple):
    """One request and what became of it."""

    stream: str
    intended: float
    """Monotonic seconds at which it was to be sent."""
    late: float
    """Seconds by which the client missed that time: large when the machine is busy."""
    seconds: float
    """From the intended time to the last byte, or to the failure."""
    status: int
    """0: no complete answer within the time limit."""
    error: str


async def exchange(port: int, stream: Mapping[str, Any], data: bytes, intended: float) -> Exchange:
    """Send one request at its time on a connection of its own, and read the answer to its end."""
    await asyncio.sleep(intended - time.monotonic())
    late = time.monotonic() - intended
    answer, error, writer = b"", "", None
    try:
        async with asyncio.timeout_at(asyncio.get_running_loop().time() - late + stream["timeout"]):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(data)
            answer = await reader.read()
    except (OSError, TimeoutError) as problem:
        answer, error = b"", type(problem).__name__
    finally:
        if writer is not None:
            writer.close()
    words = answer.split(b" ", 2)
    status = int(words[1]) if answer.startswith(b"HTTP/1.") and len(words) > 2 else 0  # noqa: PLR2004
    if not status and not error:
        error = "closed without an answer"
    return Exchange(stream["name"], intended, late, time.monotonic() - intended, status, error)


async def run(port: int, begin: float, streams: Sequence[Mapping[str, Any]]) -> list[Exchange]:
    """Send what the streams say: ``name``, ``requests``, ``at``, ``rate`` (0: all at once), ``count``, ``timeout``."""
    planned = []
    for stream in streams:
        requests = [text.encode("latin-1") for text in stream["requests"]]
        for number in range(stream["count"]):
            at = begin + stream["at"] + (number / stream["rate"] if stream["rate"] else 0)
            planned.append((at, stream, requests[number % len(requests)]))
    running = []
    for at, stream, data in sorted(planned, key=lambda each: each[0]):
        await asyncio.sleep(max(0.0, at - time.monotonic() - 0.05))
        running.append(asyncio.create_task(exchange(port, stream, data, at)))
    return list(await asyncio.gather(*running))


if __name__ == "__main__":
    plan = json.load(sys.stdin)
    json.dump(asyncio.run(run(plan["port"], plan["begin"], plan["streams"])), sys.stdout)
