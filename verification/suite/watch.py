"""Ends a run whose check does not end: a server that does not answer is named, whatever the check waits for.

A check may wait within libpq or another library, where Python handles no signal, so a thread watches it.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from ..postgres.answers import is_silent
from ..postgres.server import Server

PATIENCE_SECONDS: Final = 10.0
"""The servers are asked about a check that runs for longer than this, and not disturbed before."""
ANSWER_SECONDS: Final = 8
"""A server that lets nobody in for so long, two times in a row, is silent."""
END_SECONDS: Final = 15.0
"""Seconds that the run has for its clean-up; after that the watchdogs of its servers do it."""
_POLL_SECONDS: Final = 0.5


class Watch:
    """Watches one check after the other, from a thread of its own."""

    def __init__(
        self,
        servers: Callable[[], Sequence[Server]],
        limit: float,
        give_up: Callable[[str], None],
        finish: Callable[[], None],
    ) -> None:
        """Take the limit of a check in seconds.

        ``give_up`` is told why the run ends before the main thread is interrupted; ``finish`` is called where that
        did not help, before the process is killed.
        """
        self._servers = servers
        self._limit = limit
        self._give_up = give_up
        self._finish = finish
        self._check = ""
        self._since: float | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name="verification-watch", daemon=True).start()

    def begin(self, check: str) -> None:
        """Watch a check from now on."""
        self._check, self._since = check, time.monotonic()

    def pause(self) -> None:
        """Watch none."""
        self._since = None

    def end(self) -> None:
        """End the thread: the run has ended."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(_POLL_SECONDS):
            if reason := self._reason():
                self._give_up(reason)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                if not self._ended.wait(END_SECONDS):
                    self._finish()
                    os.kill(os.getpid(), signal.SIGKILL)
                return

    def _reason(self) -> str:
        """Return why the check that runs cannot end, empty while it may."""
        since = self._since
        if since is None or time.monotonic() - since < PATIENCE_SECONDS:
            return ""
        for server in self._servers():
            if (
                is_silent(server, ANSWER_SECONDS)
                and is_silent(server, ANSWER_SECONDS)
                and self._since == since
            ):
                return (
                    f"the {server.provider} server at {server.address} does not answer within {ANSWER_SECONDS} s "
                    f"(in {self._check}); see why it hangs, and run the gate again"
                )
        if time.monotonic() - since > self._limit + END_SECONDS and self._since == since:
            return f"{self._check} does not end within {self._limit:g} s; raise check_seconds or see why it hangs"
        return ""
