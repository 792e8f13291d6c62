"""A process that answers questions: one JSON object a line in each direction."""

import json
import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from verification.errors import CannotRun
from verification.processes import cleanup

SECONDS: Final = 60.0
"""When to give up on one answer."""


class Channel:
    """One such process; ``with`` ends it."""

    def __init__(
        self, what: str, command: Sequence[str], *, environment: Mapping[str, str], directory: Path
    ) -> None:
        """Start it. ``what`` names it in errors."""
        self.what = what
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=directory,
            text=True,
            start_new_session=True,  # without a terminal nobody is ever prompted
        )
        cleanup.register(self)

    def ask(self, request: Mapping[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
        """Send one request and await its answer. Raises ``CannotRun`` when the process is gone or silent."""
        assert self._process.stdin is not None  # noqa: S101 - they were asked for
        assert self._process.stdout is not None  # noqa: S101
        line = ""
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            if select.select([self._process.stdout], [], [], seconds)[0]:
                line = self._process.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            self._process.kill()
            _, errors = self._process.communicate()
            last = (
                errors.strip().splitlines() or [f"no answer within {seconds:.0f} s, or its process ended"]
            )[-1]
            raise CannotRun(f"{self.what} ({last})")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process; may be called twice. It also ends by itself when its input does."""
        cleanup.forget(self)
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()
