"""Probes at a fixed rate, whatever the server does: `python -m benchmarks.open_loop PORT RATE COUNT`.

The latency counts from the time at which a probe was to be sent, so that a server that stalls cannot hide it
(coordinated omission). Prints one JSON object; times in milliseconds.
"""

import asyncio
import json
import sys
import time
from typing import Final

from hdrh.histogram import HdrHistogram

TIMEOUT_SECONDS: Final = 1.0
LONGEST_MICROSECONDS: Final = 60_000_000
REQUEST: Final = b"GET /health HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"
PERCENTILES: Final = (50.0, 99.0, 99.9, 100.0)


lateness: Final[list[float]] = []
"""Seconds after the intended time at which this process got to send each probe: large when the machine is busy."""


async def probe(port: int, intended: float) -> float | None:
    """Send a probe at its time, on a connection of its own; return its seconds, None if it failed."""
    await asyncio.sleep(intended - time.monotonic())
    lateness.append(time.monotonic() - intended)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return None
    return time.monotonic() - intended if answer.startswith(b"HTTP/1.1 200 ") else None


async def measure(port: int, rate: float, count: int) -> dict[str, float]:
    """Return the number of probes and of failed ones, and percentiles of the others."""
    begun = time.monotonic() + 0.1
    running = set()
    histogram, failed = HdrHistogram(1, LONGEST_MICROSECONDS, 3), 0
    for number in range(count):
        intended = begun + number / rate
        await asyncio.sleep(max(0.0, intended - time.monotonic() - 0.05))
        running.add(asyncio.create_task(probe(port, intended)))
        done = {task for task in running if task.done()}
        running -= done
        failed += _record(histogram, done)
    if running:
        failed += _record(histogram, (await asyncio.wait(running))[0])
    names = {
        f"p{percentile:g}": histogram.get_value_at_percentile(percentile) / 1000 for percentile in PERCENTILES
    }
    late = sorted(lateness)[int(len(lateness) * 0.999)] * 1000
    return {"probes": count, "failed": failed, **names, "client_late_p99.9": round(late, 1)}


def _record(histogram: HdrHistogram, done: "set[asyncio.Task[float | None]]") -> int:
    seconds = [task.result() for task in done]
    for value in seconds:
        if value is not None:
            histogram.record_value(round(value * 1_000_000))
    return seconds.count(None)


if __name__ == "__main__":
    result = asyncio.run(measure(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
    print(json.dumps(result))
