"""One PostgreSQL process started from programs on this machine."""

import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..errors import CannotRun
from ..processes.account import Account
from . import binaries, server_files
from .binaries import Installation

START_SECONDS: Final = 60.0
"""When to give up; a server is ready within 3 s on a machine that is not overloaded."""
_STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.005
_READY_LINE: Final = 7
"""Index of the line of postmaster.pid that becomes "ready"; pg_ctl reads it too (src/include/utils/pidfile.h)."""


@dataclass
class Postmaster:
    """The process of a server: started and ended here, and nowhere else."""

    installation: Installation
    account: Account
    data: Path
    log_file: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    @property
    def is_running(self) -> bool:
        """Whether it has been started and not ended."""
        return self._process is not None

    def start(self) -> None:
        """Start it and wait until it is ready. Raises ``CannotRun`` with the reason in its log if it ends."""
        with self.log_file.open("ab") as log:
            process = self._process = self.account.popen(
                [self.installation.program("postgres"), "-D", self.data],
                environment=binaries.environment(),
                directory=self.data.parent,
                output=log,
                new_session=True,  # Ctrl-C in the terminal must not stop the server
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
                self._process = None
                reason = server_files.startup_error(self.log())
                raise CannotRun(f"embedded: PostgreSQL {self.installation.version} did not start: {reason}")
            if self._is_ready():
                return
        self.end(signal.SIGQUIT)
        raise CannotRun(
            f"embedded: PostgreSQL {self.installation.version} was not ready after {START_SECONDS:.0f} s",
            "see that the machine is not overloaded and its disk is not full",
        )

    def end(self, how: signal.Signals) -> None:
        """End it with a signal, and with SIGKILL if that does not help."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            with suppress(ProcessLookupError):
                process.send_signal(how)
                process.send_signal(signal.SIGCONT)  # one that was stopped gets no other signal
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_STOP_SECONDS)

    def log(self) -> str:
        """Return what it has logged."""
        with suppress(FileNotFoundError):
            return self.log_file.read_text(encoding="utf-8", errors="replace")
        return ""

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"
