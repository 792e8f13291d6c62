"""A child process in a session of its own, with its own temporary directory and its output in a file."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Self

from . import cleanup, die_with_parent, run_directory
from .output import last_line

_DIE_WITH_PARENT: Final = Path(die_with_parent.__file__)


def dying_with_parent(number: signal.Signals) -> list[str]:
    """Return the words to put before a command, so that it gets a signal when its parent ends."""
    return [sys.executable, "-I", str(_DIE_WITH_PARENT), str(number.value)]


class ManagedProcess:
    """A started process; ``with`` ends it together with all that it started."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        answers: bool = False,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Start the command in ``directory``. Raises ``OSError`` if there is no such program.

        ``answers``: its standard input and output are pipes, and the log holds its errors only.
        Its TMPDIR is a directory of its own, removed by ``close``.
        """
        self.temporary = run_directory.make("process")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if answers else subprocess.DEVNULL,
                stdout=subprocess.PIPE if answers else self._log,
                stderr=self._log,
                env={**environment, "TMPDIR": str(self.temporary)},
                cwd=directory,
                pass_fds=pass_fds,
                start_new_session=True,  # one group to end; without a terminal nobody is prompted
            )
        except BaseException:
            self._log.close()
            run_directory.remove(self.temporary)
            raise
        cleanup.register(self)

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        return self._process.pid

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Its standard input and output, if it ``answers``."""
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("this process has no pipes")
        return self._process.stdin, self._process.stdout

    def status(self) -> int | None:
        """Return its exit status (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    @property
    def closed(self) -> bool:
        """Whether ``close`` has been called."""
        return self._log.closed

    def wait(self, seconds: float) -> int | None:
        """Wait for its end, at most so many seconds; return its status."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def log(self) -> str:
        """Return what it has written so far."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def last_line(self, default: str) -> str:
        """Return the last line that it has written."""
        return last_line(self.log(), default)

    def close(self) -> None:
        """Kill it with its group and remove its temporary directory; may be called twice."""
        cleanup.forget(self)
        if self._log.closed:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._log.close()
        run_directory.remove(self.temporary)

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()
