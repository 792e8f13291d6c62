"""Waiting for a processor is told from other waiting."""

import subprocess
import sys

import pytest

from verification.processes.run_queue import OURS, waited_ms
from verification.processes.wait import wait_for

SPIN = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
SLEEP = "import sys\nprint('ready', flush=True)\nsys.stdin.read()"


@pytest.mark.skipif(not OURS.exists(), reason="this system does not count it")
def test_who_waits_for_a_processor() -> None:
    """Of two processes that compute on one processor each waits; one that waits for its input does not."""
    idle = subprocess.Popen([sys.executable, "-c", SLEEP], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(2)]
    try:
        assert idle.stdout is not None
        idle.stdout.readline()

        def waited(pid: int) -> float:
            return waited_ms([pid]) - waited_ms()

        before = waited(idle.pid)
        assert wait_for(lambda: min(waited(each.pid) for each in spinning) > 1000, seconds=60)
        assert waited(idle.pid) - before < 500
    finally:
        for each in (idle, *spinning):
            each.kill()
            each.communicate()
