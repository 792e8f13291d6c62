"""Run work in a child process, so that the parent can tell how it ended, whatever the child did."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

from verification.processes.die_with_parent import PR_SET_PDEATHSIG

FORWARDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_supervised(work: Callable[[], int]) -> int:
    """Run ``work`` in a forked child and return its exit status, negative if signal ``-status`` ended it.

    Signals that this process gets are passed on. Where the system cannot wait for signals (macOS),
    ``work`` runs in this process.
    """
    if not hasattr(signal, "sigwaitinfo"):
        return work()
    sys.stdout.flush()
    sys.stderr.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        sys.exit(work())
    try:
        return _wait(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait(child: int) -> int:
    while True:
        received = signal.sigwaitinfo({*FORWARDED, signal.SIGCHLD})
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        # A code above 0 means that the kernel sent it: Ctrl-C, which the terminal sends to the child as well.
        if received.si_signo != signal.SIGCHLD and received.si_code <= 0:
            os.kill(child, received.si_signo)
