"""The kernel as a witness: strace on the web worker, from its start to the last request.

It sees every system call of every thread and child. The trace describes itself: the request line in
``recvfrom`` says which request the calls after it belong to.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from verification.health.detectors.observations import Testimony, record
from verification.processes.wait import wait_for
from verification.project.web_server import WebServer

OPTIONS: Final = ("-f", "-qq", "-s", "128", "-e", "trace=network,process", "-e", "signal=none")
INSTALL: Final = "install it: apt-get install strace; in a container also: --cap-add SYS_PTRACE"
TRACE_SECONDS: Final = 10.0

SERVING: Final = frozenset({"recvfrom", "recvmsg", "sendto", "sendmsg", "shutdown", "sendfile"})
"""Calls that serve a request, when they act on a socket that was accepted."""
HARMLESS: Final = frozenset(
    {
        "accept",
        "accept4",
        "arch_prctl",
        "exit",
        "exit_group",
        "getpeername",
        "getsockname",
        "getsockopt",
        "kill",
        "rt_sigreturn",
        "setsockopt",
        "tgkill",
        "wait4",
        "waitid",
    }
)
"""Calls that reach nothing beyond the process, its clients and its own master."""

_LINE: Final = re.compile(r"^(?P<pid>\d+) +(?P<resumed><\.\.\. )?(?P<call>\w+)(?P<rest>.*)$")
_DESCRIPTOR: Final = re.compile(r"^\((\d+)")
_RESULT: Final = re.compile(r"= (\d+)\b[^=]*$")
_REQUEST: Final = re.compile(r'"(?:[A-Z]+) (/[^ ?"]*)')


def unavailable() -> str | None:
    """Say why strace cannot be used on this machine, and what to do; None when it can."""
    if shutil.which("strace") is None:
        return f"strace is not installed; {INSTALL}"
    command = ["strace", *OPTIONS, "-o", "/dev/null", "true"]
    process = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if process.returncode:
        lines = process.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        return f"strace may not trace here ({lines[-1]}); {INSTALL}"
    return None


@dataclass
class Calls:
    """What was called on behalf of one path, beyond serving it."""

    requests: int = 0
    cold: list[str] = field(default_factory=list)
    """During the first request."""
    warm: list[str] = field(default_factory=list)
    """During every later one."""
    threads: int = 0
    """Threads started: no offence by themselves, the server's own pool starts some."""


def read(lines: Iterable[str]) -> dict[str, Calls]:
    """Sort a trace's calls by the path whose request they followed; what came before is left out."""
    paths: dict[str, Calls] = {}
    accepted: set[str] = set()
    current: Calls | None = None
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        call, rest = match["call"], match["rest"]
        if call in {"accept", "accept4"} and (result := _RESULT.search(rest)):
            accepted.add(result[1])
        if call == "recvfrom" and (request := _REQUEST.search(rest)):
            current = paths.setdefault(request[1], Calls())
            current.requests += 1
        if current is None or match["resumed"] or call in HARMLESS:
            continue
        if "CLONE_THREAD" in rest:
            current.threads += 1
            continue
        descriptor = _DESCRIPTOR.match(rest)
        if call in SERVING and descriptor and descriptor[1] in accepted:
            continue
        (current.cold if current.requests == 1 else current.warm).append(f"{call}{rest}"[:200])
    return paths


class Tracer:
    """One trace in a file of its own; ``wrapper`` goes before the command that is to be traced."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="verification-")
        self._file = Path(self._directory.name) / "trace"
        self.wrapper = ("strace", *OPTIONS, "-o", str(self._file))

    def testify(self, web: WebServer, subjects: dict[str, str], *, requests: int) -> list[Testimony]:
        """Ask each subject's path so many times and give what the kernel saw."""
        answers = {subject: web.statuses(path, requests) for subject, path in subjects.items()}
        end = "/end-of-the-trace"
        web.statuses(end, 1)
        if not wait_for(lambda: f" {end}" in self._trace(), seconds=TRACE_SECONDS, pause=0.01):
            raise RuntimeError("strace wrote no line about the last request")
        calls = read(self._trace().splitlines())
        testimonies = []
        for subject, path in subjects.items():
            found = calls.get(path, Calls())
            if found.requests < requests:
                raise RuntimeError(f"the trace holds {found.requests} of {requests} requests for {path}")
            seen = [f"first request: {each}" for each in found.cold]
            seen += [f"warm: {each}" for each in found.warm]
            testimonies.append(record("system calls", subject, seen, answers[subject]))
        return testimonies

    def _trace(self) -> str:
        return self._file.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """Remove the trace."""
        self._directory.cleanup()

    def __enter__(self) -> Self:
        """Give the tracer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the trace."""
        self.close()
