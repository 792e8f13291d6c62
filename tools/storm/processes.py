"""The server's processes: gunicorn and one that checks payments, which is also what beat and worker do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from verification.processes.wait import answers, wait_for

ROOT: Final = Path(__file__).parents[2]
SERVER: Final = ROOT / "coffee_payment"
START_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.3


@dataclass
class Processes:
    """Starts the processes, kills them, and starts them again."""

    port: int
    environment: Mapping[str, str]
    sabotage: str = ""
    kills: int = 0
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self) -> None:
        """Start both and wait until the web server answers."""
        for name in ("web", "checks"):
            self._start(name)
        self._await_web()

    def kill(self, name: str) -> None:
        """Kill a process with all that it started, and start it again."""
        process = self._running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills += 1
        self._start(name)

    def stop(self) -> None:
        """Stop both."""
        for process in self._running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, name: str) -> None:
        web = [
            *("-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py")),
            *("--bind", f"127.0.0.1:{self.port}", "--workers", "2"),
        ]
        checks = ["-m", "tools.storm.processes", self.sabotage]
        variables = {**os.environ, **self.environment, "PYTHONPATH": f"{SERVER}{os.pathsep}{ROOT}"}
        self._running[name] = subprocess.Popen(
            [sys.executable, *(web if name == "web" else checks)],
            cwd=SERVER,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _await_web(self) -> None:
        web = self._running["web"]
        wait_for(lambda: answers(self.port, "/health") or web.poll() is not None, seconds=START_SECONDS)
        if not answers(self.port, "/health"):
            raise RuntimeError("the web server did not start")


def check_for_ever(sabotage: str) -> None:
    """Check payments again and again, as a worker does when beat tells it to."""
    import django

    django.setup()
    from django.db import DatabaseError, InterfaceError, connection
    from payments.background import follow_up, tick
    from payments.models import Payment

    if sabotage == "follow-up":
        follow_up.due = lambda now: Payment.objects.none()  # noqa: ARG005 - the name is that of due
    while True:
        try:
            tick.check_pending_payments()
        except (DatabaseError, InterfaceError):
            connection.close()
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    check_for_ever(sys.argv[1])
