"""Waiting for a processor is told from other waiting."""

import os
import subprocess
import sys

import pytest

from verification.processes.run_queue import OURS, waited_ms
from verification.processes.wait import wait_for

SPIN = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nwhile True: pass"
SLEEP = "import time\ntime.sleep(60)"


@pytest.mark.skipif(not OURS.exists(), reason="this system does not count it")
def test_who_waits_for_a_processor() -> None:
    """Of two processes that compute on one processor each waits; one that sleeps does not."""
    processor = str(min(os.sched_getaffinity(0)))
    commands = [(SPIN, processor), (SPIN, processor), (SLEEP,)]
    started = [subprocess.Popen([sys.executable, "-c", *command]) for command in commands]
    try:
        one, two, sleeping = (each.pid for each in started)

        def waited(pid: int) -> float:
            return waited_ms([pid]) - waited_ms()

        assert wait_for(lambda: min(waited(one), waited(two)) > 200, seconds=60)
        assert waited(sleeping) < min(waited(one), waited(two)) / 2
    finally:
        for each in started:
            each.kill()
            each.wait()
