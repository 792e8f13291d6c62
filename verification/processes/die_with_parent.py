"""Becomes another program that ends together with the harness, even if that is killed with SIGKILL.

Runs as a process of its own: ``python tether.py SIGNAL PROGRAM ARGUMENTS...``; ``SIGNAL`` is the number
of the signal that the program gets when the process that started it is gone. Uses the standard library
alone and imports nothing of this package, so that it costs milliseconds.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): which signal comes when the parent ends. It outlives execve."""

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell: that is the point
