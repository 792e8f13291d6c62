"""strace on the web worker, from its start to the last request.

It sees the network, process and file-changing calls of every thread and child. The request line in a ``recvfrom``
of the trace tells which request the calls after it belong to.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from ...processes import run_directory
from ...processes.wait import wait_for
from ...project.web_server import WebServer
from .detector import Detector
from .observations import Observation
from .violations import Violation

DETECTOR: Final = Detector(
    "strace",
    frozenset(Violation) - {Violation.AFTER_A_WHILE},
    "what stays within the process, or comes later",
    required=False,
)
OPENING: Final = frozenset({"open", "openat", "openat2", "creat"})
CHANGING: Final = ("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat")
_FILES: Final = ",".join(f"?{call}" for call in (*sorted(OPENING), *CHANGING))  # ? = where the machine has it
OPTIONS: Final = ("-f", "-qq", "-s", "128", "-e", f"trace=network,process,{_FILES}", "-e", "signal=none")
INSTALL: Final = "install it: apt-get install strace; in a container also: --cap-add SYS_PTRACE"
TRACE_SECONDS: Final = 10.0
"""How long strace may take to write down a request."""
LAST_PATH: Final = "/end-of-the-trace"

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
"""Calls that reach nothing but the process, its clients and its own master."""

_LINE: Final = re.compile(r"^(?P<pid>\d+) +(?P<resumed><\.\.\. )?(?P<call>\w+)(?P<rest>.*)$")
_DESCRIPTOR: Final = re.compile(r"^\((\d+)")
_PAIR: Final = re.compile(r"\[(\d+), (\d+)\]")
_RESULT: Final = re.compile(r"= (\d+)\b[^=]*$")
_WRITTEN: Final = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_NOWHERE: Final = '"/dev/null"'
_REQUEST: Final = re.compile(r'"(?:[A-Z]+) (/[^ ?"]*)')


def unavailable() -> str | None:
    """Return why strace cannot be used on this machine and what to do about it; None if it can be used."""
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
    """Calls during the requests for one path, other than those that serve it."""

    requests: int = 0
    cold: list[str] = field(default_factory=list)
    """During the first request."""
    warm: list[str] = field(default_factory=list)
    """During every later one."""
    threads: int = 0
    """Threads started: no violation, the server's own pool starts some."""


def read(lines: Iterable[str]) -> dict[str, Calls]:
    """Return path -> the calls after its requests; calls before the first request are omitted."""
    paths: dict[str, Calls] = {}
    accepted: set[str] = set()
    own: set[str] = set()
    current: Calls | None = None
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        call, rest = match["call"], match["rest"]
        if call == "socketpair" and (pair := _PAIR.search(rest)):
            own.update(pair.groups())  # an event loop wakes itself through one
        if call in {"accept", "accept4"} and (result := _RESULT.search(rest)):
            accepted.add(result[1])
        if call == "recvfrom" and (request := _REQUEST.search(rest)):
            current = paths.setdefault(request[1], Calls())
            current.requests += 1
        if current is None or match["resumed"] or call in HARMLESS or _only_reads(call, rest):
            continue
        if "CLONE_THREAD" in rest:
            current.threads += 1
            continue
        descriptor = _DESCRIPTOR.match(rest)
        if call in SERVING and descriptor and descriptor[1] in accepted | own:
            continue
        (current.cold if current.requests == 1 else current.warm).append(f"{call}{rest}"[:200])
    return paths


def _only_reads(call: str, rest: str) -> bool:
    """Tell whether a call opens a file without writing to it: a lazy import, a template."""
    return call in OPENING and call != "creat" and (not _WRITTEN.search(rest) or _NOWHERE in rest)


class Tracer:
    """One trace in a file of its own; ``wrapper`` goes before the command that is to be traced."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(dir=run_directory.owner_file().parent)
        self._file = Path(self._directory.name) / "trace"
        self.wrapper = ("strace", *OPTIONS, "-o", str(self._file))

    def observed(
        self, web: WebServer, paths: Mapping[str, str], statuses: Mapping[str, Sequence[int | None]]
    ) -> list[Observation]:
        """Return an observation of each subject, once its requests have been answered.

        ``paths``: subject -> path, ``statuses``: subject -> the answers to the requests for it. Raises
        ``RuntimeError`` if the trace lacks one of the requests.
        """
        web.statuses(LAST_PATH, 1)
        if not wait_for(lambda: f" {LAST_PATH}" in self._trace(), seconds=TRACE_SECONDS, pause=0.01):
            raise RuntimeError(f"strace has not written the last request within {TRACE_SECONDS:g} s")
        traced = read(self._trace().splitlines())
        observations = []
        for subject, path in paths.items():
            calls, requests = traced.get(path, Calls()), len(statuses[subject])
            if calls.requests < requests:
                raise RuntimeError(f"the trace holds {calls.requests} of {requests} requests for {path}")
            seen = [f"first request: {call}" for call in calls.cold]
            seen += [f"later: {call}" for call in calls.warm]
            observations.append(Observation.of(DETECTOR.name, subject, seen, statuses[subject]))
        return observations

    def _trace(self) -> str:
        return self._file.read_text(encoding="utf-8", errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._directory.cleanup()
